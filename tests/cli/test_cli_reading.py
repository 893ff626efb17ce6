"""How notes are read is said by the same options everywhere, and what is printed by `--format`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]
NOTE = "Ther Ex 97110, 30 min: leg press 60# 3x10, seated knee extension 3x10 for quadriceps strength."
SEVERAL = ("--input-format", "--text-column", "--id-column", "--date-column", "--patient-column", "--column")


def options(rehabcoder: Run, *command: str) -> set[str]:
    return set(re.findall(r"^  (--[a-z-]+)", rehabcoder(*command, "--help")[1], re.MULTILINE))


@pytest.mark.parametrize("command", ["code", "import", "visits", "suggest"])
def test_commands_of_several_notes_take_the_same_options(rehabcoder: Run, command: str) -> None:
    assert options(rehabcoder, command) >= set(SEVERAL)


@pytest.mark.parametrize("command", ["explain", "query"])
def test_commands_of_one_note_take_those_that_find_it(rehabcoder: Run, command: str) -> None:
    assert options(rehabcoder, command) >= {"--input-format", "--text-column", "--id-column", "--column"}


@pytest.mark.parametrize("command", [["sample", "estimate"], ["models", "list"], ["evaluate"], ["units"], ["claims"]])
def test_json_is_a_format(rehabcoder: Run, command: list[str]) -> None:
    found = options(rehabcoder, *command)
    assert "--format" in found
    assert "--json" not in found


def test_a_table_with_names_of_its_own_goes_all_the_way(
    rehabcoder: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("n.txt").write_text(f'nr,day,who,words\na,2024-09-18,p,"{NOTE}"\nb,2024-09-19,p,"{NOTE}"\n')
    told = ("--input-format", "csv", "--text-column", "words", "--id-column", "nr", "--column", "clinician=who")
    day = ("--date-column", "day", "--patient-column", "who")
    assert rehabcoder("code", "n.txt", *told, *day, "--out", "coded.jsonl")[0] == 0
    assert rehabcoder("import", "coded.jsonl", "--notes", "n.txt", *told, *day)[1].startswith("2 notes new")
    assert "2 notes of 1 patient" in rehabcoder("visits", "coded.jsonl", "--notes", "n.txt", *told, *day)[1]
    assert rehabcoder("suggest", "n.txt", *told, "--limit", "1")[1].endswith("of 2 notes\n")
    for command in ("explain", "query"):
        found = json.loads(rehabcoder(command, "n.txt", *told, "--id", "b", "--format", "json")[1])
        assert found["note_id"] == "b"
