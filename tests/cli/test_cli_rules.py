"""`rehabcoder rules`: list, show, diff, check."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehabcoder import cli

Run = Callable[..., tuple[int, str, str]]

POLICY = 'id = "x"\nname = "X"\nsource = "s"\nrule = "cms"\n[[versions]]\nversion = "1"\neffective_from = 2024-01-01\n'


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["rehabcoder", "rules", *arguments])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return run


def as_json(run: Run, *arguments: str) -> Any:
    status, out, _ = run(*arguments, "--format", "json")
    assert status == 0
    return json.loads(out)


def test_the_policies_with_the_version_of_a_day(run: Run) -> None:
    rows = {row["id"]: row for row in as_json(run, "list", "--on", "2024-05-05")}
    assert rows["medicare-part-b"]["version"] == "2024"
    assert rows["medicare-part-b"]["to"] == "2024-12-31"
    assert "medicare-part-b" in run("list")[1]


def test_a_policy_not_yet_in_force_is_left_out_of_the_list(run: Run) -> None:
    rows = [row["id"] for row in as_json(run, "list", "--on", "2020-05-05")]
    assert "medicare-part-b" in rows
    assert "template" not in rows


def test_the_codes_with_a_site_s_own_wording(run: Run, tmp_path: Path) -> None:
    wording = tmp_path / "licensed.csv"
    wording.write_text("code,description\n97110,our licensed words\n", encoding="utf-8")
    rows = {row["code"]: row for row in as_json(run, "list", "codes", "--descriptors", str(wording))}
    assert rows["97110"]["description"] == "our licensed words"
    assert rows["97112"]["description"].startswith("retraining of balance")
    assert (rows["97110"]["units"], rows["97110"]["most_a_day"]) == ("15 min", 6)
    wording.write_text("number;words\n", encoding="utf-8")
    status, _, err = run("list", "codes", "--descriptors", str(wording))
    assert status == 1
    assert "licensed.csv" in err


def test_the_edits_with_their_last_day(run: Run) -> None:
    rows = {(row["column1"], row["column2"]): row for row in as_json(run, "list", "edits")}
    assert len(rows) == 399
    assert rows["97530", "97116"]["last_day"] == "2019-12-31"
    assert rows["97530", "97110"]["last_day"] == "never"
    assert rows["97530", "97537"]["verdict"] == "modifier"


def test_the_findings_of_notes_claims_and_visits(run: Run) -> None:
    rows = {row["id"]: row for row in as_json(run, "list", "findings")}
    assert (rows["missing_functional_goal"]["of"], rows["missing_functional_goal"]["raised"]) == ("note", "always")
    assert (rows["ncci_retired_edit"]["of"], rows["ncci_retired_edit"]["raised"]) == ("claim", "on request")
    assert rows["cloned_note"]["of"] == "visits"


def test_a_policy_as_it_stands_on_a_day(run: Run) -> None:
    assert as_json(run, "show", "medicare-part-b", "--on", "2023-02-02")["modifiers"]["kx_threshold"] == 2230
    assert "kx_threshold: 2230" in run("show", "medicare-part-b", "--on", "2023-02-02")[1]


def test_the_raw_policy_is_a_policy_to_copy(run: Run, tmp_path: Path) -> None:
    copy = tmp_path / "mine.toml"
    copy.write_text(run("show", "template", "--raw")[1], encoding="utf-8")
    assert run("check", str(copy))[0] == 0


def test_what_is_known_of_a_code(run: Run) -> None:
    out = run("show", "97140")[1]
    assert "most_a_day: 6" in out
    assert "97140 with 97124: never together" in out


def test_what_the_edits_say_of_several_codes(run: Run) -> None:
    rows = as_json(run, "show", "97110", "97112", "97530", "97140", "97124")
    says = {frozenset(row["codes"]): row["verdict"] for row in rows}
    assert len(rows) == 10
    assert says[frozenset(("97140", "97124"))] == "never_together"
    assert says[frozenset(("97110", "97112"))] == "no_edit"
    assert "no modifier needed" in run("show", "97530", "97112")[1]
    assert "takes 59" in run("show", "97530", "97116", "--on", "2018-01-01")[1]


def test_a_difference_between_two_policies(run: Run) -> None:
    status, out, _ = run("diff", "medicare-part-b@2021-01-01", "medicare-part-b@2022-01-01")
    assert status == 0
    assert "modifiers.assistant: ten_percent -> ten_percent_2022" in out
    assert run("diff", "template", "template")[1] == "No difference.\n"
    rows = as_json(run, "diff", "medicare-part-b", "commercial-midpoint")
    assert {"key": "rule", "first": "cms", "second": "midpoint"} in rows


def test_the_shipped_policies_pass_the_check(run: Run) -> None:
    status, out, err = run("check")
    assert (status, err) == (0, "")
    assert "medicare-part-b: right, 10 versions, from 2004-01-01 on" in out


def test_every_wrong_file_is_named_and_the_right_ones_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "good.toml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "bad.toml").write_text(POLICY.replace("rule", "rules"), encoding="utf-8")
    (tmp_path / "fee.toml").write_text(POLICY.replace("[[", '[fees]\n97110 = "x"\n[[', 1), encoding="utf-8")
    status, out, err = run("check", str(tmp_path))
    assert status == 1
    assert "x: right, 1 version" in out
    assert "bad.toml: has the unknown key rules. Did you mean rule?" in err
    assert "fee.toml: fees.97110 is 'x'" in err


def test_overlapping_files_are_refused(run: Run, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text(POLICY, encoding="utf-8")
    status, _, err = run("check", str(tmp_path))
    assert status == 1
    assert "overlap" in err


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("list", "payers"), 2, "no list of 'payers'"),
        (("show", "medicaid"), 1, "no policy is called"),
        (("show", "97530", "97119"), 2, "'97119' is no code"),
        (("show", "99999"), 2, "'99999' is no code"),
        (("show", "medicare-part-b", "--on", "2024-13-01"), 2, "is no date"),
        (("show", "medicare-part-b", "--on", "1999-01-01"), 1, "no version in force on 1999-01-01"),
        (("diff", "medicare-part-b@x", "template"), 2, "is no date"),
        (("check", "nowhere.toml"), 1, "nowhere.toml"),
    ],
)
def test_mistakes(run: Run, arguments: tuple[str, ...], status: int, says: str) -> None:
    found, _, err = run(*arguments)
    assert found == status
    assert says in err
    assert "Traceback" not in err
