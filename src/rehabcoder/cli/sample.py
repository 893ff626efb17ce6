"""`rehabcoder sample`: how many to draw, the draw, the second look, and what it says."""

from __future__ import annotations

import getpass
import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from rehabcoder.cli.arguments import check_format, parse_date
from rehabcoder.errors import UsageError

sample = typer.Typer(help="Draw a QA sample, review it blind, and estimate error rate and money.", no_args_is_help=True)

Db = Annotated[str, typer.Option("--db", help="The worklist.")]
Name = Annotated[str, typer.Option("--name", help="The sample's name.")]
Confidence = Annotated[float, typer.Option(help="Two-sided confidence of the limits.")]
Precision = Annotated[float, typer.Option(help="Wanted half width of the error rate's limits.")]


def register(app: typer.Typer) -> None:
    app.add_typer(sample, name="sample")


@sample.command("size")
def size(
    frame: Annotated[int, typer.Option(min=1, help="Notes in the frame.")],
    confidence: Confidence = 0.9,
    precision: Precision = 0.05,
    expected_rate: Annotated[float, typer.Option(help="Error rate you expect; 0.5 is the safe guess.")] = 0.5,
    probe: Annotated[
        str | None, typer.Option(metavar="FILE", help="Dollar differences of a probe, one a line.")
    ] = None,
) -> None:
    """How many notes to draw, from an expected error rate or from a probe sample of dollar differences."""
    from rehabcoder.worklist.estimates import size_for_money, size_for_rate

    if probe is None:
        print(size_for_rate(confidence=confidence, precision=precision, expected_rate=expected_rate, frame=frame))
        return
    try:
        with open(probe, encoding="utf-8-sig") as lines:
            values = [float(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise UsageError("the probe cannot be read", where=probe, remedy="One number a line.") from error
    print(size_for_money(values, confidence=confidence, precision=precision, frame=frame))


@sample.command("draw")
def draw(
    name: Name,
    db: Db = "worklist.db",
    design: Annotated[str, typer.Option(help="simple, stratified, or risk (weighted).")] = "simple",
    by: Annotated[str | None, typer.Option(help="Strata: clinician,payer,code,clinic,state.")] = None,
    size: Annotated[int | None, typer.Option(help="Notes to draw; by default from confidence and precision.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed and frame give the same sample.")] = 1,
    confidence: Confidence = 0.9,
    precision: Precision = 0.05,
    expected_rate: Annotated[float, typer.Option(help="Error rate you expect, for the size.")] = 0.5,
    state: Annotated[str, typer.Option(help="State of the notes in the frame, or all.")] = "settled",
    clinic: Annotated[str | None, typer.Option(help="Only this clinic.")] = None,
    clinician: Annotated[str | None, typer.Option(help="Only this clinician.")] = None,
    payer: Annotated[str | None, typer.Option(help="Only this payer.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Served on this day or later.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Served on this day or earlier.")] = None,
) -> None:
    """Draw a sample from the settled notes, and keep it with its seed and the hash of its frame."""
    from rehabcoder.worklist import sampling
    from rehabcoder.worklist.estimates import check_confidence, size_for_rate
    from rehabcoder.worklist.store import samples
    from rehabcoder.worklist.store.database import Database
    from rehabcoder.worklist.store.queue import Filters, check_names

    if design not in sampling.DESIGNS:
        raise UsageError(f"no design is called {design!r}", remedy=f"One of: {', '.join(sampling.DESIGNS)}.")
    if (design == "stratified") != (by is not None):
        raise UsageError("--by names the strata of a stratified draw", remedy="Give both, or neither.")
    check_confidence(confidence)
    wanted = None if state == "all" else state
    first, last = parse_date(since, "--since"), parse_date(until, "--until")
    filters = Filters(wanted, clinic=clinic, clinician=clinician, payer=payer, since=first, until=last)
    database = Database(db)
    try:
        with database.write() as connection:
            check_names(connection, filters)
            units = samples.frame(connection, filters, by=by.split(",") if by else ())
            count = size or min(
                len(units),
                size_for_rate(
                    confidence=confidence, precision=precision, expected_rate=expected_rate, frame=max(1, len(units))
                ),
            )
            drawn = sampling.draw(units, design=design, size=count, seed=seed)  # type: ignore[arg-type]
            made_from = filters.to_json() | ({"strata by": by} if by else {})
            kept = samples.save(
                connection,
                drawn,
                name=name,
                by=getpass.getuser(),
                made_from=made_from,
                confidence=confidence,
                precision=precision,
            )
    finally:
        database.close()
    notes = len(drawn.draws)
    if design == "risk":
        print(f"{count} draws by risk, with replacement: a note that several hit is reviewed once and counts as often")
    print(f"{notes} of {kept.frame_size} notes drawn as {name}, seed {seed}, frame {kept.frame_sha256}")
    for stratum, frame, taken in kept.strata if len(kept.strata) > 1 else ():
        print(f"  {stratum}: {taken} of {frame}")


@sample.command("list")
def list_samples(db: Db = "worklist.db") -> None:
    """The samples of a worklist."""
    from rehabcoder.worklist.store import samples
    from rehabcoder.worklist.store.database import Database

    database = Database(db)
    with database.read() as connection:
        progress = samples.progress(connection)
        for one in samples.all_samples(connection):
            reviewed, size = progress[one.id]
            drawn = f"frame {one.frame_size}, seed {one.seed}, drawn {one.made_at[:10]}"
            print(f"{one.name}: {one.design}, {reviewed} of {size} reviewed, {drawn}")
    database.close()


@sample.command("export")
def export(
    name: Name,
    out: Annotated[str, typer.Option(metavar="FILE.xlsx", help="The workbook to fill in.")],
    db: Db = "worklist.db",
) -> None:
    """Write the notes still to be looked at as a workbook; what was decided first is not in it."""
    from rehabcoder.worklist.store import exports, samples
    from rehabcoder.worklist.store.database import Database
    from rehabcoder.worklist.workbook.write import write_sample

    database = Database(db)
    try:
        with database.read() as connection:
            one = samples.find(connection, name)
            items = [item for item in samples.items(connection, one.id) if item.second is None]
            cases = [case for item in items if (case := samples.case_of(connection, item))]
        written, rows = write_sample(out, items, cases)
        with database.write() as connection:
            exports.keep(connection, written, "sample", rows=rows, sample_id=one.id)
    finally:
        database.close()
    print(f"{rows} notes -> {out}; fill it in, then: rehabcoder sample apply {out} --reviewer NAME")


@sample.command("apply")
def apply(
    file: Annotated[str, typer.Argument(metavar="FILE.xlsx", help="The filled workbook.")],
    reviewer: Annotated[str, typer.Option(help="Who looked at the notes.")],
    db: Db = "worklist.db",
) -> None:
    """Take a filled sample workbook back as blind second answers."""
    from rehabcoder.worklist.store.database import Database
    from rehabcoder.worklist.workbook.apply import apply_sample

    database = Database(db)
    try:
        done = apply_sample(database, file, reviewer=reviewer)
    finally:
        database.close()
    print(f"{done.settled} reviewed, {done.already} applied before")
    if done.moved:
        print(f"{len(done.moved)} left alone, reviewed by someone else: {', '.join(done.moved[:20])}", file=sys.stderr)
        raise typer.Exit(3)


@sample.command("estimate")
def estimate(
    name: Name,
    db: Db = "worklist.db",
    policy: Annotated[str, typer.Option(help="Payer policy whose rules and fees are used.")] = "medicare-part-b",
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
) -> None:
    """What the sample says: error rate with limits, money with limits, agreement, and whether it is precise enough."""
    from rehabcoder.worklist.findings import sample_findings
    from rehabcoder.worklist.reports.page import money, percent, units
    from rehabcoder.worklist.rules import policy_on
    from rehabcoder.worklist.store import samples
    from rehabcoder.worklist.store.database import Database

    check_format(format)
    database = Database(db)
    try:
        with database.read() as connection:
            one = samples.find(connection, name)
            found = sample_findings(one, samples.items(connection, one.id), policy_on(policy))
    finally:
        database.close()
    if format == "json":
        print(json.dumps(asdict(found), indent=2))
        return
    print(f"{name}: {found.reviewed} of {found.size} reviewed, {found.errors} in error, frame {one.frame_size}")
    if found.rate is None or found.wilson is None:
        print("too few are reviewed for an estimate")
        return
    level = percent(one.confidence)
    rate = found.rate
    print(f"error rate {percent(rate.value)}, {level} limits {percent(rate.low)} to {percent(rate.high)}")
    print(f"  Wilson, taken as simple: {percent(found.wilson.low)} to {percent(found.wilson.high)}")
    for title, value in (("over", found.over), ("under", found.under), ("net", found.net)):
        if value is not None:
            limits = f"{level} limits {money(value.low)} to {money(value.high)}"
            print(f"{title} {money(value.value)} (the bill against the second look), {limits}")
    for title, agreed in (("reviewers", found.between), ("with the tool", found.with_tool)):
        kappa = "–" if agreed.kappa is None else f"{agreed.kappa:.2f}"
        print(f"agreement {title}: {percent(agreed.share)} of {agreed.notes}, kappa {kappa}")
    print(f"precision of {percent(one.precision)}: {found.precision}")
    if in_error := [each for each in found.differences if each.in_error]:
        print("in error, the second look supports other codes or units than the first decision:")
        for each in in_error:
            first, second = each.first_by or "the tool", each.second_by
            print(f"  {each.note_id}: {units(each.first)} ({first}), then {units(each.second)} ({second})")
    if misbilled := [each for each in found.differences if each.at_stake]:
        print("billed otherwise than the second look supports:")
        for each in misbilled:
            print(f"  {each.note_id}: {units(each.billed)} billed, {units(each.second)} supported, ", end="")
            print(f"over {money(each.over)}, under {money(each.under)}")
