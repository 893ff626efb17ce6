"""HL7 version 2: messages with documents (MDM), results in words (ORU) and whatever else carries text, also in batches.

One document is one note: the text of an MDM message, of each order in an ORU message. Charges in the same message (FT1)
are the billed units, of the first of its notes: notes of one day are pooled, and what was billed once must count once.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rehabcoder.errors import ReadError
from rehabcoder.note import Note
from rehabcoder.readers import embedded
from rehabcoder.readers.columns import take_text
from rehabcoder.readers.options import Options
from rehabcoder.readers.sources import Source
from rehabcoder.readers.streams import MAX_LINE, lines
from rehabcoder.readers.values import bare_code, counts, iso_date

_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}(?=[^A-Za-z0-9\s]|$)")
_ENVELOPES = ("FHS", "BHS", "BTS", "FTS")
_TEXT = ("TX", "FT", "ST", "")
# Only these are escapes; a backslash in a path or a smiley stays what it is.
_ESCAPES = (
    r"[FSTREHN]|\.(?:br|sp|ce|in|ti|sk)[+-]?\d{0,2}|\.(?:fi|nf)|X(?:[0-9A-Fa-f]{2})+|[CM][0-9A-Fa-f]{4,6}|Z\w{0,20}"
)


@dataclass(slots=True)
class Message:
    """One message: its segments as lists of fields, numbered as the standard does, and the signs that part them."""

    number: int
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    segments: list[list[str]] = field(default_factory=list)
    too_long: bool = False  # to be one note: nothing but its head is kept

    def first(self, name: str) -> list[str]:
        """The first segment of that name, empty where there is none."""
        return next((segment for segment in self.segments if segment[0] == name), [])

    def value(self, segment: list[str], at: int, component: int = 1) -> str | None:
        """A component of the first repetition of a field, without escapes; None where it is empty or null (`""`)."""
        if at >= len(segment):
            return None
        parts = segment[at].split(self.repetition)[0].split(self.component)
        text = parts[component - 1].split(self.subcomponent)[0] if component <= len(parts) else ""
        return self.plain(text).strip() or None if text != '""' else None

    def plain(self, text: str) -> str:
        """`text` with escape sequences resolved: `\\.br\\` is a line end, `\\T\\` the sign it stands for."""
        if self.escape not in text:
            return text
        sign = re.escape(self.escape)
        return re.sub(f"{sign}({_ESCAPES}){sign}", self._unescaped, text)

    def _unescaped(self, match: re.Match[str]) -> str:
        code = match[1]
        signs = {
            "F": self.segments[0][1],
            "S": self.component,
            "T": self.subcomponent,
            "R": self.repetition,
            "E": self.escape,
        }
        if code in signs:
            return signs[code]
        if code.startswith((".br", ".sp", ".ce")):
            return "\n" * abs(int(code[3:] or 1))
        if code.startswith("X"):
            data = bytes.fromhex(code[1:])
            return data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
        return " " if code.startswith(".sk") else ""  # emphasis, indents, character sets, what a sender made up


def read(stream: io.BufferedReader, source: Source, options: Options) -> Iterator[Note]:
    """The notes of all messages in their order; a message without text is a note with an error.

    Raises:
        ReadError: no message at all.
    """
    for message in messages(stream, options):
        yield from _notes(message, source, options)


def messages(stream: io.BufferedReader, options: Options) -> Iterator[Message]:
    """The messages of a file or batch, whatever ends their segments."""
    message: Message | None = None
    number = size = 0
    broken: list[str] = []  # lines of the last field at hand, whose ends the sender did not escape
    for segment in _segments(stream, options):
        if segment is not None and segment.startswith("MSH"):
            if message is not None:
                yield _mended(message, broken)
            number, size, broken = number + 1, 0, []
            message = _begun(segment, number)
        elif message is not None and (segment or "")[:3] not in _ENVELOPES:
            size += MAX_LINE + 1 if segment is None else len(segment)
            if segment is None or size > MAX_LINE:
                message.too_long, broken = True, []
                del message.segments[1:]
            elif _SEGMENT.match(segment):
                _mended(message, broken).segments.append(segment.split(message.segments[0][1]))
                broken = []
            else:
                broken.append(segment)
    if message is not None:
        yield _mended(message, broken)


def _mended(message: Message, broken: list[str]) -> Message:
    message.segments[-1][-1] = "\n".join((message.segments[-1][-1], *broken))
    return message


def _segments(stream: io.BufferedReader, options: Options) -> Iterator[str | None]:
    """The segments; None for a line that is too long to be read."""
    for line in lines(stream, options.notices):
        if line.text is None:
            yield None
            continue
        for segment in line.text.split("\r"):
            text = segment.strip("\n\x0b\x1c")
            if text.strip():
                yield text


def _begun(segment: str, number: int) -> Message:
    sign = segment[3:4] or "|"
    fields = segment.split(sign)
    message = Message(number)
    signs = fields[1] if len(fields) > 1 else ""
    for name, given in zip(("component", "repetition", "escape", "subcomponent"), signs, strict=False):
        setattr(message, name, given)
    # The sign itself is the first field of MSH, so that all further ones have their official numbers.
    message.segments.append([fields[0], sign, *fields[1:]])
    return message


def _notes(message: Message, source: Source, options: Options) -> Iterator[Note]:
    """A note for the document of the message, or for each of its orders with text."""
    header = message.first("MSH")
    kind = "^".join(part for part in (message.value(header, 9, 1), message.value(header, 9, 2)) if part) or "no type"
    place = f"{source.name}#{message.number}"
    document = message.first("TXA")
    billed = _charges(message, place, options)
    found = 0
    problem = None
    if message.too_long:
        problem = ReadError(f"it is longer than {MAX_LINE // 2**20} MB", remedy="Export it again, one document each.")
    for order, results in _orders(message, one=bool(document)):
        try:
            text = _text(message, results, options)
        except ReadError as broken:
            problem = problem or broken
            continue
        if text is not None:
            found += 1
            note = _about(message, document, order, Note(f"{source.stem}-{message.number}", "", place))
            note.source = place if found == 1 else f"{place}.{found}"
            take_text(note, text, f"the {kind} message")
            if note.error is None:
                note.billed_units, billed = billed, None
            yield note
    if not found or problem is not None:
        what = problem.what if problem else "it holds no text of a document"
        remedy = problem.remedy if problem else "Export messages with the note in OBX segments of type TX or FT."
        error = ReadError(f"the {kind} message cannot be read: {what}", where=place, remedy=remedy)
        yield Note(f"{source.stem}-{message.number}", "", place, error=str(error))


def _orders(message: Message, *, one: bool) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Each OBR segment with the OBX segments that follow it; all OBX together where they are one document."""
    order: list[str] = message.first("OBR") if one else []
    results: list[list[str]] = []
    for segment in message.segments:
        if segment[0] == "OBX":
            results.append(segment)
        elif segment[0] == "OBR" and not one:
            if results:
                yield order, results
            order, results = segment, []
    if results:
        yield order, results


def _text(message: Message, results: list[list[str]], options: Options) -> str | None:
    """The text of OBX segments, one a line; None where they hold numbers, codes or pointers only."""
    kinds = [message.value(segment, 2) or "" for segment in results]
    attached = [segment for segment, kind in zip(results, kinds, strict=True) if kind == "ED"]
    written = [
        s for s, kind in zip(results, kinds, strict=True) if kind in _TEXT and len(s) > 5 and s[5] not in ("", '""')
    ]
    if any(kind in ("TX", "FT") for kind in kinds) and written:
        return "\n".join(message.plain(part) for segment in written for part in segment[5].split(message.repetition))
    if attached:
        return "\n".join(_attachment(message, segment, options) for segment in attached)
    return None


def _attachment(message: Message, segment: list[str], options: Options) -> str:
    parts = (segment[5] if len(segment) > 5 else "").split(message.component)
    _, kind, subtype, encoding, data = (*parts, "", "", "", "", "")[:5]
    if not data:
        raise ReadError("its attachment is empty", remedy="Export the message with the document in it.")
    media_type = f"{kind}/{subtype}".lower() if "/" not in subtype else subtype
    content = embedded.from_base64(data) if encoding.lower() == "base64" else message.plain(data).encode()
    return embedded.text_of(content, media_type.replace("text/text", "text/plain"), options)


def _about(message: Message, document: list[str], order: list[str], note: Note) -> Note:
    """Give `note` what the segments around its text say."""
    value = message.value
    patient, visit, header = message.first("PID"), message.first("PV1"), message.first("MSH")
    note.note_id = value(document, 12) or value(order, 3) or value(order, 2) or value(header, 10) or note.note_id
    note.patient_id = value(patient, 3) or value(patient, 2)
    days = (value(document, 4), value(order, 7), value(visit, 44), value(header, 7))
    note.date_of_service = next((day for text in days if (day := iso_date(_day(text)))), None)
    for segment, at in ((document, 9), (document, 5), (order, 32), (visit, 7)):
        family, given = value(segment, at, 2), value(segment, at, 3)
        if family or given:
            note.clinician = " ".join(part for part in (given, family) if part)
            note.credential = value(segment, at, 7)
            break
    note.clinic = value(visit, 3, 4) or value(header, 4)
    note.payer = value(message.first("IN1"), 4)
    return note


def _charges(message: Message, place: str, options: Options) -> dict[str, int] | None:
    """The units that the message bills by code; None without charges, or where not all of them can be read."""
    charges = [
        (code, message.value(segment, 10) or "1")
        for segment in message.segments
        if segment[0] == "FT1" and (code := bare_code(message.value(segment, 25) or ""))
    ]
    billed = counts(charges)
    if billed is None:
        options.notices.count("messages with a charge (FT1) of no whole quantity, whose charges are left out", place)
    return billed or None


def _day(text: str | None) -> str | None:
    """The day of a time such as 200801311555+0215, whatever precision it is given in."""
    return text[:8] if text and text[:8].isdigit() else text
