"""The billing codes of therapy notes: which are timed, in what blocks, and which one carries on another.

The facts are in `knowledge/codes.csv`. Its descriptions are our own short wording; the descriptors of CPT belong to the
American Medical Association and are not repeated. A site that holds a licence can load its own wording with
`licensed_descriptions`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from rehabcoder.errors import ReadError, UsageError

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"


@dataclass(slots=True, frozen=True)
class Code:
    """One billing code.

    `kind` is one of modality, procedure, group, evaluation, test, caregiver, monitoring, wound, strapping, adjustment.
    `timed` codes are those of the 15-minute pool. A code that is not timed may still be billed by blocks of its own
    (`minutes_per_unit`): 60 minutes for a cognitive test, 120 for the opening of work hardening. `least_minutes` is
    what earns the first unit when the code stands alone. `further_of` names the code whose further time this one bills.
    """

    code: str
    description: str
    kind: str
    timed: bool
    minutes_per_unit: int | None
    least_minutes: int | None
    further_of: str | None
    one_on_one: bool | None
    therapy_type: str
    effective_from: date | None
    notes: str

    @property
    def by_block(self) -> bool:
        """True of a code outside the 15-minute pool that is billed by blocks of time of its own."""
        return not self.timed and self.minutes_per_unit is not None

    def in_force(self, on: date | None) -> bool:
        """Whether the code could be billed on that day; true where no first day is recorded or no day is given."""
        return on is None or self.effective_from is None or on >= self.effective_from


def _number(cell: str) -> int | None:
    return int(cell) if cell else None


def _read_codes(path: Path) -> Mapping[str, Code]:
    with path.open(encoding="utf-8", newline="") as lines:
        return MappingProxyType({row["code"]: _code(row) for row in csv.DictReader(lines)})


def _code(row: Mapping[str, str]) -> Code:
    return Code(
        code=row["code"],
        description=row["description"],
        kind=row["kind"],
        timed=row["timed"] == "yes",
        minutes_per_unit=_number(row["minutes_per_unit"]),
        least_minutes=_number(row["least_minutes"]),
        further_of=row["further_of"] or None,
        one_on_one={"yes": True, "no": False}.get(row["one_on_one"]),
        therapy_type=row["therapy_type"],
        effective_from=date.fromisoformat(row["effective_from"]) if row["effective_from"] else None,
        notes=row["notes"],
    )


CODES: Mapping[str, Code] = _read_codes(KNOWLEDGE / "codes.csv")
TIMED: frozenset[str] = frozenset(code for code, facts in CODES.items() if facts.timed)

FIRST_OF: Mapping[str, str] = MappingProxyType({c: f.further_of for c, f in CODES.items() if f.further_of})
"""From the code of the further time to the code that opens the same service: 97130 to 97129."""

FURTHER_OF: Mapping[str, str] = MappingProxyType({first: further for further, first in FIRST_OF.items()})
"""From the code that opens a service to the code of its further time: 97129 to 97130."""


EVALUATIONS = frozenset(str(code) for code in range(97161, 97169))
"""Evaluations and re-evaluations of physical and occupational therapists."""

_SAID_BY_NAME = frozenset({"modality", "evaluation"})
_ONE_NAME = {"97014": "G0283", "97130": "97129"}


def one_name(code: str) -> str:
    """The one name of a service that is billed under two: unattended stimulation by 97014 or G0283, cognition by 97129 and 97130."""
    return _ONE_NAME.get(code, code)


def is_timed(code: str) -> bool:
    """Whether the minutes of this code join the 15-minute pool. False for `none` and for codes nobody knows."""
    return code in TIMED


def says_itself(code: str) -> bool:
    """Whether the name of a service says all of what was done: a modality that runs by itself, an evaluation ("Paraffin R hand").

    A timed service, a group or a service without a name of its own (97039) needs a description.
    """
    facts = CODES.get(code)
    return facts is not None and not facts.timed and facts.kind in _SAID_BY_NAME and code != "97039"


def check_code(code: str, *, where: str = "") -> str:
    """The code in its written form (`g0283` becomes `G0283`).

    Raises:
        UsageError: the code is not in `codes.csv`.
    """
    written = code.strip().upper()
    if written in CODES:
        return written
    near = get_close_matches(written, CODES, n=2, cutoff=0.8)
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    raise UsageError(
        f"{code.strip()!r} is no code that rehabcoder knows",
        where=where,
        remedy=f"{hint}See all of them with: rehabcoder rules list codes.",
    )


def licensed_descriptions(path: str | Path) -> dict[str, str]:
    """A site's licensed descriptors, by code, from a CSV file with the columns `code` and `description`.

    Raises:
        ReadError: the file cannot be read or lacks one of the two columns.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as lines:
            table = csv.DictReader(lines)
            if not {"code", "description"} <= set(table.fieldnames or ()):
                raise KeyError("code")
            return {row["code"].strip(): row["description"].strip() for row in table}
    except OSError as error:
        raise ReadError(error.strerror or "cannot be read", where=str(path), remedy="Check the path.") from error
    except (KeyError, AttributeError, UnicodeDecodeError) as error:
        raise ReadError(
            "is no table of descriptors",
            where=str(path),
            remedy="Give a CSV file in UTF-8 with the columns code and description.",
        ) from error
