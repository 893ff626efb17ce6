"""`rehabcoder explain`: one note, marked up, with the words that decided and the ledger of its units."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from rehabcoder.cli.arguments import check_format
from rehabcoder.cli.one_note import coded_or_refused, pick_note
from rehabcoder.cli.plain import console, printable
from rehabcoder.cli.reading import Column, IdColumn, InputFormat, TextColumn, parse_columns

if TYPE_CHECKING:
    from rehabcoder.billing.ledger import Entry, Ledger
    from rehabcoder.coder import Coder
    from rehabcoder.note import CodedNote, Json, Note, Service
    from rehabcoder.predict.explain import Reason
    from rehabcoder.predict.reasons import Reasons

_WORDS = 6  # words shown for a code; JSON has all


def register(app: typer.Typer) -> None:
    app.command("explain")(explain)


def explain(
    note: Annotated[str, typer.Argument(metavar="NOTE", help="A file, FILE#number of a table or export, or -.")],
    id: Annotated[str | None, typer.Option("--id", help="Id of the note, in a file of several.")] = None,
    policy: Annotated[str, typer.Option(help="Payer policy: a shipped name or a TOML file.")] = "medicare-part-b",
    model: Annotated[str | None, typer.Option(help="Name or path of a model; default: the one in use.")] = None,
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
    input_format: InputFormat = None,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    column: Column = None,
) -> None:
    """Show one note with services, minutes and evidence marked, why each code, and which minutes made which unit."""
    check_format(format)
    columns = parse_columns(column, text=text_column, note_id=id_column)
    one = pick_note(note, id=id, format=input_format, columns=columns)
    import rehabcoder

    explained = explain_note(one, rehabcoder.load(model, policy=policy))
    if format == "json":
        print(json.dumps(explained.to_json()))
    else:
        _print(explained)


@dataclass(slots=True)
class Explained:
    """A coded note with the reasons behind each code, the ledger of its units, and what the edits say of its codes."""

    note: Note
    coded: CodedNote
    reasons: list[Reasons]
    ledger: Ledger
    edits: list[str]

    def to_json(self) -> Json:
        reasons = [reasons.to_json() for reasons in self.reasons]
        return self.coded.to_json() | {"reasons": reasons, "ledger": self.ledger.to_json(), "edits": self.edits}


def explain_note(note: Note, coder: Coder) -> Explained:
    """Code a note and keep what led to each answer.

    Raises:
        ReadError: it cannot be coded.
    """
    from rehabcoder.billing.checks import edit_remarks
    from rehabcoder.billing.claim import claim_ledger
    from rehabcoder.billing.pooling import day_of
    from rehabcoder.predict.predictor import predict
    from rehabcoder.predict.reasons import reasons_of

    coded, [predicted] = coded_or_refused(note, coder), predict(coder.model, [note.text])
    pairs = zip(predicted.services, coded.interventions, strict=True)
    reasons = [reasons_of(coder.model, predicted, found, service) for found, service in pairs]
    policy = coder.policy_of(note)
    codes = [line.code for line in coded.lines if line.units != 0]
    edits = edit_remarks(codes, policy=policy, on=day_of(note.date_of_service))
    return Explained(note, coded, reasons, claim_ledger(coded.interventions, policy), edits)


def _print(explained: Explained) -> None:
    from rich.text import Text

    from rehabcoder.cli.marks import LEGEND, marked

    out, coded = console(), explained.coded
    plain = not out.is_terminal
    state = f"for a person to see ({_words(coded.review_reasons)})" if coded.needs_review else "settled"
    source = f" ({explained.note.source})" if explained.note.source != coded.note_id else ""
    out.print(Text(printable(f"{coded.note_id}{source}: {state}"), "bold"), soft_wrap=True)
    out.print(f"Rule {coded.rule}, policy {coded.policy}, {coded.rules_version}, model {coded.model_version}\n")
    out.print(marked(explained.note.text.rstrip(), coded, brackets=plain), soft_wrap=plain)
    if plain and coded.interventions:
        out.print(f"\n{LEGEND}", soft_wrap=True)
    for title, lines in (
        ("Services", [line for one in _services(explained) for line in one]),
        ("Units", list(_units(explained))),
        *([("Edits", explained.edits)] if explained.edits else []),
        ("Findings", list(_findings(explained))),
    ):
        out.print(Text(f"\n{title}", "bold"))
        for line in lines or ["None."]:
            out.print(printable(line), soft_wrap=plain)


def _services(explained: Explained) -> Iterator[Iterator[str]]:
    pairs = zip(explained.coded.interventions, explained.reasons, strict=True)
    for number, (service, reasons) in enumerate(pairs, 1):
        yield _service(number, service, reasons)


def _service(number: int, service: Service, reasons: Reasons) -> Iterator[str]:
    label = "no label" if service.labelled is None else f"labelled {service.labelled}"
    minutes = "no minutes" if service.minutes is None else f"{service.minutes} min"
    review = f"; to be seen: {_words(service.review_reasons)}" if service.needs_review else ""
    yield f"{number}  {service.code}, {minutes}, {label}, confidence {service.confidence:.2f}{review}"
    yield f"   The description alone: {_likely(reasons.described)}"
    if service.labelled is not None:
        yield f"   With the label: {_likely(reasons.joined)}"
    if not reasons.words:
        yield "   No word of the description tells codes apart."
        return
    code, other = reasons.code, reasons.against
    pro = [reason for reason in reasons.words if reason.pull > 0]
    con = [reason for reason in reversed(reasons.words) if reason.pull < 0]
    yield f"   For {code} over {other}: {_pulls(pro)}"
    yield f"   For {other} over {code}: {_pulls(con)}"
    yield f"   With how common the two are ({reasons.usual:+.2f}): {reasons.log_odds:+.2f} log odds for {code}"


def _likely(ranked: Sequence[tuple[str, float]]) -> str:
    return ", ".join(f"{code} {p:.2f}" if p >= 0.005 else f"{code} <0.01" for code, p in ranked[:3])


def _pulls(reasons: Sequence[Reason]) -> str:
    shown = [f"{_feature(reason.feature)} {abs(reason.pull):.2f}" for reason in reasons[:_WORDS]]
    rest = sum(abs(reason.pull) for reason in reasons[_WORDS:])
    more = [f"{len(reasons) - _WORDS} more {rest:.2f}"] if len(reasons) > _WORDS else []
    return ", ".join([*shown, *more]) or "nothing"


def _feature(name: str) -> str:
    """A feature as a person reads it: `stand*` is the beginning of a word, `00` a number of two figures."""
    if name[0] == "%":
        return f"{'common ' if name.startswith('%wide:') else ''}words of {name.partition(':')[2]}"
    if name[0] == "&":
        kind, _, figure = name[1:].partition("_")
        return f"{figure} kinds of {kind}" if figure.isdecimal() else f"phrases of {name[1:].replace('_', ' ')}"
    if name.endswith("*"):
        return f'"{name[:-1]}..."'
    words = ["#" * len(word) if set(word) == {"0"} else word for word in name.split(" ") if word != "^"]
    return f'"{" ".join(words)}"{" first" if name.startswith("^ ") else ""}'


def _units(explained: Explained) -> Iterator[str]:
    ledger, text = explained.ledger, explained.note.text
    yield ledger.total
    for entry in ledger.entries:
        yield f"{entry}{_places(entry, text)}"
    for line in explained.coded.lines:
        if line.units is None:
            yield f"{line.code}: {line.why}"
    totals = explained.coded.totals
    billed = ", ".join(f"{code} x{units}" for code, units in (totals.billed_units or {}).items())
    stated = [
        *([f"{totals.stated_timed} timed minutes"] if totals.stated_timed is not None else []),
        *([f"{totals.stated_total} minutes in all"] if totals.stated_total is not None else []),
        *([f"billed {billed}"] if billed else []),
    ]
    if stated:
        yield f"The note itself states: {', '.join(stated)}."
    if column := explained.note.billed_units:
        yield f"Billed by its row: {', '.join(f'{code} x{units}' for code, units in column.items())}."
    yield f"Source: {ledger.source}."


def _places(entry: Entry, text: str) -> str:
    """The words that give the minutes of a unit."""
    quotes = dict.fromkeys(_quote(text, piece.start, piece.end) for piece in entry.pieces)
    found = [quote for quote in quotes if quote]
    return f" <- {', '.join(found)}" if found else ""


def _findings(explained: Explained) -> Iterator[str]:
    for flag in explained.coded.flags:
        yield f"{flag.id} ({flag.severity}): {flag.message}"
        if quote := _quote(explained.note.text, flag.start, flag.end):
            yield f"   {quote}"
        if flag.rule:
            yield f"   Rule: {flag.rule}"


def _quote(text: str, start: int | None, end: int | None) -> str:
    if start is None or end is None or start >= end:
        return ""
    words = " ".join(text[start:end].split())
    return f'"{words if len(words) <= 90 else words[:87] + "..."}"'


def _words(names: Sequence[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)
