"""`rehabcoder rules`: list, show, compare and check payer policies, codes and edits."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import typer

from rehabcoder.billing.codes import CODES, Code, check_code, licensed_descriptions
from rehabcoder.billing.edits import edit_between, edits_among, ncci_pairs, source_title, unit_limit
from rehabcoder.billing.finding_terms import all_findings
from rehabcoder.billing.policies import DEFAULT_POLICY, load_policy, policy_path, shipped_policies
from rehabcoder.billing.policy_tools import check_policies, compare_policies, flat, parse_day, plain
from rehabcoder.errors import PolicyError, ReadError, UsageError

app = typer.Typer(help="List, show, compare and check payer policies, codes and edits.", no_args_is_help=True)

_CODE = re.compile(r"[0-9A-Za-z][0-9]{3}[0-9A-Za-z]")  # no policy has such a name

On = Annotated[str | None, typer.Option("--on", help="Day of service, as 2024-05-31. Without it: today.")]
Format = Annotated[str, typer.Option("--format", help="text or json.")]


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="rules")


@app.command("list")
def list_rules(
    what: Annotated[str, typer.Argument(help="policies, codes, edits or findings.")] = "policies",
    on: On = None,
    format: Format = "text",
    descriptors: Annotated[
        str | None, typer.Option(help="CSV file (code, description) with your licensed wording of the codes.")
    ] = None,
) -> None:
    """List the shipped policies, the codes, the NCCI pairs with the day each was last in force, or the findings."""
    day = parse_day(on)
    if what == "policies":
        rows = policy_rows(day)
    elif what == "codes":
        wording = licensed_descriptions(descriptors) if descriptors else {}
        rows = [code_row(facts, day) | {"description": wording.get(c, facts.description)} for c, facts in CODES.items()]
    elif what == "edits":
        rows = edit_rows(day)
    elif what == "findings":
        rows = finding_rows()
    else:
        raise UsageError(f"there is no list of {what!r}", remedy="Use one of: policies, codes, edits, findings.")
    _print_rows(rows, format)


@app.command("show")
def show(
    names: Annotated[list[str], typer.Argument(help="A policy (name or TOML file), a code, or several codes.")],
    on: On = None,
    raw: Annotated[bool, typer.Option("--raw", help="The policy file itself, to copy and change.")] = False,
    format: Format = "text",
) -> None:
    """Show one policy as it stands on a day, what is known of a code, or what the edits say of several codes."""
    day = parse_day(on)
    if raw:
        typer.echo(_raw(names), nl=False)
        return
    if all(name.upper() in CODES for name in names):
        _show_codes([name.upper() for name in names], day, format)
        return
    for name in names:
        if len(names) > 1 or _CODE.fullmatch(name):
            check_code(name, where="rules show")
    _print_one(plain(load_policy(names[0], on=day)), format)


@app.command("diff")
def diff(
    first: Annotated[str, typer.Argument(help="A policy, as name, name@2024-05-31, or a TOML file.")],
    second: Annotated[str, typer.Argument(help="The policy to compare with.")],
    format: Format = "text",
) -> None:
    """Compare two policies, or one policy on two days, key by key."""
    differences = compare_policies(first, second)
    if format == "json":
        _json(differences)
    elif not differences:
        typer.echo("No difference.")
    else:
        for row in differences:
            typer.echo(f"{row['key']}: {_words(row['first'])} -> {_words(row['second'])}")


@app.command("check")
def check(
    paths: Annotated[
        list[str] | None, typer.Argument(help="TOML files or folders; the shipped ones without any.")
    ] = None,
) -> None:
    """Check policy files: keys, values, dates. Exit status 1 when one is wrong."""
    good, errors = check_policies(paths or [str(policy_path(name)) for name in shipped_policies()])
    for policies in good:
        last = policies[-1].effective_to
        end = f"to {last}" if last else "on"
        versions = f"{len(policies)} version{'s' if len(policies) > 1 else ''}"
        typer.echo(f"{policies[0].id}: right, {versions}, from {policies[0].effective_from} {end}")
    for error in errors:
        typer.echo(f"rehabcoder: {error}", err=True)
    if errors:
        raise typer.Exit(1)


def policy_rows(on: date | None) -> list[dict[str, Any]]:
    """The lines of `rules list policies`: the version in force on a day; a policy that has none is left out."""
    rows = []
    for name in shipped_policies():
        try:
            policy = load_policy(name, on=on)
        except PolicyError:
            continue
        rows.append(
            {
                "id": policy.id,
                "version": policy.version,
                "rule": policy.rule,
                "from": policy.effective_from.isoformat(),
                "to": policy.effective_to.isoformat() if policy.effective_to else None,
                "name": policy.name,
            }
        )
    return rows


def code_row(facts: Code, on: date | None) -> dict[str, Any]:
    """One line of `rules list codes`."""
    limit = unit_limit(facts.code, on=on)
    block = f"{facts.minutes_per_unit} min" if facts.minutes_per_unit else "untimed"
    return {
        "code": facts.code,
        "units": block if facts.timed or not facts.by_block else f"{block}, not pooled",
        "most_a_day": limit.units if limit else None,
        "description": facts.description,
    }


def finding_rows() -> list[dict[str, Any]]:
    """One line a finding of `rules list findings`."""
    return [
        {
            "id": name,
            "of": terms["of"],
            "severity": terms["severity"],
            "raised": "always" if terms["default"] else "on request",
            "message": terms["message"],
        }
        for name, terms in all_findings().items()
    ]


def edit_rows(on: date | None) -> list[dict[str, Any]]:
    """One line a pair of `rules list edits`."""
    return [
        {
            "column1": pair.column1,
            "column2": pair.column2,
            "verdict": edit_between(pair.column1, pair.column2, on=on).verdict,
            "last_day": "never" if pair.cancelled else pair.last_day.isoformat() if pair.last_day else None,
            "note": pair.note,
        }
        for pair in ncci_pairs().values()
    ]


def _raw(names: Sequence[str]) -> str:
    path = policy_path(names[0] if names else DEFAULT_POLICY)
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ReadError(error.strerror or "cannot be read", where=str(path), remedy="Check the path.") from error


def _show_codes(codes: Sequence[str], on: date | None, format: str) -> None:
    if len(codes) == 1:
        facts = CODES[codes[0]]
        limit = unit_limit(facts.code, on=on)
        pairs = edits_among_all(facts.code, on)
        table = plain(facts) | {
            "most_a_day": limit.units if limit else None,
            "limit_source": source_title(limit.source) if limit else None,
            "edits": pairs,
        }
        _print_one(table, format)
        return
    found = edits_among(codes, on=on)
    seen = {frozenset(edit.codes) for edit in found}
    for n, a in enumerate(codes):
        found += [edit_between(a, b, on=on) for b in codes[n + 1 :] if frozenset((a, b)) not in seen]
    if format == "json":
        _json(
            [
                {"codes": e.codes, "verdict": e.verdict, "takes_modifier": e.takes_modifier, "says": e.says}
                for e in found
            ]
        )
    else:
        typer.echo("\n".join(edit.says for edit in found))


def edits_among_all(code: str, on: date | None) -> list[str]:
    """A sentence for every pair of the tables that this code belongs to."""
    return [edit_between(a, b, on=on).says for a, b in ncci_pairs() if code in (a, b)]


def _words(value: Any) -> str:
    if value is None or value == "" or value == []:
        return "-"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _print_one(table: dict[str, Any], format: str) -> None:
    if format == "json":
        _json(table)
        return
    for key, value in flat(table).items():
        if key == "edits" and value:
            typer.echo("edits:")
            typer.echo("\n".join(f"  {line}" for line in value))
        else:
            typer.echo(f"{key}: {_words(value)}")


def _print_rows(rows: Sequence[dict[str, Any]], format: str) -> None:
    if format == "json":
        _json(rows)
        return
    if not rows:
        typer.echo("None in force on that day.")
        return
    names = list(rows[0])
    widths = [max(len(name), *(len(_words(row[name])) for row in rows)) for name in names]
    typer.echo("  ".join(name.ljust(width) for name, width in zip(names, widths, strict=True)).rstrip())
    for row in rows:
        cells = (_words(row[name]).ljust(width) for name, width in zip(names, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def _json(value: Any) -> None:
    json.dump(value, sys.stdout, indent=1)
    sys.stdout.write("\n")
