"""Labelled notes of the project turned into what `code` would write, so that the worklist is tested on real prose.

The truth of the label is taken as the coding, with confidences and reasons that follow from the note id: some of the
notes settle themselves, the others need a person.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from rehabcoder.billing.claim import claim_lines, primary_code
from rehabcoder.billing.policies import Policy, load_policy
from rehabcoder.billing.pooling import PolicyOn
from rehabcoder.note import ClaimLine, CodedNote, Evidence, Finding, Note, Service
from rehabcoder.worklist.importing import import_coded
from rehabcoder.worklist.rules import policy_on
from rehabcoder.worklist.store.database import Database
from rehabcoder.worklist.store.imports import Tally

NOTES = Path(__file__).parents[2] / "data" / "notes"
HIGH = {"code_mismatch", "units_mismatch", "not_one_on_one", "time_inconsistent"}
CLINICIANS = ("Adeyemi", "Brandt", "Castillo", "Dhillon")
TODAY = date(2026, 11, 1)
PAYERS = ("Medicare", "Aetna", "BCBS")


def labelled(*files: str) -> Iterator[dict]:
    """The labelled notes of these files (all but the sealed ones), in order."""
    for path in sorted(NOTES.glob("*.jsonl")):
        if not files or path.stem in files:
            with path.open(encoding="utf-8") as lines:
                yield from (json.loads(line) for line in lines if line.strip())


def pairs(count: int | None = None, *files: str) -> list[tuple[Note, CodedNote]]:
    """The first `count` labelled notes with their codings."""
    records = list(labelled(*files))[:count]
    return [(note_of(record, at), coded_of(record, at)) for at, record in enumerate(records)]


def note_of(record: dict, at: int = 0) -> Note:
    digest = hashlib.sha256(record["id"].encode()).digest()
    return Note(
        note_id=record["id"],
        text=record["text"],
        source=f"notes.jsonl#{at + 1}",
        date_of_service=f"2026-{1 + digest[0] % 9:02d}-{1 + digest[1] % 28:02d}",
        patient_id=f"p{digest[2] % 50}",
        clinician=CLINICIANS[digest[3] % 4],
        clinic=f"Clinic {'NS'[digest[4] % 2]}",
        discipline=record["discipline"],
        payer=PAYERS[digest[5] % 3],
    )


def coded_of(record: dict, at: int = 0, *, policy: Policy | None = None, model: str = "test-1") -> CodedNote:
    """The coding that the labels stand for."""
    policy = policy or load_policy()
    text = record["text"]
    digest = hashlib.sha256(record["id"].encode()).digest()
    services = [_service(each, text, digest, number) for number, each in enumerate(record["interventions"])]
    stated = record["stated"] or {}
    lines, totals = claim_lines(
        [s for s in services if s.code != "none"], policy, stated_timed=stated.get("timed_minutes")
    )
    totals.stated_total = stated.get("total_minutes")
    totals.billed_units = stated.get("units")
    flags = [Finding(flag, "high" if flag in HIGH else "medium", f"{flag} in this note") for flag in record["flags"]]
    needs = any(s.needs_review for s in services) or any(f.severity == "high" for f in flags)
    return CodedNote(
        note_id=record["id"],
        source=f"notes.jsonl#{at + 1}",
        text_sha256=Note(record["id"], text).text_sha256,
        interventions=services,
        lines=[ClaimLine(line.code, line.minutes, line.units, line.why) for line in lines],
        totals=totals,
        flags=flags,
        primary_code=primary_code(lines),
        needs_review=needs,
        review_reasons=["code_mismatch"] if "code_mismatch" in record["flags"] else [],
        policy=policy.id,
        rules_version=policy.rules_version,
        model_version=model,
    )


def _service(each: dict, text: str, digest: bytes, number: int) -> Service:
    start = each.get("start", text.find(each["quote"]))
    end = start + len(each["quote"])
    confidence = round(0.7 + digest[(6 + number) % 32] / 255 * 0.3, 4)
    wrong = each["labelled"] is not None and each["labelled"] != each["code"]
    return Service(
        start=start,
        end=end,
        text=each["quote"],
        code=each["code"],
        labelled=each["labelled"],
        minutes=each["minutes"],
        confidence=confidence,
        alternatives=[("97530" if each["code"] != "97530" else "97110", round(1 - confidence, 4))],
        needs_review=confidence < 0.8 or wrong,
        review_reasons=["code_mismatch"] if wrong else [],
        why=[_evidence(start, each)],
    )


def _evidence(start: int, each: dict) -> Evidence:
    words = " ".join(each["quote"].split(" ")[:3])
    return Evidence(start, start + len(words), words, "what was done", each["code"])


def write_files(folder: Path, items: list[tuple[Note, CodedNote]]) -> tuple[Path, Path]:
    """`coded.jsonl` and `notes.jsonl` in a folder, as `code` would read and write them."""
    coded, notes = folder / "coded.jsonl", folder / "notes.jsonl"
    coded.write_text("".join(json.dumps(c.to_json()) + "\n" for _, c in items), encoding="utf-8")
    fields = ("note_id", "text", "date_of_service", "patient_id", "clinician", "clinic", "discipline", "payer")
    notes.write_text(
        "".join(json.dumps({key: getattr(n, key) for key in fields}) + "\n" for n, _ in items), encoding="utf-8"
    )
    return coded, notes


def load(database: Database, items: list[tuple[Note, CodedNote]], policy: PolicyOn | None = None) -> Tally:
    """Import the pairs into a worklist."""
    lines = [(json.dumps(coded.to_json()), f"coded.jsonl:{at}") for at, (_, coded) in enumerate(items, 1)]
    notes = [note for note, _ in items]
    return import_coded(database, lines, notes, policy=policy or policy_on(), name="coded.jsonl", today=TODAY)
