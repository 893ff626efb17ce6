"""Reads what is to be scored: coded notes as `rehabcoder code` wrote them, or notes, which are coded first."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rehabcoder.billing.policies import DEFAULT_POLICY
from rehabcoder.errors import ReadError, UsageError
from rehabcoder.note import Json
from rehabcoder.training.records import own_note
from rehabcoder.training.scoring import DRAWS, Score, score

_CODED = ("note_id", "interventions", "lines", "flags")
_GUIDE = "Labels have the form of docs/labelling-guide.md."


def evaluate(
    coded: str,
    labelled: Sequence[str] = (),
    *,
    model: str | Path | None = None,
    policy: str = DEFAULT_POLICY,
    draws: int = DRAWS,
    tell: Callable[[str], None] | None = None,
) -> Score:
    """Score one set of notes against labelled ones.

    Args:
        coded: coded notes (JSON Lines, or the folder that `rehabcoder code --out` filled); anything else holds notes,
            which are coded first, without a look at any label in them.
        labelled: files of labelled notes; by default `coded` itself, if that holds labelled notes.
        model, policy: as `rehabcoder.load` takes them; only for notes that are coded here.
        tell: called with what the readers of notes did, as in `readers.read_notes`.

    Raises:
        ReadError: a file cannot be read, or a line holds no coded or labelled note.
        UsageError: nothing says what the right answers are.
    """
    rows = read_coded(coded)
    if rows is not None and not labelled:
        raise UsageError(
            "there is nothing to score against", where=coded, remedy="Name files of labelled notes after it."
        )
    notes = [note for path in labelled or (coded,) for note in read_labelled(path)]
    if not notes:
        raise ReadError("there are no labelled notes", where=", ".join(labelled), remedy=_GUIDE)
    if rows is None:
        rows = _code(coded, model=model, policy=policy, tell=tell)
    return score(rows, notes, draws=draws)


def read_coded(path: str) -> list[Json] | None:
    """The rows of coded notes in a file, or in the parts of a folder; None where it holds something else.

    Raises:
        ReadError: the file begins with coded notes and goes on with something else.
    """
    parts = sorted(Path(path).glob("part-*.jsonl")) if Path(path).is_dir() else [Path(path)]
    if not parts or not _begins_coded(parts[0]):
        return None
    rows = []
    for part in parts:
        for number, row in _lines(part):
            if not isinstance(row, dict) or not all(name in row for name in _CODED):
                raise ReadError("is no coded note", where=f"{part}, line {number}", remedy="Code the notes again.")
            rows.append(row)
    return rows


def _begins_coded(path: Path) -> bool:
    """Whether the first line is a coded note. Labelled notes have interventions, too, but no lines of a claim."""
    try:
        with path.open(encoding="utf-8") as lines:
            first = json.loads(next((line for line in lines if line.strip()), ""))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(first, dict) and all(name in first for name in _CODED)


def read_labelled(path: str) -> list[Json]:
    """The labelled notes of a file, checked against the labelling guide.

    Raises:
        ReadError: the file cannot be read, or a line holds no labelled note.
    """
    out: list[Json] = []
    stem = Path(path).stem
    for number, record in _lines(Path(path)):
        wrong: list[str] = []
        own_note(record, number=number, place=path, stem=stem, say=wrong.append)
        if not wrong and not all(isinstance(record.get(name), kind) for name, kind in _OPTIONAL if record.get(name)):
            wrong.append("stated totals or flags of another form than the guide's")
        if wrong:
            raise ReadError(f"is no labelled note ({wrong[0]})", where=f"{path}, line {number}", remedy=_GUIDE)
        out.append({"flags": []} | record | {"id": record.get("id") or f"{stem}-{number}"})
    return out


_OPTIONAL = (("stated", dict), ("flags", list))


def _lines(path: Path) -> Iterator[tuple[int, Json]]:
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, json.loads(line)
    except OSError as error:
        raise ReadError(error.strerror or "cannot be read", where=str(path), remedy="Check the path.") from error
    except UnicodeDecodeError as error:
        raise ReadError("is no text in UTF-8", where=str(path), remedy=_GUIDE) from error
    except (ValueError, RecursionError) as error:
        raise ReadError("is no JSON", where=f"{path}, line {number}", remedy="Write one object a line.") from error


def _code(
    path: str, *, model: str | Path | None, policy: str, tell: Callable[[str], None] | None
) -> list[Json]:  # fmt: skip
    import rehabcoder
    from rehabcoder.readers import read_notes

    notes = list(read_notes([path], tell=tell))
    return [coded.to_json() for coded in rehabcoder.load(model, policy=policy).code(notes)]
