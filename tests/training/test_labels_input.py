"""Bad labels are refused with counts and line numbers, and nothing is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_world import Record, World, records, write

from rehabcoder.errors import ReadError, RehabcoderError, TrainingError
from rehabcoder.training.inputs import LEAST_NOTES, LEAST_TEXTS, read_own
from rehabcoder.training.records import own_note, own_text


def notes(count: int = 30) -> list[Record]:
    """Labelled notes with two services each, no two alike."""
    out = []
    for k in range(count):
        exercise, transfers = f"Ther Ex 15 min: squats 3x{k + 5} for strength", f"Transfers, 12 min, {k} trials"
        services = [
            {"quote": exercise, "code": "97110", "labelled": "97110", "minutes": 15},
            {"quote": transfers, "code": "97530", "labelled": None, "minutes": 12},
        ]
        out.append({"id": f"n{k}", "text": f"Visit {k}. {exercise}. {transfers}.", "interventions": services})
    return out


def refused(path: Path) -> str:
    with pytest.raises(RehabcoderError) as error:
        read_own([path])
    return str(error.value)


class TestNotes:
    def test_good_labels_are_taken_with_their_place(self, tmp_path: Path) -> None:
        own = read_own([write(tmp_path / "labels.jsonl", notes())])
        assert (len(own.notes), own.texts, own.repeated) == (30, [], 0)
        assert own.notes[4].place == "labels.jsonl:5"
        assert own.notes[4].clinic == "labels"
        assert [(s.code, s.minutes) for s in own.notes[4].note.services] == [("97110", 15), ("97530", 12)]

    @pytest.mark.parametrize(
        ("change", "kind"),
        [
            (lambda r: r["interventions"][0].update(code="97999"), "unknown code 97999"),
            (lambda r: r["interventions"][0].update(code="Jane Doe, squats"), "code that is none"),
            (lambda r: r["interventions"][0].pop("code"), "no code"),
            (lambda r: r["interventions"][1].update(labelled="9711"), "unknown label 9711"),
            (lambda r: r["interventions"][0].update(quote="Ther Ex 45 min"), "quote not in the text"),
            (lambda r: r["interventions"][0].update(start=3), "quote not in the text"),
            (lambda r: r["interventions"][0].update(start="0"), "quote not in the text"),
            (lambda r: r["interventions"][0].update(quote=""), "no quote"),
            (lambda r: r["interventions"][0].update(minutes=-5), "minutes that are no whole number of a day"),
            (lambda r: r["interventions"][0].update(minutes=12.5), "minutes that are no whole number of a day"),
            (lambda r: r["interventions"][0].update(minutes=True), "minutes that are no whole number of a day"),
            (lambda r: r["interventions"].append(dict(r["interventions"][0])), "quotes that overlap"),
            (lambda r: r["interventions"].append("97110"), "intervention that is no JSON object"),
            (lambda r: r.update(text="  "), "no text"),
            (lambda r: r.update(text=["a"]), "no text"),
            (lambda r: r.pop("interventions"), "no list of interventions"),
            (lambda r: r.update(mark="guessed"), "a mark other than blind, changed or accepted"),
            (lambda r: r.update(flags="missing_minutes"), "flags that are no list of names"),
            (lambda r: r.update(evidence={"response": "not there"}), "evidence that is not in the text"),
        ],
    )
    def test_each_mistake_is_named_with_its_lines(
        self, tmp_path: Path, change: Callable[[Record], object], kind: str
    ) -> None:
        rows = notes()
        for line in (3, 9):
            change(rows[line - 1])
        said = refused(write(tmp_path / "labels.jsonl", rows))
        assert said.startswith("2 labels cannot be trained on; nothing was written:\n  labels.jsonl: ")
        assert said.endswith("). Mend those lines, or leave them out.")
        assert f"labels.jsonl: 2 x {kind} (lines 3, 9)" in said

    def test_mistakes_of_many_kinds_and_files_are_told_at_once(self, tmp_path: Path) -> None:
        rows = notes()
        rows[0]["interventions"][0]["code"] = "97999"
        rows[1]["interventions"][0]["quote"] = "elsewhere"
        first = write(tmp_path / "one.jsonl", rows)
        second = tmp_path / "two.csv"
        second.write_text("text,code\nsquats for strength,\n,97110\n")
        with pytest.raises(TrainingError) as error:
            read_own([first, second])
        said = str(error.value)
        assert "4 labels" in said
        for part in ("one.jsonl: 1 x unknown code 97999 (line 1)", "one.jsonl: 1 x quote not in the text (line 2)",
                     "two.csv: 1 x no code (line 2)", "two.csv: 1 x no text (line 3)"):  # fmt: skip
            assert part in said

    def test_many_lines_are_counted_and_the_first_ones_named(self, tmp_path: Path) -> None:
        rows = notes()
        for row in rows[:20]:
            row["interventions"][0]["quote"] = "elsewhere"
        said = refused(write(tmp_path / "labels.jsonl", rows))
        assert "20 x quote not in the text (lines 1, 2, 3, 4, 5, 6, 7, 8 and 12 more)" in said

    def test_no_message_holds_words_of_a_note(self, tmp_path: Path) -> None:
        rows = notes()
        rows[0]["interventions"][0]["quote"] = "Kowalczyk walked"
        rows[1]["interventions"][0]["code"] = "Kowalczyk walked"
        rows[2]["text"] = rows[3]["text"].replace("squats", "Kowalczyk")
        assert "kowalczyk" not in refused(write(tmp_path / "labels.jsonl", rows)).lower()

    def test_broken_json_is_named_and_blank_lines_are_not(self, tmp_path: Path) -> None:
        lines = [json.dumps(row) for row in notes()]
        lines[6] = lines[6][:-10]
        lines.insert(2, "")
        path = tmp_path / "labels.jsonl"
        path.write_text("\n".join(lines))
        assert "labels.jsonl: 1 x not JSON (line 8)" in refused(path)

    def test_two_answers_for_one_text_contradict_each_other(self, tmp_path: Path) -> None:
        rows = notes()
        other = json.loads(json.dumps(rows[4]))
        other["interventions"][0]["code"] = "97112"
        other["text"] = other["text"].upper()
        other["interventions"] = [{**service, "quote": service["quote"].upper()} for service in other["interventions"]]
        said = refused(write(tmp_path / "labels.jsonl", [*rows, other]))
        assert "2 x contradictory labels of one text (lines 5, 31)" in said

    def test_the_same_answer_twice_counts_once_and_a_persons_own_wins(self, tmp_path: Path) -> None:
        rows = notes()
        twice = {**rows[0], "mark": "accepted"}
        own = read_own([write(tmp_path / "labels.jsonl", [twice, *rows])])
        assert (len(own.notes), own.repeated) == (30, 1)
        assert all(n.counts_fully for n in own.notes)


class TestTooLittle:
    def test_ten_notes(self, tmp_path: Path) -> None:
        said = refused(write(tmp_path / "labels.jsonl", notes(10)))
        assert "10 labelled notes and 0 labelled descriptions are too few to learn from; nothing was written" in said
        assert f"at least {LEAST_NOTES} notes or {LEAST_TEXTS} descriptions" in said

    def test_one_code_only(self, tmp_path: Path) -> None:
        rows = notes()
        for row in rows:
            row["interventions"] = row["interventions"][:1]
        assert "hold one code only, 97110; nothing was written" in refused(write(tmp_path / "labels.jsonl", rows))

    def test_no_service_at_all(self, tmp_path: Path) -> None:
        rows = [{**row, "interventions": []} for row in notes()]
        assert "hold no service" in refused(write(tmp_path / "labels.jsonl", rows))

    @pytest.mark.parametrize("content", [b"", b"  \n\n", b"\xef\xbb\xbf"])
    @pytest.mark.parametrize("name", ["labels.jsonl", "labels.csv"])
    def test_an_empty_file(self, tmp_path: Path, content: bytes, name: str) -> None:
        path = tmp_path / name
        path.write_bytes(content)
        assert f"{name}: the file is empty" in refused(path)

    def test_a_table_of_a_header_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "labels.csv"
        path.write_text("text,code\n")
        assert "the file is empty" in refused(path)


class TestFiles:
    def test_what_is_not_there(self, tmp_path: Path) -> None:
        assert "there is no such file" in refused(tmp_path / "none.jsonl")

    def test_what_is_of_another_kind(self, tmp_path: Path) -> None:
        (tmp_path / "notes.docx").write_bytes(b"PK")
        assert "no kind of file that labels come in" in refused(tmp_path / "notes.docx")

    def test_what_is_binary(self, tmp_path: Path) -> None:
        (tmp_path / "labels.jsonl").write_bytes(bytes(range(32)) * 100)
        assert "binary" in refused(tmp_path / "labels.jsonl")

    def test_a_folder_is_its_labels(self, tmp_path: Path) -> None:
        write(tmp_path / "in" / "a.jsonl", notes(15))
        write(tmp_path / "in" / "b.jsonl", notes(30)[15:])
        (tmp_path / "in" / "readme.txt").write_text("not labels")
        assert len(read_own([tmp_path / "in"]).notes) == 30

    def test_a_folder_without_labels(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        assert "holds no labelled notes" in refused(tmp_path / "in")


class TestTables:
    def table(self, tmp_path: Path, text: str, name: str = "labels.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode("utf-8"))
        return path

    def rows(self, count: int = 70) -> list[str]:
        return [
            f"squats with {k} lb for strength,97110" if k % 2 else f"lifting a {k} lb crate,97530" for k in range(count)
        ]

    def test_texts_and_codes(self, tmp_path: Path) -> None:
        own = read_own([self.table(tmp_path, "\ufeffText , CODE\n" + "\n".join(self.rows()))])
        assert len(own.texts) == 70
        assert own.texts[1].snippet.code == "97110"
        assert (own.texts[0].clinic, own.texts[0].place) == ("labels", "labels.csv:2")

    @pytest.mark.parametrize(("name", "delimiter"), [("l.tsv", "\t"), ("l.csv", ";"), ("l.csv", "|")])
    def test_other_delimiters_and_a_clinic(self, tmp_path: Path, name: str, delimiter: str) -> None:
        rows = [row.replace(",", delimiter) + f"{delimiter}north" for row in self.rows()]
        own = read_own([self.table(tmp_path, f"text{delimiter}code{delimiter}clinic\n" + "\n".join(rows), name)])
        assert own.clinics == ["north"]

    def test_wrong_columns_are_named(self, tmp_path: Path) -> None:
        said = refused(self.table(tmp_path, "description,cpt\nsquats,97110\n"))
        assert "has the columns text and code; here they are 'description', 'cpt'" in said

    def test_a_table_without_a_header_is_not_repeated_in_the_message(self, tmp_path: Path) -> None:
        said = refused(self.table(tmp_path, "Mrs Kowalczyk did squats with eight pounds for strength,97110\n"))
        assert "does not look like column names" in said
        assert "Kowalczyk" not in said

    def test_contradictions_between_rows(self, tmp_path: Path) -> None:
        rows = [*self.rows(), "SQUATS  with 1 lb for strength,97112"]
        said = refused(self.table(tmp_path, "text,code\n" + "\n".join(rows)))
        assert "2 x contradictory labels of one text (lines 3, 72)" in said

    def test_a_whole_note_in_a_cell_is_no_description(self, tmp_path: Path) -> None:
        said = refused(self.table(tmp_path, "text,code\n" + "squats " * 400 + ",97110\n" + "\n".join(self.rows())))
        assert "1 x text of more than 2,000 characters, which is no description of one service (line 2)" in said

    def test_codes_of_two_names_are_one(self, tmp_path: Path) -> None:
        rows = ["e-stim pads on the low back,97014", "e-stim on the shoulder,g0283", "rested,None", *self.rows()]
        own = read_own([self.table(tmp_path, "text,code\n" + "\n".join(rows))])
        assert [t.snippet.code for t in own.texts[:3]] == ["G0283", "G0283", "none"]


def test_nothing_is_written_for_labels_that_are_refused(world: World, tmp_path: Path) -> None:
    rows = records("clinic-d", slice(30))
    rows[3]["interventions"][0]["quote"] = "not there"
    path = write(tmp_path / "in" / "labels.jsonl", rows)
    with pytest.raises(TrainingError, match=r"quote not in the text \(line 4\)"):
        world.train(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


KEYS = (
    "text",
    "interventions",
    "quote",
    "code",
    "start",
    "minutes",
    "labelled",
    "flags",
    "evidence",
    "mark",
    "setting",
)
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)


def nested(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)


@given(st.recursive(LEAVES, nested, max_leaves=12))
def test_any_json_is_a_note_or_a_problem(record: object) -> None:
    said: list[str] = []
    note = own_note(record, number=1, place="x:1", stem="x", say=said.append)
    assert (note is None) == bool(said)


@given(st.dictionaries(st.sampled_from(["text", "code", "clinic"]), st.text(max_size=30)))
def test_any_row_is_a_description_or_a_problem(row: dict[str, str]) -> None:
    said: list[str] = []
    assert (own_text(row, place="x:1", stem="x", say=said.append) is None) == bool(said)


def test_errors_are_of_the_right_kind(tmp_path: Path) -> None:
    with pytest.raises(ReadError):
        read_own([tmp_path / "none.jsonl"])
    with pytest.raises(TrainingError):
        read_own([write(tmp_path / "labels.jsonl", notes(3))])
