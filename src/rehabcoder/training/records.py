"""One labelled record, checked against the labelling guide before anything is made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rehabcoder.billing.codes import CODES, one_name
from rehabcoder.billing.units import MINUTES_OF_DAY
from rehabcoder.readers.columns import MAX_NOTE
from rehabcoder.training.labelled import LabelledNote, Snippet, note_of

OWN = "own"
"""The source of a user's own labels. They are one source, so that a word that only they hold is never kept."""

MARKS = ("blind", "changed", "accepted")
ACCEPTED_WEIGHT = 0.3
"""What a label counts in training that a person only accepted as the tool suggested it."""

LONGEST_DESCRIPTION = 2_000  # code points; what is longer is a whole note

Say = Callable[[str], None]


@dataclass(slots=True)
class OwnNote:
    """A labelled note of the user: where it stands, its clinic, and how its labels came about.

    `mark` is `blind`, `changed` or `accepted` in exports of the worklist and empty elsewhere: such labels count fully.
    """

    note: LabelledNote
    clinic: str
    mark: str
    place: str

    @property
    def counts_fully(self) -> bool:
        """Whether the labels are a person's own, not a suggestion of the tool that was let stand."""
        return self.mark != "accepted"


@dataclass(slots=True)
class OwnText:
    """A service description of the user with its code."""

    snippet: Snippet
    clinic: str
    place: str


def code_of(value: object, say: Say, *, what: str = "code") -> str | None:
    """A code in its one written form; None, and a problem said, for what is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    written = value.strip() if isinstance(value, str) else ""
    if not written:
        say(f"no {what}")
        return None
    if written.lower() == "none":
        return "none"
    if written.upper() in CODES:
        return one_name(written.upper())
    # A cell that is no code at all may hold words of a note; only what looks like a code is repeated.
    say(f"unknown {what} {written}" if len(written) <= 6 and written.isalnum() else f"{what} that is none")
    return None


def own_note(record: Any, *, number: int, place: str, stem: str, say: Say) -> OwnNote | None:
    """A labelled note of the guide's form, or None after saying all that is wrong with it."""
    said = 0

    def tell(kind: str) -> None:
        nonlocal said
        said += 1
        say(kind)

    if not isinstance(record, dict):
        say("not a JSON object")
        return None
    text = record.get("text")
    if not isinstance(text, str) or not text.strip():
        say("no text")
        return None
    if len(text) > MAX_NOTE:
        say("text longer than a session's note")
        return None
    items = record.get("interventions")
    if not isinstance(items, list):
        say("no list of interventions")
        return None
    checked = [found for item in items if (found := _service(item, text, tell)) is not None]
    checked.sort(key=lambda item: item["start"])
    if any(a["start"] + len(a["quote"]) > b["start"] for a, b in pairwise(checked)):
        tell("quotes that overlap")
    mark = record.get("mark") or ""
    if mark and mark not in MARKS:
        tell("a mark other than blind, changed or accepted")
    flags, evidence = record.get("flags") or [], record.get("evidence") or {}
    if not isinstance(flags, list) or not all(isinstance(flag, str) for flag in flags):
        tell("flags that are no list of names")
    quoted = list(evidence.values()) if isinstance(evidence, dict) else [0]
    if not all(words is None or (isinstance(words, str) and words in text) for words in quoted):
        tell("evidence that is not in the text")
    if said:
        return None
    weight = ACCEPTED_WEIGHT if mark == "accepted" else 1.0
    kept = {"id": record.get("id") or f"{stem}-{number}", "text": text, "interventions": checked, "flags": flags,
            "evidence": evidence, "weight": weight, "unread": True}  # fmt: skip
    # Only an export of the worklist names the clinic there; elsewhere `setting` says what kind of place it is.
    named = record.get("setting") if mark and isinstance(record.get("setting"), str) else ""
    return OwnNote(note_of(kept, OWN), named or stem, mark, place)


def _service(item: Any, text: str, say: Say) -> dict[str, Any] | None:
    """One intervention with its place, or None after saying what is wrong."""
    if not isinstance(item, dict):
        say("intervention that is no JSON object")
        return None
    code = code_of(item.get("code"), say)
    labelled = item.get("labelled")
    if labelled is not None:
        labelled = code_of(labelled, say, what="label")
    minutes = item.get("minutes")
    if minutes is not None and not (type(minutes) is int and 0 <= minutes <= MINUTES_OF_DAY):
        say("minutes that are no whole number of a day")
        return None
    quote, start = item.get("quote"), item.get("start")
    if not isinstance(quote, str) or not quote.strip():
        say("no quote")
        return None
    if start is None:
        start = text.find(quote)
    if type(start) is not int or start < 0 or text[start : start + len(quote)] != quote:
        say("quote not in the text")
        return None
    if code is None:
        return None
    return {"quote": quote, "start": start, "code": code, "labelled": labelled, "minutes": minutes}


def own_text(row: Mapping[str, str], *, place: str, stem: str, say: Say) -> OwnText | None:
    """A service description with its code, or None after saying what is wrong with it."""
    text = row.get("text", "").strip()
    if not text:
        say("no text")
        return None
    if len(text) > LONGEST_DESCRIPTION:
        say(f"text of more than {LONGEST_DESCRIPTION:,} characters, which is no description of one service")
        return None
    code = code_of(row.get("code", ""), say)
    if code is None:
        return None
    return OwnText(Snippet(text, OWN, code=code), row.get("clinic", "").strip() or stem, place)
