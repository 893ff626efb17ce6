"""CSV, TSV and JSON Lines: columns, sloppy exports, broken records."""

from __future__ import annotations

import csv
import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehabcoder.note import Note
from rehabcoder.readers import delimited, jsonl, read_notes, records, streams
from rehabcoder.readers.columns import first_of_each


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(name: str, data: str | bytes, **options: dict[str, str]) -> list[Note]:
    Path(name).write_bytes(data.encode() if isinstance(data, str) else data)
    return list(read_notes([name], **options))  # type: ignore[arg-type]


def test_common_column_names_are_recognised_and_told() -> None:
    Path("n.csv").write_text(
        "Encounter ID,MRN,DOS,Therapist,Credentials,Location,Discipline,Payor,CPT Units,PTA Minutes,Progress Note\n"
        "E1,0042,9/18/24,T. Example,DPT,North,Physical Therapy,Medicare,97110:2;97140:1,97110:15,Squats 3x10\n"
    )
    told: list[str] = []
    [note] = read_notes(["n.csv"], tell=told.append)
    assert note == Note(
        note_id="E1", text="Squats 3x10", source="n.csv#2", date_of_service="2024-09-18", patient_id="0042",
        clinician="T. Example", credential="DPT", clinic="North", discipline="PT", payer="Medicare",
        billed_units={"97110": 2, "97140": 1}, assistant_minutes={"97110": 15},
    )  # fmt: skip
    assert len(told) == 1
    assert told[0].startswith("n.csv: reads note_id from 'Encounter ID', text from 'Progress Note'")


def test_a_header_of_a_hundred_thousand_columns_takes_no_time() -> None:
    names = [f"c{i}" for i in range(100_000)]
    assert first_of_each(["a", "b", "a", "", ""]) == ["a", "b", None, "", None]
    begin = time.process_time()
    assert first_of_each(names * 2) == [*names, *[None] * 100_000]
    assert time.process_time() - begin < 2  # each looked for among those before it: half an hour


def test_columns_named_by_the_user_win() -> None:
    [note] = read("n.csv", "id,text,Body\n1,summary,squats\n", columns={"text": "body", "note_id": "text"})
    assert (note.note_id, note.text) == ("summary", "squats")


def test_a_note_in_parts_is_put_together_under_their_names() -> None:
    rows = "Visit ID,Plan,S,Objective,Payer\n7,go on,ok,squats,X\n8,,,bridging,X\n9,,,,X\n"
    first, second, third = read("n.csv", rows)
    assert first == Note("7", "S: ok\nObjective: squats\nPlan: go on", "n.csv#2", payer="X")
    assert second.text == "Objective: bridging"
    assert "each of the columns 'S' + 'Objective' + 'Plan' is empty" in (third.error or "")
    [named, *_] = read("n.csv", rows, columns={"text": "objective + plan"})
    assert named.text == "Objective: squats\nPlan: go on"
    [lonely] = read("n.csv", "id,plan\n1,x\n")
    assert "no column looks like the text" in (lonely.error or "")


def test_a_column_that_is_not_there() -> None:
    [note] = read("n.csv", "id,text\n1,squats\n", columns={"text": "Bodies"})
    assert note.error == (
        "n.csv: there is no column 'Bodies' for text; the columns are 'id', 'text'. "
        "Name one of them, or leave the option out."
    )


def test_no_text_column_says_which_exist_and_how_to_name_one() -> None:
    [note] = read("n.csv", "visit,remarks\n1,squats\n")
    assert note.error == (
        "n.csv: no column looks like the text of the notes; the columns are 'visit', 'remarks'. "
        "Name it with --text-column NAME."
    )


def test_a_file_without_header_does_not_leak_its_first_note() -> None:
    secret = "Pt Jane Doe did squats x 10 and step ups and then more step ups until fatigue set in."
    [note, *_] = read("n.csv", f'1,"{secret}"\n2,"{secret}"\n')
    assert note.error is not None
    assert "Jane" not in note.error


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    rows = [["id", "text", "payer"], ["1", "a,b;c|d", "x"]]
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in rows]
    [note] = read("n.csv", "\r\n".join(lines))
    assert (note.note_id, note.text, note.payer) == ("1", "a,b;c|d", "x")


LONG = "squats to lift a laundry basket from the floor, cues for knee alignment, 15 min, then gait"


@pytest.mark.parametrize(
    ("text", "table"),
    [
        (f'visit,doc\n1,"{LONG}"\n', True),
        (f"visit;doc\n1;{LONG}\n2;{LONG}\n", True),
        (f"visit\tdoc\n1\t{LONG}", True),
        (f"Pt seen today, no falls\n{LONG}", False),  # rows of several lengths
        (f"S: sore\tO: see below\nTE\t{LONG}", False),  # sentences, no names
        (f"TE | min\n{LONG} | 15", False),  # a table within a note
        ("code,min\n97110,15\n97140,10", False),  # nothing as long as a note
        (LONG, False),
        ("", False),
    ],
)
def test_a_table_is_told_by_its_form(text: str, table: bool) -> None:
    assert delimited.looks_like_table(text.encode()) is table


def test_carriage_returns_alone_and_the_line_for_excel() -> None:
    assert [note.text for note in read("mac.csv", "id,text\r1,squats\r2,bridging\r")] == ["squats", "bridging"]
    assert [note.text for note in read("x.csv", "sep=;\nid;text\n1;squats, deep\n")] == ["squats, deep"]


def test_sloppy_quotation_marks_are_taken_literally() -> None:
    notes = read(
        "n.csv", 'id,text,payer\n1,"step 6" high, then 8" high",A\n2,"said "ok"\nand left",B\n3,plain 6" step,C\n'
    )
    assert [(note.text, note.payer) for note in notes] == [
        ('step 6" high, then 8" high', "A"), ('said "ok"\nand left', "B"), ('plain 6" step', "C"),
    ]  # fmt: skip


def test_a_quotation_mark_never_closed_costs_one_note() -> None:
    rows = "".join(f'{i},"note {i}\nsecond line",A\n' for i in range(10, 60))
    notes = read("n.csv", f'id,text,payer\n1,"open and never closed,A\nmore of it\n{rows}')
    assert [bool(note.error) for note in notes] == [True] + [False] * 50
    assert notes[0].error is not None
    problem = "a quotation mark is missing or stray, and the 1 lines after it belong to it or are as broken"
    assert notes[0].error.startswith(f"n.csv#2: the record at line 2 cannot be read: {problem}")
    assert notes[1].text == "note 10\nsecond line"


def test_too_many_cells_are_refused_not_cut() -> None:
    [note, good] = read("n.csv", "id,text,payer\n1,squats, lunges, steps,A\n2,squats,A\n")
    assert "it has 5 cells where the header has 3" in (note.error or "")
    assert good.text == "squats"


def test_a_field_over_the_default_limit_and_blank_lines() -> None:
    long = "squats " * 40_000
    notes = read("n.csv", f'id,text\n\n1,"{long}"\n\n2,bridging\n')
    assert [note.text for note in notes] == [long, "bridging"]
    assert [note.source for note in notes] == ["n.csv#3", "n.csv#5"]


def test_an_empty_cell_is_a_failed_row() -> None:
    [note] = read("n.csv", "id,text\n17,\n")
    assert (note.note_id, note.error) == (
        "17", "n.csv#2: the column 'text' is empty. Export the note again, or leave the record out.",
    )  # fmt: skip


def test_cells_that_mean_nothing_are_left_out_and_told() -> None:
    Path("n.csv").write_text("id,text,dos,units\n1,squats,soon,some\n2,squats,13/45/24,97110:1\n")
    told: list[str] = []
    first, second = read_notes(["n.csv"], tell=told.append)
    assert (first.date_of_service, first.billed_units, second.billed_units) == (None, None, {"97110": 1})
    assert told[1:] == [
        "n.csv: dates of service that could not be made out, left out: 2 (the first: n.csv#2).",
        "n.csv: billed units that could not be read (write 97110:2;97140:1), left out: 1 (the first: n.csv#2).",
    ]


def test_json_lines_broken_on_line_7() -> None:
    rows = [json.dumps({"note_id": str(i), "text": "squats"}) for i in range(1, 10)]
    rows[6] = rows[6][:-3]
    notes = read("n.jsonl", "\n".join(rows))
    assert [note.note_id for note in notes] == ["1", "2", "3", "4", "5", "6", "n-7", "8", "9"]
    assert notes[6].error is not None
    assert notes[6].error.startswith("n.jsonl#7: broken JSON (")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("[1, 2]", "not a JSON object"),
        ('{"id": "1"}', "no column looks like the text"),
        ('{"id": "1", "text": 5}', "holds a number, not text"),
        ('{"id": "1", "text": null}', "is empty"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_json_lines_that_hold_no_note(line: str, what: str) -> None:
    bad, good = read("n.jsonl", f' {line}\n{{"id": "2", "text": "ok"}}\n')
    assert what in (bad.error or "")
    assert good.text == "ok"


def test_json_documents() -> None:
    rows = [{"id": 1, "text": "a", "billed_units": {"97110": 2}}, {"id": 2, "text": "b"}]
    assert [note.text for note in read("n.json", json.dumps(rows, indent=1))] == ["a", "b"]
    assert [note.billed_units for note in read("n.json", json.dumps(rows[0], indent=1))] == [{"97110": 2}]
    [note] = read("n.json", "[1,")
    assert "broken JSON" in (note.error or "")


@pytest.mark.parametrize("size", [10, 5_000, 300_000])
def test_one_object_a_line_in_a_file_called_json(size: int) -> None:
    rows = [{"id": str(i), "text": "squats " * size} for i in range(3)]
    notes = read("n.json", "".join(json.dumps(row) + "\n" for row in rows))
    assert [(note.note_id, note.source, len(note.text)) for note in notes] == [
        ("0", "n.json#1", 7 * size), ("1", "n.json#2", 7 * size), ("2", "n.json#3", 7 * size),
    ]  # fmt: skip
    assert [note.source for note in read("n.json", json.dumps(rows[:1]))] == ["n.json#1"]
    assert [note.source for note in read("n.json", json.dumps(rows[0]))] == ["n.json#1"]


def test_labels_in_the_input_are_never_read() -> None:
    plain = {"id": "1", "text": "squats", "discipline": "PT"}
    labels = {
        "interventions": [{"quote": "squats", "code": "97530"}], "flags": ["code_mismatch"], "note": "hard",
        "stated": {"timed_minutes": 45, "units": {"97530": 3}},
    }  # fmt: skip
    assert read("n.jsonl", json.dumps(plain | labels)) == read("n.jsonl", json.dumps(plain))


def test_a_line_longer_than_any_note(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (streams, records, delimited, jsonl):
        monkeypatch.setattr(module, "MAX_LINE", 1000)
    for name, head in (("n.jsonl", ""), ("n.csv", "id,text\n")):
        good = '{"id": "2", "text": "ok"}' if name == "n.jsonl" else "2,ok"
        bad, note = read(name, f"{head}{'x' * 5000}\n{good}\n")
        assert "longer than" in (bad.error or "")
        assert note.text == "ok"


def test_a_cell_of_line_ends_takes_no_more_memory_than_one_of_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_LINE", 10_000)
    first, bad, last = read("n.csv", 'id,text\n1,ok\n2,"x' + "\n" * 3000 + '"\n3,ok\n')
    assert (first.text, last.text, last.source) == ("ok", "ok", "n.csv#4")
    assert "cannot be read: it is too long" in (bad.error or "")


def test_a_stray_quotation_mark_before_long_lines_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []
    pattern = records._cell_pattern

    class Counted:
        def __init__(self, *which: object) -> None:
            self.pattern = pattern(*which)  # type: ignore[arg-type]

        def match(self, text: str, at: int) -> object:
            looked_at.append(len(text) - at)
            return self.pattern.match(text, at)

    monkeypatch.setattr(records, "_cell_pattern", Counted)
    data = 'id,text\n1,"x"y\n' + ("z" * 999 + "\n") * 190
    [bad] = read("n.csv", data)
    assert "a quotation mark is missing or stray, and the 190 lines after it" in (bad.error or "")
    assert sum(looked_at) < 2 * len(data)  # from the record's start for each line: 95 times


def test_no_more_lines_are_held_than_one_record_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_LINE", 10_000)
    held: list[int] = []
    begins = records.Records._begins_record

    def counted(self: records.Records, ahead: list[streams.Line]) -> bool:
        held.append(sum(len(line.text or "") for line in ahead))
        return begins(self, ahead)

    monkeypatch.setattr(records.Records, "_begins_record", counted)
    bad, good = read("n.csv", 'id,text\n1,"x"y\n' + ("z" * 999 + "\n") * 500 + "2,ok\n")
    assert "the 500 lines after it" in (bad.error or "")
    assert (good.text, max(held)) == ("ok", 10_000)  # and not 200,000


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('",;\n'), min_size=1).map(
    lambda s: s + "."
)


@settings(max_examples=100)
@given(texts=st.lists(cells, min_size=1, max_size=8))
def test_what_the_csv_and_json_modules_write_is_read_back(texts: list[str]) -> None:
    with open("n.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text"])
        writer.writerows(enumerate(texts))
    with open("n.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps({"id": i, "text": text}) + "\n" for i, text in enumerate(texts))
    for name in ("n.csv", "n.jsonl"):
        notes = list(read_notes([name]))
        assert [note.text for note in notes] == texts
        assert [note.note_id for note in notes] == [str(i) for i in range(len(texts))]
        os.unlink(name)
