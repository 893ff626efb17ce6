"""`rehabcoder code` as a coder uses it: a table, files, bad input, and no look at anybody's labels."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehabcoder.cli.code import counted
from rehabcoder.cli.reading import parse_columns
from rehabcoder.cli.stream import coded_stream
from rehabcoder.errors import UsageError
from rehabcoder.note import Note
from rehabcoder.predict.store import default_model_path

Run = Callable[..., tuple[int, str, str]]
NOTE = "Ther Ex 97110, 30 min: leg press 60# 3x10, seated knee extension 3x10 for quadriceps strength."


def rows_of(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def write_jsonl(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command line with `rehabcoder` in it, in a process of its own."""
    line = command.replace("rehabcoder", f"{shlex.quote(sys.executable)} -m rehabcoder")
    return subprocess.run(["sh", "-c", line], cwd=folder, capture_output=True, text=True, check=False)


class TestOutputThatCannotBeWritten:
    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
    @pytest.mark.parametrize("command", ["code n.txt", "code n.txt --format jsonl", "units 97112=24"])
    def test_a_full_disk_is_told_in_a_sentence(self, tmp_path: Path, command: str) -> None:
        (tmp_path / "n.txt").write_text(NOTE, encoding="utf-8")
        done = shell(f"rehabcoder {command} > /dev/full", tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == "rehabcoder: the output cannot be written (No space left on device).\n"

    def test_a_closed_output_is_no_mistake(self, tmp_path: Path) -> None:
        (tmp_path / "n.txt").write_text(NOTE, encoding="utf-8")
        done = shell("rehabcoder code n.txt --out coded.jsonl >&-", tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert len(rows_of((tmp_path / "coded.jsonl").read_text(encoding="utf-8"))) == 1

    def test_a_reader_that_has_seen_enough_gets_no_complaint(self, tmp_path: Path) -> None:
        write_jsonl(tmp_path / "n.jsonl", [{"id": str(number), "text": NOTE} for number in range(300)])
        done = shell("rehabcoder code n.jsonl --format jsonl 2> errors | head -n 1", tmp_path)
        assert len(rows_of(done.stdout)) == 1
        assert "Traceback" not in (tmp_path / "errors").read_text(encoding="utf-8")


class TestTable:
    def test_a_line_a_service_and_the_counts_last(self, rehabcoder: Run, tmp_path: Path) -> None:
        (tmp_path / "knee.txt").write_text(NOTE, encoding="utf-8")
        status, out, err = rehabcoder("code", tmp_path)
        assert (status, err) == (0, "")
        head, line, *_, last = out.splitlines()
        assert head.split() == ["note", "code", "minutes", "units", "confidence", "findings"]
        assert re.fullmatch(r"[ *] knee +97110 +30 +2 +(0\.\d\d|1\.00)\b.*", line)
        assert re.fullmatch(r"1 note: [01] settled, [01] for a person to see, 0 failed\. A star .+", last)

    def test_the_counts_are_those_of_the_rows(self, rehabcoder: Run, sample: Path) -> None:
        _, out, _ = rehabcoder("code", sample)
        rows = rows_of(rehabcoder("code", sample, "--format", "jsonl")[1])
        review = sum(row["needs_review"] for row in rows)
        assert f"{len(rows)} notes: {len(rows) - review} settled, {review} for a person to see, 0 failed" in out
        starred = {line[2:].split()[0] for line in out.splitlines() if line.startswith("* ")}
        assert starred == {row["note_id"] for row in rows if row["needs_review"]}

    def test_units_with_and_without_an_assistant_are_added_up(self, rehabcoder: Run, tmp_path: Path) -> None:
        record = {"id": "knee", "text": NOTE, "credential": "PTA", "assistant_minutes": {"97110": 15}}
        _, out, _ = rehabcoder("code", write_jsonl(tmp_path / "n.jsonl", [record]))
        assert re.search(r"^[ *] knee +97110 +30 +2 ", out, re.MULTILINE)

    def test_a_wrong_label_is_shown_beside_the_code(self, rehabcoder: Run, sample: Path) -> None:
        _, out, _ = rehabcoder("code", sample / "wrong-label.txt")
        assert re.search(r"^\* wrong-label +97112, not 97110 +28 +2 .+code mismatch$", out, re.MULTILINE)

    def test_every_code_of_the_claim_is_shown_even_without_a_service_of_its_own(
        self, rehabcoder: Run, sample: Path
    ) -> None:
        rows = rows_of(rehabcoder("code", sample, "--format", "jsonl")[1])
        _, out, _ = rehabcoder("code", sample)
        shown = re.findall(r"(?<!not )\b(?:9\d{4}|G0283)\b", out)
        assert {line["code"] for row in rows for line in row["lines"]} <= set(shown)

    def test_a_tie_and_units_of_several_services_are_told(self, rehabcoder: Run, tmp_path: Path) -> None:
        (tmp_path / "tie.txt").write_text(
            f"{NOTE.replace('30 min', '15 min')}\nManual therapy 97140, 10 min: grade III patellar glides.\n"
            "Ther Ex 97110, 10 min: side planks and bridges 3x10 for trunk endurance.",
            encoding="utf-8",
        )
        _, out, _ = rehabcoder("code", tmp_path / "tie.txt")
        assert re.search(r"97110 +15 +2 or 1 .*\n +97140 +10 +0 or 1 .*\n +97110 +10 +above ", out)

    def test_colours_on_a_terminal_only(self, rehabcoder: Run, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "\x1b" not in rehabcoder("code", sample / "wrong-label.txt")[1]
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert "\x1b[1;31m97112, not 97110" in rehabcoder("code", sample / "wrong-label.txt")[1]

    def test_an_id_cannot_steer_the_terminal(self, rehabcoder: Run, tmp_path: Path) -> None:
        file = write_jsonl(tmp_path / "n.jsonl", [{"id": "a\x1b[31m\u202eb", "text": NOTE}])
        _, out, _ = rehabcoder("code", file)
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert "a\ufffd[31m\ufffdb" in out


class TestOutput:
    def test_jsonl_has_a_row_a_note_in_order(self, rehabcoder: Run, tmp_path: Path) -> None:
        file = write_jsonl(tmp_path / "n.jsonl", [{"note_id": f"n{i}", "text": f"{NOTE} {i}"} for i in range(150)])
        status, out, _ = rehabcoder("code", file, "--format", "jsonl")
        rows = rows_of(out)
        assert status == 0
        assert [row["note_id"] for row in rows] == [f"n{i}" for i in range(150)]
        assert [row["source"] for row in rows[:2]] == [f"{file}#1", f"{file}#2"]

    def test_csv_is_one_row_a_note(self, rehabcoder: Run, sample: Path) -> None:
        _, out, _ = rehabcoder("code", sample / "squats-for-laundry.txt", "--format", "csv")
        [row] = csv.DictReader(io.StringIO(out))
        assert (row["note_id"], row["status"]) == ("squats-for-laundry", "coded")
        assert row["units_by_code"].startswith("97530:2;97110:1")
        assert row["services"].startswith("97530, 23 min: Therapeutic Activities - 23 minutes. Squatting to lift")

    def test_csv_holds_what_the_input_says_of_a_note(self, rehabcoder: Run, sample: Path, tmp_path: Path) -> None:
        _, out, _ = rehabcoder("code", sample / "clinic-export.csv", "--format", "csv")
        row = next(csv.DictReader(io.StringIO(out)))
        names = ("date_of_service", "patient_id", "clinician", "payer", "billed_units")
        told = [row[name] for name in names]
        assert told == ["2026-09-21", "P-3007", "PT-14", "Medicare Part B", "97110:1;97112:1;97530:1"]
        rehabcoder("code", sample / "clinic-export.csv", "--out", tmp_path / "c.csv")
        assert (tmp_path / "c.csv").read_bytes().decode() == out

    @pytest.mark.parametrize("format", ["jsonl", "csv"])
    def test_two_jobs_give_the_same_bytes_as_one(self, rehabcoder: Run, sample: Path, format: str) -> None:
        one = rehabcoder("code", sample, "--format", format)
        two = rehabcoder("code", sample, "--format", format, "--jobs", 2)
        assert one[:2] == two[:2]

    def test_standard_input_is_a_note_or_a_table(self, rehabcoder: Run) -> None:
        [row] = rows_of(rehabcoder("code", "-", "--format", "jsonl", stdin=NOTE.encode())[1])
        assert (row["source"], row["interventions"][0]["code"]) == ("-", "97110")
        table = f'id,note\n7,"{NOTE}"\n8,"{NOTE}"\n'.encode()
        rows = rows_of(rehabcoder("code", "-", "--format", "jsonl", stdin=table)[1])
        assert [row["note_id"] for row in rows] == ["7", "8"]

    def test_a_table_on_standard_input_with_names_of_its_own_is_never_read_as_one_note(self, rehabcoder: Run) -> None:
        table = f'visit,doc\n7,"{NOTE}"\n8,"{NOTE}"\n'.encode()
        status, _, err = rehabcoder("code", "-", "--format", "jsonl", stdin=table)
        assert status == 3
        assert "it looks like a table" in err
        assert "--text-column NAME, or give --input-format txt" in err
        assert "quadriceps" not in err
        rows = rows_of(rehabcoder("code", "-", "--format", "jsonl", "--text-column", "doc", stdin=table)[1])
        assert [row["note_id"] for row in rows] == ["stdin-2", "stdin-3"]
        assert "there is no column 'text'" in rehabcoder("code", "-", "--text-column", "text", stdin=table)[2]
        assert len(rows_of(rehabcoder("code", "-", "--format", "jsonl", "--input-format", "txt", stdin=table)[1])) == 1

    def test_two_notes_of_one_id_are_named(self, rehabcoder: Run, tmp_path: Path) -> None:
        for folder in ("a", "b"):
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "visit.txt").write_text(f"{NOTE} {folder}", encoding="utf-8")
        for more in ((), ("--format", "csv"), ("--out", tmp_path / "c.jsonl")):
            status, _, err = rehabcoder("code", tmp_path / "a", tmp_path / "b", *more)
            assert status == 0
            assert "1 id stands for more than one note: visit. A worklist takes the first of each alone" in err

    def test_a_file_for_its_owner_only_with_claims_beside_it(
        self, rehabcoder: Run, sample: Path, tmp_path: Path
    ) -> None:
        out = tmp_path / "coded.jsonl"
        status, said, _ = rehabcoder("code", sample / "emr-export.jsonl", "--out", out)
        rows = rows_of(out.read_text(encoding="utf-8"))
        assert (status, len(rows)) == (0, 8)
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
        assert said.splitlines()[0].startswith("8 notes: ")
        claims = rows_of((tmp_path / "coded.claims.jsonl").read_text(encoding="utf-8"))
        assert f"{len(claims)} claims" in said
        printed = rows_of(rehabcoder("code", sample / "emr-export.jsonl", "--format", "jsonl")[1])
        assert rows == printed

    def test_notes_without_a_claim_are_told(self, rehabcoder: Run, sample: Path, tmp_path: Path) -> None:
        said = rehabcoder("code", sample, "--out", tmp_path / "coded.jsonl")[1]
        assert "17 claims" in said
        assert "16 notes stand in no claim, for want of a patient or a date." in said

    def test_a_long_name_keeps_to_its_line(self, rehabcoder: Run, sample: Path, tmp_path: Path) -> None:
        text = (sample / "wrong-label.txt").read_text(encoding="utf-8")
        for name in ("09-previous-note-copied", "exactly-as-wide-as-cell"[:22]):
            (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
        lines = rehabcoder("code", tmp_path)[1].splitlines()
        assert any(line.startswith("* 09-previous-...-copied  ") for line in lines)
        assert any(line.startswith("* exactly-as-wide-as-cel  ") for line in lines)

    def test_a_folder_of_parts_is_not_coded_twice(self, rehabcoder: Run, sample: Path, tmp_path: Path) -> None:
        arguments = ("code", sample, "--out", tmp_path / "coded", "--format", "csv")
        first, again = rehabcoder(*arguments), rehabcoder(*arguments)
        assert first[0] == again[0] == 0
        assert "34 of them were coded by the run before" in again[1]
        assert list((tmp_path / "coded").glob("part-*.csv"))

    def test_short_runs_leave_no_progress_in_a_log(self, rehabcoder: Run, sample: Path, tmp_path: Path) -> None:
        _, _, err = rehabcoder("code", sample / "wrong-label.txt", "--out", tmp_path / "x.csv")
        assert err == ""


class TestBadInput:
    """Each fails by name with a remedy, as a row of its own; the other notes are coded; exit status 3."""

    def check(self, run: Run, paths: list[Path], names: str, remedy: str, *, rows: int = 2, failed: int = 1) -> None:
        status, out, err = run("code", *paths, "--format", "jsonl")
        found = rows_of(out)
        assert (status, len(found)) == (3, rows)
        assert sum(row["status"] == "failed" for row in found) == failed
        assert sum(row["status"] == "coded" for row in found) == rows - failed
        assert names in err
        assert remedy in err
        assert "Traceback" not in err
        _, table, _ = run("code", *paths)
        assert f"{failed} failed" in table
        assert "failed" in next(line for line in table.splitlines() if line.startswith("* "))

    @pytest.fixture
    def good(self, tmp_path: Path) -> Path:
        path = tmp_path / "good.txt"
        path.write_text(NOTE, encoding="utf-8")
        return path

    def test_an_empty_file(self, rehabcoder: Run, good: Path, tmp_path: Path) -> None:
        (tmp_path / "e.txt").touch()
        self.check(rehabcoder, [tmp_path / "e.txt", good], "e.txt: the file is empty", "copied whole")

    def test_a_binary_file(self, rehabcoder: Run, good: Path, tmp_path: Path) -> None:
        (tmp_path / "b.txt").write_bytes(bytes(range(256)) * 20)
        self.check(rehabcoder, [good, tmp_path / "b.txt"], "b.txt: the file is binary", "Export the note as text")

    def test_no_such_file(self, rehabcoder: Run, good: Path, tmp_path: Path) -> None:
        self.check(rehabcoder, [tmp_path / "gone.txt", good], "gone.txt: there is no such file", "Check the path")

    def test_a_folder_without_notes(self, rehabcoder: Run, good: Path, tmp_path: Path) -> None:
        (tmp_path / "void").mkdir()
        self.check(rehabcoder, [tmp_path / "void", good], "void: the folder holds no notes", "Check the path")

    def test_a_table_without_a_text_column(self, rehabcoder: Run, good: Path, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_text("id,words\n1,squats\n", encoding="utf-8")
        self.check(rehabcoder, [tmp_path / "t.csv", good], "the columns are 'id', 'words'", "--text-column NAME")
        status, out, _ = rehabcoder("code", tmp_path / "t.csv", "--text-column", "words", "--format", "jsonl")
        assert (status, rows_of(out)[0]["note_id"]) == (0, "1")

    def test_broken_json_on_line_seven(self, rehabcoder: Run, tmp_path: Path) -> None:
        lines = [json.dumps({"id": str(i), "text": NOTE}) for i in range(1, 10)]
        lines[6] = '{"id": "7", "text": "Mrs Vandersloot'
        (tmp_path / "n.jsonl").write_text("\n".join(lines), encoding="utf-8")
        self.check(rehabcoder, [tmp_path / "n.jsonl"], "n.jsonl#7: broken JSON", "Export the record again", rows=9)
        assert "Vandersloot" not in "".join(map(str, rehabcoder("code", tmp_path / "n.jsonl")))

    def test_failed_notes_of_a_file_are_listed_in_another(self, rehabcoder: Run, good: Path, tmp_path: Path) -> None:
        out = tmp_path / "coded.csv"
        status, said, err = rehabcoder("code", good, tmp_path / "gone.txt", "--out", out)
        assert status == 3
        assert "1 failed" in said
        assert "gone.txt" in err
        assert "gone.txt" in (tmp_path / "coded.failed.csv").read_text(encoding="utf-8")
        assert len(list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))) == 2

    def test_many_failures_are_counted_not_all_named(self, rehabcoder: Run, tmp_path: Path) -> None:
        gone = [tmp_path / f"gone-{i}.txt" for i in range(25)]
        status, out, err = rehabcoder("code", *gone, "--format", "jsonl")
        assert (status, len(rows_of(out))) == (3, 25)
        assert err.startswith("25 notes failed:\n")
        assert err.endswith("  and 5 more\n")


class TestOddTexts:
    def test_ids_that_occur_twice_are_kept_and_told_apart_by_source(self, rehabcoder: Run, tmp_path: Path) -> None:
        file = write_jsonl(tmp_path / "n.jsonl", [{"id": "a", "text": NOTE}, {"id": "a", "text": NOTE + " Ice."}])
        rows = rows_of(rehabcoder("code", file, "--format", "jsonl")[1])
        assert [(row["note_id"], row["source"]) for row in rows] == [("a", f"{file}#1"), ("a", f"{file}#2")]

    @pytest.mark.parametrize(
        "text",
        ["Entlastung für Frau Groß, 30 min".encode("latin-1"), NOTE.replace(" ", " \x00").encode(),
         ("👣 " + NOTE + " 👩").encode(), ("‏تمارين الركبة‏ " + NOTE).encode(), NOTE.replace(", ", "\r\n").encode(),
         b"\xef\xbb\xbf" + NOTE.encode(), NOTE.encode("utf-16")],
        ids=["latin-1", "nul", "emoji", "right to left", "crlf", "bom", "utf-16"],
    )  # fmt: skip
    def test_odd_bytes_are_coded_or_refused_with_true_offsets(
        self, rehabcoder: Run, tmp_path: Path, text: bytes
    ) -> None:
        (tmp_path / "n.txt").write_bytes(text)
        status, out, err = rehabcoder("code", tmp_path / "n.txt", "--format", "jsonl")
        [row] = rows_of(out)
        assert status == (3 if row["status"] == "failed" else 0)
        assert "Traceback" not in err
        from rehabcoder.readers import read_notes

        [note] = read_notes([str(tmp_path / "n.txt")])
        for service in row["interventions"]:
            assert note.text[service["start"] : service["end"]] == service["text"]


class TestLabelsAreNeverRead:
    LABELS: tuple[dict[str, Any], ...] = (
        {},
        {"interventions": [{"quote": "leg press", "code": "97530", "labelled": "97112", "minutes": 45}]},
        {"stated": {"timed_minutes": 90, "total_minutes": 95, "units": {"97530": 6}}, "flags": ["code_mismatch"]},
        {"interventions": "rubbish", "stated": 7, "flags": None, "evidence": {"response": "leg press"}, "code": "97150",
         "label": "97116", "needs_review": False, "minutes": 3},
    )  # fmt: skip

    def test_whatever_labels_say_the_answer_is_the_same(self, rehabcoder: Run, tmp_path: Path, sample: Path) -> None:
        texts = [NOTE, *(path.read_text(encoding="utf-8") for path in sorted(sample.glob("*.txt")))]
        answers = set()
        for labels in self.LABELS:
            records = [{"id": f"n{i}", "text": text, **labels} for i, text in enumerate(texts)]
            status, out, _ = rehabcoder("code", write_jsonl(tmp_path / "n.jsonl", records), "--format", "jsonl")
            assert status == 0
            answers.add(out)
        assert len(answers) == 1

    def test_nor_in_a_table(self, rehabcoder: Run, tmp_path: Path) -> None:
        answers = set()
        for code, flags in (("97110", ""), ("97530", "missing_minutes"), ("none", "x")):
            (tmp_path / "n.csv").write_text(f'id,text,code,flags,labelled\n1,"{NOTE}",{code},{flags},{code}\n')
            answers.add(rehabcoder("code", tmp_path / "n.csv", "--format", "jsonl")[1])
        assert len(answers) == 1


class TestUsage:
    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["--format", "xml"], "Use table, jsonl, csv"),
            (["--format", "xlsx"], "--out"),
            (["--column", "text"], "FIELD=NAME"),
            (["--column", "colour=Text"], "is not a field of a note"),
            (["--input-format", "rtf"], "Formats are"),
            (["--engine", "spark"], "--master"),
            (["--master", "local[2]"], "--engine spark"),
            (["--engine", "spark", "--master", "local[2]"], "--out"),
            (["--out", "x.csv", "--format", "jsonl"], "Leave the format out"),
        ],
    )
    def test_a_call_that_makes_no_sense_is_refused(
        self, rehabcoder: Run, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str],
        says: str,
    ) -> None:  # fmt: skip
        monkeypatch.chdir(tmp_path)
        status, out, err = rehabcoder("code", sample / "wrong-label.txt", *arguments)
        assert (status, out) == (2, "")
        assert says in err

    @pytest.mark.parametrize(("option", "says"), [("--model", "models list"), ("--policy", "nowhere")])
    def test_an_unknown_model_or_policy_is_told_at_once(
        self, rehabcoder: Run, sample: Path, option: str, says: str
    ) -> None:
        status, out, err = rehabcoder("code", sample, option, "nowhere", "--format", "jsonl")
        assert (status, out) == (1, "")
        assert says in err
        assert "Traceback" not in err

    def test_the_policy_decides_the_rule(self, rehabcoder: Run, tmp_path: Path) -> None:
        (tmp_path / "n.txt").write_text(NOTE, encoding="utf-8")
        arguments = ("code", tmp_path / "n.txt", "--format", "jsonl", "--policy", "commercial-midpoint")
        assert rows_of(rehabcoder(*arguments)[1])[0]["rule"] == "midpoint"

    def test_columns_by_name(self) -> None:
        columns = parse_columns(["clinician=By", "text=B=C"], text="A", note_id="ID", date=None, patient="P")
        assert columns == {"text": "B=C", "note_id": "ID", "patient_id": "P", "clinician": "By"}
        with pytest.raises(UsageError, match="FIELD=NAME"):
            parse_columns(["text="], text=None, note_id=None, date=None, patient=None)

    def test_counts_in_words(self) -> None:
        assert counted(1, 1, 0, 0) == "1 note: 1 settled, 0 for a person to see, 0 failed"
        assert counted(1200, 800, 399, 1) == "1,200 notes: 800 settled, 399 for a person to see, 1 failed"


def test_the_first_answers_come_before_the_last_note_is_read() -> None:
    read = 0

    def endless() -> Any:
        nonlocal read
        while True:
            read += 1
            yield Note(str(read), NOTE)

    pairs = coded_stream(endless(), model=str(default_model_path()), policy="medicare-part-b")
    assert next(pairs)[1].note_id == "1"
    assert read < 100


@pytest.mark.spark
@pytest.mark.slow
def test_a_cluster_gives_the_same_rows(rehabcoder: Run, sample: Path, tmp_path: Path) -> None:
    here, there = tmp_path / "here.jsonl", tmp_path / "there.jsonl"
    assert rehabcoder("code", sample, "--out", here)[0] == 0
    assert rehabcoder("code", sample, "--out", there, "--engine", "spark", "--master", "local[2]")[0] == 0
    assert here.read_bytes() == there.read_bytes()
