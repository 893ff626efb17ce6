"""The tables, as SQLAlchemy Core. SQLite is the default; nothing here is particular to it.

`note` holds one row a note with what the queue is ordered and filtered by. Every version of its text is in `text`,
every version of its coding in `coding`; `decision` is a log that is only ever added to.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

note = Table(
    "note",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("note_id", String, nullable=False, unique=True),
    Column("state", String, nullable=False),
    Column("version", Integer, nullable=False, default=1),  # grows with every decision: two writers cannot both win
    Column("text_id", Integer, nullable=False),
    Column("coding_id", Integer, nullable=False),
    Column("answer", Text),  # JSON of the working answer; null until someone touched the note
    Column("decided_by", String),
    Column("decided_at", String),
    Column("skips", Integer, nullable=False, default=0),
    # Minus the priority of worklist.risk: everything in the queue's order ascends, as its index and its cursor do.
    Column("rank", Float, nullable=False),
    Column("money", Float, nullable=False),
    Column("mismatch", Float, nullable=False),
    Column("uncertainty", Float, nullable=False),
    Column("severity", Float, nullable=False),
    Column("overpaid", Float, nullable=False),
    Column("underpaid", Float, nullable=False),
    Column("billed_value", Float, nullable=False),
    Column("age_from", String, nullable=False),  # ISO date that the age counts from
    Column("date_of_service", String),
    Column("clinic", String),
    Column("clinician", String),
    Column("payer", String),
    Column("patient_id", String),
    Column("discipline", String),
    Column("primary_code", String),  # the timed code with most minutes; without one, the first on the claim
    Column("model_version", String, nullable=False, default=""),
    Column("imported_at", String, nullable=False),
    Column("run_id", Integer, nullable=False),
    Index("ix_note_queue", "state", "skips", "rank", "id"),
    Index("ix_note_clinician", "clinician", "state", "skips", "rank", "id"),
    Index("ix_note_clinic", "clinic", "state", "skips", "rank", "id"),
    Index("ix_note_payer", "payer", "state", "skips", "rank", "id"),
    Index("ix_note_dos", "date_of_service", "state"),
    Index("ix_note_patient", "patient_id"),
)

text = Table(
    "text",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("note_id", String, nullable=False),
    Column("text_sha256", String, nullable=False),
    Column("text", Text),  # null once purged
    Column("meta", Text, nullable=False),  # JSON of the other fields of the note
    Column("imported_at", String, nullable=False),
    UniqueConstraint("note_id", "text_sha256"),
)

coding = Table(
    "coding",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("note_id", String, nullable=False),
    Column("text_id", Integer, ForeignKey("text.id"), nullable=False),
    Column("sha256", String, nullable=False),
    Column("coded", Text, nullable=False),  # JSON of CodedNote; its quotes are emptied when the text is purged
    Column("model_version", String, nullable=False, default=""),
    Column("rules_version", String, nullable=False, default=""),
    Column("imported_at", String, nullable=False),
    UniqueConstraint("note_id", "sha256"),
    Index("ix_coding_model", "model_version", "imported_at"),
)

note_code = Table(
    "note_code",
    metadata,
    Column("note", Integer, ForeignKey("note.id"), nullable=False),
    Column("code", String, nullable=False),
    UniqueConstraint("code", "note"),
    Index("ix_note_code_note", "note"),
)

note_finding = Table(
    "note_finding",
    metadata,
    Column("note", Integer, ForeignKey("note.id"), nullable=False),
    Column("finding", String, nullable=False),
    UniqueConstraint("finding", "note"),
    Index("ix_note_finding_note", "note"),
)

decision = Table(
    "decision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("note", Integer, ForeignKey("note.id"), nullable=False),
    Column("coding_id", Integer, nullable=False),
    Column("reviewer", String, nullable=False),
    Column("at", String, nullable=False),
    Column("kind", String, nullable=False),  # edit, settle, query, addendum, skip, comment, undo
    Column("mark", String),  # blind, accepted or changed, where the decision settles
    Column("before", Text),
    Column("after", Text),
    Column("state_before", String, nullable=False),
    Column("state_after", String, nullable=False),
    Column("reason", Text),
    Column("undoes", Integer),
    Column("sample_id", Integer),
    Column("token", String, unique=True),  # what makes a row of a workbook count once
    Index("ix_decision_note", "note", "id"),
    Index("ix_decision_reviewer", "reviewer", "id"),
)

sample = Table(
    "sample",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("made_at", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("design", String, nullable=False),  # simple, stratified, risk
    Column("seed", Integer, nullable=False),
    Column("frame_sha256", String, nullable=False),
    Column("frame_size", Integer, nullable=False),
    Column("frame", Text, nullable=False),  # JSON of the filters that made the frame
    Column("strata", Text, nullable=False),  # JSON [[name, frame size, sample size], ...]
    Column("confidence", Float, nullable=False),
    Column("precision", Float, nullable=False),
)

sample_item = Table(
    "sample_item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sample_id", Integer, ForeignKey("sample.id"), nullable=False),
    Column("note", Integer, ForeignKey("note.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("stratum", String, nullable=False),
    Column("draws", Integer, nullable=False),  # how often it was drawn: above 1 only with risk-weighted draws
    Column("chance", Float, nullable=False),  # of being drawn, each draw
    Column("coding_id", Integer, nullable=False),
    Column("first", Text, nullable=False),  # JSON of the answer under review
    Column("first_by", String),  # null: nobody, the note settled itself
    Column("second", Text),
    Column("draft", Text),  # the reviewer's answer while it is being worked on
    Column("second_by", String),
    Column("second_at", String),
    Column("version", Integer, nullable=False, default=1),
    UniqueConstraint("sample_id", "note"),
    Index("ix_sample_item_note", "note"),
)

import_run = Table(
    "import_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("started_at", String, nullable=False),
    Column("finished_at", String),
    Column("coded_file", String, nullable=False),  # the name alone, without its folder
    Column("codings", Integer, nullable=False, default=0),
)

exported = Table(
    "exported",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", String, nullable=False),
    Column("kind", String, nullable=False),  # worklist or sample
    Column("sample_id", Integer),
    Column("rows", Integer, nullable=False),
)

purge = Table(
    "purge",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("who", String, nullable=False),
    Column("before", String, nullable=False),
    Column("texts", Integer, nullable=False),
)
