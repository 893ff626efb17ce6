"""`rehabcoder query`: a non-leading question to the clinician for each gap of a note."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from rehabcoder.cli.arguments import check_format
from rehabcoder.cli.one_note import coded_or_refused, pick_note
from rehabcoder.cli.plain import printable
from rehabcoder.cli.reading import Column, IdColumn, InputFormat, TextColumn, parse_columns

if TYPE_CHECKING:
    from rehabcoder.coder import Coder
    from rehabcoder.findings.queries import Query
    from rehabcoder.note import Note


def register(app: typer.Typer) -> None:
    app.command("query")(query)


def query(
    note: Annotated[str, typer.Argument(metavar="NOTE", help="A file, FILE#number of a table or export, or -.")],
    id: Annotated[str | None, typer.Option("--id", help="Id of the note, in a file of several.")] = None,
    policy: Annotated[str, typer.Option(help="Payer policy: decides which gaps count.")] = "medicare-part-b",
    model: Annotated[str | None, typer.Option(help="Name or path of a model; default: the one in use.")] = None,
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
    input_format: InputFormat = None,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    column: Column = None,
) -> None:
    """Write the questions to the clinician that a note leaves open.

    Each says what the note says in its own words, asks one open question and offers open choices. None suggests a goal,
    minutes, a code or an answer.
    """
    check_format(format)
    columns = parse_columns(column, text=text_column, note_id=id_column)
    one = pick_note(note, id=id, format=input_format, columns=columns)
    import rehabcoder

    found = queries_of(one, rehabcoder.load(model, policy=policy))
    if format == "json":
        print(json.dumps({"note_id": one.note_id, "queries": [asked.to_json() for asked in found], **_form()}))
        return
    for line in _lines(one.note_id, found):
        print(printable(line))


def queries_of(note: Note, coder: Coder) -> list[Query]:
    """The questions that a note leaves open under the coder's policy.

    Raises:
        ReadError: it cannot be coded.
    """
    from rehabcoder.findings.queries import queries
    from rehabcoder.findings.registry import Context
    from rehabcoder.predict.predictor import predict

    coded, [predicted] = coded_or_refused(note, coder), predict(coder.model, [note.text])
    policy = coder.policy_of(note)
    context = Context(note, predicted, coded.interventions, coded.lines, coded.totals, policy, coder.model)
    return list(queries(context, coded.flags))


def _form() -> dict[str, str]:
    from rehabcoder.findings.queries import wording

    form = wording()["form"]
    return {"closing": form["closing"], "source": form["source"]}


def _lines(note_id: str, found: list[Query]) -> Iterator[str]:
    if not found:
        yield f"{note_id}: nothing to ask."
        return
    for number, asked in enumerate(found, 1):
        yield f"{note_id}, question {number} of {len(found)} ({asked.finding.replace('_', ' ')})"
        yield f"  {asked.fact}"
        for quote in asked.quotes:
            label = f" (labelled {quote.label})" if quote.label else ""
            yield f'    "{" ".join(quote.text.split())}"{label}'
        yield f"  {asked.question}"
        for choice in asked.choices:
            yield f"    [ ] {choice}"
        yield f"  Rule: {asked.rule}"
        yield ""
    yield _form()["closing"]
