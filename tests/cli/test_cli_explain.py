"""`rehabcoder explain`: the note marked up, exact reasons for its codes, the ledger of its units."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rehabcoder as package
from rehabcoder import CodedNote, Coder, Note
from rehabcoder.cli.explain import explain_note
from rehabcoder.cli.marks import marked
from rehabcoder.cli.plain import printable
from rehabcoder.note import Evidence, Service, Span

Run = Callable[..., tuple[int, str, str]]
NOTE = """PT daily note
Ther Ex (28 min): tandem stance on foam with eyes closed, cues for ankle strategy, 3 losses of balance.
Ther Act 12 min: picking shoes off the floor and putting them on a shelf.
97110 x 2, 97530 x 1
"""


@cache
def coder() -> Coder:
    return package.load()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "n.txt"
    path.write_text(NOTE, encoding="utf-8")
    return path


class TestText:
    def test_the_note_with_services_minutes_and_evidence_in_brackets(self, rehabcoder: Run, file: Path) -> None:
        status, out, err = rehabcoder("explain", file)
        assert (status, err) == (0, "")
        first = next(line for line in out.splitlines() if line.startswith("[1 97112: Ther Ex ({28 min})"))
        assert first.endswith(" ]")
        assert re.search(r"<[^>]*(?:tandem|foam|eyes closed)[^>]*>", first)
        assert "[2 97530: Ther Act {12 min}" in out

    def test_why_this_code_and_not_the_one_it_was_called(self, rehabcoder: Run, file: Path) -> None:
        _, out, _ = rehabcoder("explain", file)
        assert re.search(
            r"^1  97112, 28 min, labelled 97110, confidence [01]\.\d\d; to be seen: .*code mismatch", out, re.M
        )
        reasons = re.search(r"^   For 97112 over 97110: (.*)", out, re.M)
        assert reasons
        named = re.findall(r'"([a-z ]+)" \d\.\d\d', reasons[1])
        assert named
        assert all(word in NOTE.lower() for word in named)
        assert re.search(r"^   For 97110 over 97112: ", out, re.M)
        assert re.search(r"log odds for 97112$", out, re.M)

    def test_which_minutes_made_which_unit(self, rehabcoder: Run, file: Path) -> None:
        _, out, _ = rehabcoder("explain", file)
        units = out.split("\nUnits\n")[1].split("\n\n")[0].splitlines()
        assert units[0] == "40 timed minutes earn 3 units, as 38 to 52 minutes do."
        assert units[1] == '97112, unit 1: 15 of its 28 minutes, a whole block. <- "28 min"'
        assert units[3].startswith("97530, unit 1: 12 leftover minutes")
        assert units[3].endswith('<- "12 min"')
        assert units[-2] == "The note itself states: billed 97110 x2, 97530 x1."
        assert units[-1].startswith("Source: Medicare Claims Processing Manual")

    def test_findings_with_words_and_rule(self, rehabcoder: Run, file: Path) -> None:
        _, out, _ = rehabcoder("explain", file)
        findings = out.split("\nFindings\n")[1]
        assert re.search(r'^code_mismatch \(high\): .+\n   "Ther Ex .+"\n   Rule: ', findings, re.M)

    def test_a_note_without_therapy(self, rehabcoder: Run, sample: Path) -> None:
        _, out, _ = rehabcoder("explain", sample / "phone-call.txt")
        assert "Services\nNone." in out
        assert "Findings\nNone." in out
        assert "Marks:" not in out

    def test_units_that_cannot_be_told_say_why(self, rehabcoder: Run, tmp_path: Path) -> None:
        (tmp_path / "n.txt").write_text("Ther Ex: leg press 3x10 and squats 3x10 for strength.\n", encoding="utf-8")
        _, out, _ = rehabcoder("explain", tmp_path / "n.txt")
        assert re.search(r"^97110: .*not determined", out, re.M)

    def test_pairs_that_need_a_modifier_and_pairs_that_need_none(self, rehabcoder: Run, tmp_path: Path) -> None:
        header = "note_id,date_of_service,billed_units,text\n"
        both = "Ther Ex 15 min: leg press 3x10 for strength. Ther Act 15 min: lifting a laundry basket to a shelf."
        (tmp_path / "n.csv").write_text(f'{header}a,2024-05-01,97110=3,"{both}"\n', encoding="utf-8")
        _, out, _ = rehabcoder("explain", tmp_path / "n.csv")
        assert "\nEdits\n97110 with 97530: no modifier needed" in out.replace("97530 with 97110", "97110 with 97530")
        assert "Billed by its row: 97110 x3." in out
        (tmp_path / "n.txt").write_text("Ther Ex 15 min: leg press 3x10 for strength.\n", encoding="utf-8")
        assert "Edits" not in rehabcoder("explain", tmp_path / "n.txt")[1]

    def test_colours_and_no_brackets_on_a_terminal(
        self, rehabcoder: Run, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        _, out, _ = rehabcoder("explain", file)
        assert "\x1b[7;36m 1 97112 \x1b[0m" in out
        assert "\x1b[1;4;36m28 min\x1b[0m" in out
        assert "Marks:" not in out

    def test_nothing_in_a_note_steers_the_terminal(self, rehabcoder: Run, tmp_path: Path) -> None:
        (tmp_path / "n.txt").write_text(NOTE.replace("foam", "\x1b[2Jfoam\u202e") + "[red]\x07\n", encoding="utf-8")
        _, out, _ = rehabcoder("explain", tmp_path / "n.txt")
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out)
        assert "[red]" in out


class TestJson:
    def test_everything_for_a_program(self, rehabcoder: Run, file: Path) -> None:
        found = json.loads(rehabcoder("explain", file, "--format", "json")[1])
        coded = CodedNote.from_json({k: v for k, v in found.items() if k not in ("reasons", "ledger", "edits")})
        assert [service.code for service in coded.interventions] == ["97112", "97530"]
        first, _ = found["reasons"]
        assert (first["code"], first["against"]) == ("97112", "97110")
        assert found["ledger"]["entries"][0]["pieces"][0]["minutes"] == 15


def test_pulls_are_exact(sample: Path) -> None:
    """They add up to the log odds of the probabilities that the model gives the description."""
    checked = 0
    for path in sorted(sample.glob("*.txt")):
        for reasons in explain_note(Note("n", path.read_text(encoding="utf-8")), coder()).reasons:
            described = dict(reasons.described)
            if reasons.against in described and reasons.code in described and described[reasons.against] > 1e-6:
                odds = math.log(described[reasons.code] / described[reasons.against])
                assert math.isclose(reasons.log_odds, odds, abs_tol=0.01)
                assert math.isclose(reasons.usual + sum(r.pull for r in reasons.words), reasons.log_odds, abs_tol=1e-9)
                assert [r.pull for r in reasons.words] == sorted((r.pull for r in reasons.words), reverse=True)
                checked += 1
    assert checked > 20


class TestWhichNote:
    @pytest.fixture
    def table(self, tmp_path: Path) -> Path:
        path = tmp_path / "a#b.csv"
        path.write_text(f'id,text\nx,"{NOTE}"\ny,Cancelled.\ny,\n', encoding="utf-8")
        return path

    def test_by_number_as_source_gives_it(self, rehabcoder: Run, table: Path) -> None:
        assert rehabcoder("explain", f"{table}#2")[1].startswith("x (")
        assert rehabcoder("explain", f"{table}#3")[1].startswith("y (")

    def test_by_id(self, rehabcoder: Run, table: Path) -> None:
        assert rehabcoder("explain", table, "--id", "x")[1].startswith("x (")

    def test_from_standard_input(self, rehabcoder: Run) -> None:
        assert "[1 97112: " in rehabcoder("explain", "-", stdin=NOTE.encode())[1]

    def test_of_any_format_with_any_column(self, rehabcoder: Run, tmp_path: Path) -> None:
        (tmp_path / "n.dat").write_text(json.dumps({"id": "q", "words": NOTE}) + "\n", encoding="utf-8")
        arguments = ("explain", tmp_path / "n.dat", "--input-format", "jsonl", "--text-column", "words")
        assert rehabcoder(*arguments)[1].startswith("q (")

    @pytest.mark.parametrize(
        ("which", "status", "says"),
        [
            ([""], 2, "the file holds several notes. Name one, such as"),
            (["", "--id", "y"], 2, "several notes have this id"),
            (["", "--id", "z"], 1, "there is no note with the id 'z'"),
            (["#9"], 1, "there is no such note"),
            (["#4"], 1, "#4: the column 'text' is empty"),
            ([".gone"], 1, "there is no such file"),
            (["#2", "--format", "xml"], 2, "Use text or json"),
        ],
    )
    def test_a_sentence_where_that_is_not_clear(
        self, rehabcoder: Run, table: Path, which: list[str], status: int, says: str
    ) -> None:
        for command in ("explain", "query"):
            found, out, err = rehabcoder(command, f"{table}{which[0]}", *which[1:])
            assert (found, out) == (status, "")
            assert says in err

    def test_of_a_folder_it_names_a_note_that_is_there(self, rehabcoder: Run, sample: Path) -> None:
        _, _, err = rehabcoder("query", sample)
        named = re.search(r"such as (.+?), or", err)[1]
        assert rehabcoder("query", named)[0] == 0


service_spans = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=4)
inner_spans = st.lists(st.tuples(st.integers(0, 79), st.integers(1, 20)), max_size=6)


@given(
    text=st.text(st.characters(exclude_categories=()), min_size=80, max_size=90), outer=service_spans, inner=inner_spans
)
def test_marks_leave_the_text_as_it_is(text: str, outer: list[tuple[int, int]], inner: list[tuple[int, int]]) -> None:
    services, at = [], 0
    for gap, length in outer:
        start = at + gap
        end = min(len(text), start + length)
        if start < end:
            services.append(Service(start, end, text[start:end], "97110"))
        at = end
    for number, (start, length) in enumerate(inner):
        for service in services[number % 2 :: 2]:
            service.why.append(Evidence(start, start + length, "", "", None))
            service.minutes_span = Span(start, min(len(text), start + 3))
    coded = CodedNote("n", interventions=services)
    assert marked(text, CodedNote("n"), brackets=True).plain == printable(text)
    plain = marked(text, coded, brackets=True).plain
    added = len(plain) - len(text)
    spans = sum(1 for s in services if s.minutes_span) + sum(len(s.why) for s in services)
    assert added == 2 * spans + len(services) * len("[1 97110:  ]")
    rest = iter(plain)
    assert all(character in rest for character in printable(text))


def test_printable_keeps_the_length_and_can_be_encoded() -> None:
    text = "a\x00\x1b[31m\r\n\t\u202eb\ud800é👣"
    assert printable(text) == "a\ufffd\ufffd[31m\ufffd\n\t\ufffdb\ufffdé👣"
    assert len(printable(text)) == len(text)
    printable(text).encode("utf-8")
