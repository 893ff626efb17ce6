"""Coded notes against labelled notes: the figures of the yardstick (`tests/oracle/score.py`), with intervals.

Everything is counted a note at a time, so that the same counts give the figures of the whole and, drawn again and again
with replacement, the intervals around them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rehabcoder.billing.codes import is_timed, one_name
from rehabcoder.billing.units import allocate
from rehabcoder.note import Json, Service
from rehabcoder.training.outcomes import match
from rehabcoder.training.rates import FLAGS, calibration_error, intervals_of, rates_of
from rehabcoder.training.scores import CORE

DRAWS = 1000
_SHOWN = 60  # code points of a quote in a list of errors


@dataclass(slots=True)
class Tally:
    """What one note adds to the counts, how sure its found services were (and whether right), and what is wrong."""

    note_id: str
    counts: Counter[str] = field(default_factory=Counter)
    sure: list[tuple[float, bool]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Score:
    """The figures by name, findings under `flags`; intervals by the same names; what is wrong, by note.

    A figure is None where nothing was compared. The yardstick calls that 1 (0 for `ece`), and so takes findings that are
    not there into its `flags_mean_f1`.
    """

    figures: Json
    intervals: dict[str, tuple[float, float]]
    errors: list[tuple[str, list[str]]]

    def to_json(self) -> Json:
        return self.figures | {"intervals": {name: list(ends) for name, ends in self.intervals.items()}}


def score(coded: Iterable[Json], labelled: Iterable[Json], *, draws: int = DRAWS, seed: int = 1) -> Score:
    """Score coded notes (`CodedNote.to_json()`) against labelled ones (the record of the labelling guide).

    Args:
        draws: how often the notes are drawn anew, with replacement, for the 95 % intervals; 0 for none.
        seed: of the draws.

    A labelled note that was not coded counts with everything in it missed. Of two rows of one id the last counts.
    """
    rows, notes = list(coded), list(labelled)
    seen = Counter(str(row["note_id"]) for row in rows)
    by_id = {str(row["note_id"]): row for row in rows}
    tallies = [tally(note, by_id.get(str(note["id"]))) for note in notes]
    total: Counter[str] = Counter()
    for one_note in tallies:
        total.update(one_note.counts)
    rates = rates_of(total)
    flags = {name: rates[name] for name in FLAGS}
    figures = {
        "notes": len(notes), "absent": total["absent"], "duplicate": sum(seen.values()) - len(seen),
        "extra": len(by_id.keys() - {str(note["id"]) for note in notes}), "services": total["gold"],
        **{name: rates[name] for name in _BEFORE_NOTES}, "false_notes": total["false_notes"],
        "empty_notes": total["empty"], **{name: rates[name] for name in _AFTER_NOTES},
        "ece": calibration_error(pair for one_note in tallies for pair in one_note.sure),
        "flags_mean_f1": rates["flags_mean_f1"], "flags": flags,
    }  # fmt: skip
    intervals = intervals_of([t.counts for t in tallies], draws=draws, seed=seed) if draws and tallies else {}
    return Score(figures, intervals, [(t.note_id, t.wrong) for t in tallies if t.wrong])


_BEFORE_NOTES = (
    "found_f1", "code_f1", "code_given_found", *(f"f1_{code}" for code in CORE), "mismatch_f1", "minutes_exact",
    "claim_exact",
)  # fmt: skip
_AFTER_NOTES = ("stated_exact", "settled_share", "settled_right", "notes_settled_share", "notes_settled_right")


def tally(note: Json, row: Json | None) -> Tally:
    """Count one labelled note against its coded row (None: it was not coded)."""
    out = Tally(str(note["id"]))
    out.counts["notes"] = 1
    out.counts["absent"] = row is None or row.get("status") == "failed"
    answer: Json = {"interventions": [], "lines": [], "flags": [], "totals": {}} | (row or {})
    gold, coded = _labelled(note), [_coded(item) for item in answer["interventions"] if _placed(item)]
    _services(note["text"], gold, coded, out)
    claim_right = _claim(note["text"], gold, coded, answer["lines"], out)
    if not answer.get("needs_review", True):
        out.counts["notes_settled"] = 1
        out.counts["notes_settled_right"] = claim_right
    _stated(note.get("stated") or {}, answer.get("totals") or {}, out)
    want, said = set(note["flags"]), {flag["id"] for flag in answer["flags"]}.intersection(FLAGS)
    for name in want | said:
        kind = "right" if name in want & said else "missed" if name in want else "false"
        out.counts[f"{kind} {name}"] = 1
    out.wrong += [f"finding not raised: {name}" for name in sorted(want - said)]
    out.wrong += [f"finding raised wrongly: {name}" for name in sorted(said - want)]
    return out


def _labelled(note: Json) -> list[Service]:
    out = []
    for item in note["interventions"]:
        start = item.get("start", note["text"].find(item["quote"]))
        end = start + len(item["quote"])
        labelled, minutes = item.get("labelled"), item.get("minutes")
        out.append(Service(start, end, item["quote"], item["code"], labelled=labelled, minutes=minutes))
    return out


def _placed(item: Json) -> bool:
    return item.get("start") is not None and item.get("end") is not None


def _coded(item: Json) -> Service:
    sure = item.get("confidence")
    return Service(
        item["start"], item["end"], "", item["code"], labelled=item.get("labelled"), minutes=item.get("minutes"),
        confidence=math.nan if sure is None else sure, needs_review=bool(item.get("needs_review")),
    )  # fmt: skip


def _services(text: str, gold: Sequence[Service], coded: Sequence[Service], out: Tally) -> None:
    """Services found, their codes, minutes and labels, and whether those that are settled are right."""
    answer = match(gold, coded)
    for number, service in enumerate(gold):
        _service(service, coded[answer[number]] if number in answer else None, out)
    for number, invented in enumerate(coded):
        if number in answer.values():
            continue
        out.counts["false mismatch"] += _mislabelled(invented)
        if invented.code != "none":
            _false_service(invented, out)
            quote = text[invented.start : invented.end][:_SHOWN]
            out.wrong.append(f"invented {invented.code} at {invented.start}-{invented.end}: {quote!r}")


def _service(gold: Service, coded: Service | None, out: Tally) -> None:
    c, quote = out.counts, f"{gold.text[:_SHOWN]!r}"
    said_mismatch = coded is not None and _mislabelled(coded)
    if _mislabelled(gold):
        c["right mismatch" if said_mismatch else "missed mismatch"] += 1
    else:
        c["false mismatch"] += said_mismatch
    found = coded if coded is not None and coded.code != "none" else None
    if gold.code == "none":
        if found is not None:
            _false_service(found, out)
            out.wrong.append(f"billed {found.code}, is none: {quote}")
        return
    c["gold"] += 1
    right = found is not None and one_name(gold.code) == one_name(found.code)
    c["right found" if found else "missed found"] += 1
    c["right code" if right else "missed code"] += 1
    c[f"{'right' if right else 'missed'} {gold.code}"] += 1
    if found is None:
        out.wrong.append(f"missed {gold.code}: {quote}")
        return
    if not right:
        c["false code"] += 1
        c[f"false {found.code}"] += 1
        out.wrong.append(f"coded {found.code}, is {gold.code}: {quote}")
    if not math.isnan(found.confidence):
        out.sure.append((found.confidence, right))
    minutes_right = True
    if is_timed(gold.code):
        minutes_right = gold.minutes == found.minutes
        c["timed_found"] += 1
        c["minutes_right"] += minutes_right
        if not minutes_right:
            out.wrong.append(f"minutes {found.minutes}, are {gold.minutes}: {quote}")
    if not found.needs_review:
        c["settled_right" if right and minutes_right else "settled_wrong"] += 1


def _false_service(coded: Service, out: Tally) -> None:
    for kind in ("found", "code", coded.code):
        out.counts[f"false {kind}"] += 1
    out.counts["settled_wrong"] += not coded.needs_review


def _claim(text: str, gold: Sequence[Service], coded: Sequence[Service], lines: Sequence[Json], out: Tally) -> bool:
    """Whether the claim is right as a whole: timed codes, their minutes and units, or nothing where nothing is due."""
    minutes = _by_code((service.code, service.minutes) for service in gold)
    accepted = [dict(_by_code(units.items())) for units in allocate(minutes).accepted]
    said_minutes = _by_code((line["code"], line.get("minutes")) for line in lines)
    units = {code: n for code, n in _by_code((line["code"], line.get("units")) for line in lines).items() if n}
    right = said_minutes == minutes and units in accepted
    if minutes:
        out.counts["claims"] = 1
        out.counts["claims_right"] = right
        if not right:
            out.wrong.append(f"claim {said_minutes} {units}, is {minutes} {accepted[0]}")
    if all(service.code == "none" for service in gold):
        billed = any(service.code != "none" for service in coded) or any(line.get("units") for line in lines)
        out.counts["empty"] = 1
        out.counts["false_notes"] = billed
        right = not billed
    return right


def _by_code(values: Iterable[tuple[str, int | None]]) -> dict[str, int]:
    """Sums by timed code, two names of one service together; a code without a value stands with 0."""
    out: dict[str, int] = {}
    for code, value in values:
        if is_timed(code):
            out[one_name(code)] = out.get(one_name(code), 0) + (value or 0)
    return out


def _stated(stated: Json, totals: Json, out: Tally) -> None:
    want = (stated.get("timed_minutes"), stated.get("total_minutes"), stated.get("units") or None)
    said = (totals.get("stated_timed"), totals.get("stated_total"), totals.get("billed_units") or None)
    out.counts["stated_right"] = want == said
    if want != said:
        out.wrong.append(f"stated {said}, is {want}")


def _mislabelled(service: Service) -> bool:
    return bool(service.labelled) and one_name(service.labelled or "") != one_name(service.code)
