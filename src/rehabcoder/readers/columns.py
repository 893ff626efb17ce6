"""From a record with named fields (a CSV row, a JSON object, a spreadsheet row) to a `Note`.

Which field is which is guessed from names that exports use (`knowledge/columns.toml`); the user can name them instead.
Only the fields listed here are ever looked at: labels that an input holds are not read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

from rehabcoder.errors import ReadError, UsageError
from rehabcoder.note import Note
from rehabcoder.readers.notices import Notices
from rehabcoder.readers.values import counts, discipline, iso_date

FIELDS = (
    "note_id", "text", "date_of_service", "patient_id", "clinician", "credential", "clinic", "discipline", "payer",
    "billed_units", "assistant_minutes",
)  # fmt: skip

_WORDS = frozenset(("note_id", "patient_id", "clinician", "credential", "clinic", "payer"))
_LEFT_OUT = {
    "date_of_service": "dates of service that could not be made out, left out",
    "billed_units": "billed units that could not be read (write 97110:2;97140:1), left out",
    "assistant_minutes": "assistant minutes that could not be read (write 97110:15), left out",
}
MAX_NOTE = 5_000_000  # code points; more than a thousand pages are not one session
JOINED = " + "  # between the names of columns that make one text
_SHOWN = 30  # column names listed in a message


@cache
def _known() -> dict[str, tuple[str, ...]]:
    return {field: tuple(map(_plain, _names()[field])) for field in FIELDS}


@cache
def _parts() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(map(_plain, names)) for names in _names()["parts"])


def _names() -> dict[str, Any]:
    return tomllib.loads(files("rehabcoder.knowledge").joinpath("columns.toml").read_text(encoding="utf-8"))


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def check_overrides(columns: Mapping[str, str] | None) -> dict[str, str]:
    """`columns` (field of a note -> name of a column) once checked.

    Raises:
        UsageError: a field that a note does not have.
    """
    chosen = dict(columns or {})
    for field in chosen:
        if field not in FIELDS:
            raise UsageError(f"{field!r} is not a field of a note", remedy=f"Fields are {', '.join(FIELDS)}.")
    return chosen


@dataclass(slots=True, frozen=True)
class Columns:
    """The columns that are read: those of the text, put together where they are several, and one a further field."""

    text: tuple[str, ...]
    fields: dict[str, str]

    @property
    def names(self) -> list[str]:
        """All of them, each once."""
        return list(dict.fromkeys((*self.text, *self.fields.values())))

    def pairs(self) -> dict[str, str]:
        """Field and column in words, in the order of `FIELDS`."""
        told = self.fields | {"text": JOINED.join(self.text)}
        return {field: told[field] for field in FIELDS if field in told}


def choose(names: Sequence[str], overrides: Mapping[str, str], where: str) -> Columns:
    """The columns to read out of `names`; fields without a column are left out.

    Raises:
        ReadError: no column for the text, or a column that the user named is not there.
    """
    by_plain: dict[str, str] = {}
    for name in names:
        by_plain.setdefault(_plain(name), name)
    named = {field: _named(field, wanted, names, by_plain, where) for field, wanted in overrides.items()}
    taken = {name for own in named.values() for name in own}
    fields = {field: own[0] for field, own in named.items() if field != "text"}
    text = named.get("text") or tuple(_guess(_known()["text"], by_plain, taken))[:1] or _in_parts(by_plain, taken)
    if not text:
        raise ReadError(
            f"no column looks like the text of the notes; {_listed(names)}",
            where=where,
            remedy="Name it with --text-column NAME.",
        )
    taken.update(text)
    for field in FIELDS:
        if field not in fields and field != "text":
            for name in _guess(_known()[field], by_plain, taken):
                fields[field] = name
                taken.add(name)
                break
    return Columns(text, fields)


def _named(field: str, wanted: str, names: Sequence[str], by_plain: Mapping[str, str], where: str) -> tuple[str, ...]:
    """The column that the user named; for the text also several, as in `Subjective + Objective`."""
    whole = wanted if wanted in names else by_plain.get(_plain(wanted))
    if whole is not None:
        return (whole,)
    parts = [part.strip() for part in wanted.split(JOINED.strip())]
    if field == "text" and len(parts) > 1 and all(_plain(part) in by_plain for part in parts):
        return tuple(by_plain[_plain(part)] for part in parts)
    raise ReadError(
        f"there is no column {wanted!r} for {field}; {_listed(names)}",
        where=where,
        remedy="Name one of them, or leave the option out.",
    )


def _guess(known: Iterable[str], by_plain: Mapping[str, str], taken: Container[str]) -> Iterator[str]:
    return (by_plain[plain] for plain in known if plain in by_plain and by_plain[plain] not in taken)


def _in_parts(by_plain: Mapping[str, str], taken: Container[str]) -> tuple[str, ...]:
    """Columns of subjective, objective and so on, where there are at least two."""
    found = [name for known in _parts() for name in islice(_guess(known, by_plain, taken), 1)]
    return tuple(found) if len(found) > 1 else ()


def _listed(names: Sequence[str]) -> str:
    # A file without a header has a note where names should be; it must not end up in a message.
    if any(len(name) > 60 or "\n" in name for name in names):
        return "its first row does not look like column names"
    shown = ", ".join(repr(name) for name in names[:_SHOWN] if name.strip())
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"the columns are {shown}{more}" if shown else "the first row is empty"


def first_of_each(names: Sequence[str]) -> list[str | None]:
    """`names` with None for a name met before: of two columns of one name the first is meant."""
    first = {name: i for i, name in reversed(list(enumerate(names)))}
    return [name if first[name] == i else None for i, name in enumerate(names)]


class RecordMapper:
    """Turns the records of one file into notes. Chooses columns once for every set of names it meets."""

    def __init__(
        self, name: str, stem: str, overrides: Mapping[str, str], notices: Notices, *, noun: str = "column"
    ) -> None:
        self._name, self._stem, self._overrides, self._notices = name, stem, overrides, notices
        self._noun = noun  # what the format calls a column, for messages
        self._choices: dict[tuple[str, ...], Columns] = {}
        self._told: dict[str, str] = {}

    def columns(self, names: Iterable[str]) -> Columns:
        """The columns to read; raises ReadError where no text can be found."""
        key = tuple(names)
        chosen = self._choices.get(key)
        if chosen is None:
            chosen = choose(key, self._overrides, self._name)
            if len(self._choices) < 1000:  # JSON objects may each have their own names; memory stays flat
                self._choices[key] = chosen
            new = {field: name for field, name in chosen.pairs().items() if self._told.get(field) != name}
            if new:
                told = ", ".join(f"{field} from {name!r}" for field, name in new.items())
                self._notices.say(f"{self._name}: {'also ' if self._told else ''}reads {told}.")
            self._told |= new
        return chosen

    def note(self, get: Callable[[str], Any], chosen: Columns, number: int | str) -> Note:
        """The note of record `number`, its cells by `get(column)`. What is wrong with it becomes its `error`."""
        note = Note("", "", f"{self._name}#{number}")
        if len(chosen.text) == 1:
            take_text(note, get(chosen.text[0]), f"the {self._noun} {chosen.text[0]!r}")
        else:
            parts = ((name, get(name)) for name in chosen.text)
            text = "\n".join(f"{name}: {part}" for name, part in parts if isinstance(part, str) and part.strip())
            take_text(note, text, f"each of the {self._noun}s {JOINED.join(map(repr, chosen.text))}")
        for field, column in chosen.fields.items():
            cell = get(column)
            if field in _WORDS:
                setattr(note, field, _word(cell))
            elif _given(cell):
                setattr(note, field, self._value(field, cell, note.source))
        if not note.note_id:
            note.note_id = f"{self._stem}-{number}"
        return note

    def _value(self, field: str, cell: Any, source: str) -> Any:
        if field == "discipline":
            kind = _word(cell)
            return discipline(kind) if kind else None
        value = iso_date(cell) if field == "date_of_service" else counts(cell)
        if value is None:
            self._notices.count(_LEFT_OUT[field], source)
        return value


def take_text(note: Note, text: Any, place: str) -> None:
    """Give `note` its text, or an error that says why `place` (a column, a section) holds none."""
    if isinstance(text, str):
        if not text.strip():
            problem, remedy = f"{place} is empty", "Export the note again, or leave the record out."
        elif len(text) > MAX_NOTE:
            problem = f"{place} holds {len(text):,} characters, more than one session's note can"
            remedy = "Split it into notes."
        else:
            note.text = text
            return
    elif text is None:
        problem, remedy = f"{place} is empty", "Export the note again, or leave the record out."
    else:
        problem = f"{place} holds {_KINDS.get(type(text), 'something other than text')}, not text"
        remedy = "Name the column of the note's text with --text-column NAME."
    note.error = str(ReadError(problem, where=note.source, remedy=remedy))


_KINDS = {int: "a number", float: "a number", bool: "true or false", list: "a list", dict: "an object", bytes: "bytes"}


def _given(cell: Any) -> bool:
    return cell is not None and cell != "" and cell != {} and not (isinstance(cell, str) and not cell.strip())


def _word(cell: Any) -> str | None:
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # spreadsheets keep the id 17 as 17.0
    if cell is None or isinstance(cell, (dict, list, bytes)):
        return None
    return str(cell).strip() or None
