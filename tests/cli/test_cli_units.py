"""`rehabcoder units` as a person and as a program use it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehabcoder import cli

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process: exit status, output, errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["rehabcoder", *arguments])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return run


def answer(run: Run, *arguments: str) -> Any:
    status, out, err = run("units", *arguments, "--format", "json")
    assert (status, err) == (0, "")
    return json.loads(out)


def test_the_json_answer(run: Run) -> None:
    found = answer(run, "97112=24", "97110=23", "97014=15")
    assert found["rule"] == "cms"
    assert found["units"] == {"97112": 2, "97110": 1}
    assert found["untimed"] == {"97014": 1}
    assert found["accepted"] == [{"97112": 2, "97110": 1}]
    assert found["ledger"]["entries"][0]["code"] == "97112"


def test_a_tie_lists_every_accepted_allocation(run: Run) -> None:
    found = answer(run, "97112=20", "97110=20")
    assert found["units"] == {"97112": 1, "97110": 2}
    assert sorted(map(sorted, (units.items() for units in found["accepted"]))) == [
        [("97110", 1), ("97112", 2)],
        [("97110", 2), ("97112", 1)],
    ]


def test_the_midpoint_rule(run: Run) -> None:
    found = answer(run, "97112=20", "97110=20", "--rule", "midpoint")
    assert (found["rule"], found["units"], found["accepted"]) == (
        "midpoint",
        {"97112": 1, "97110": 1},
        [{"97112": 1, "97110": 1}],
    )


def test_two_rules_compared_in_units_and_money(run: Run) -> None:
    found = answer(run, "97112=20", "97110=20", "--against", "midpoint", "--fee", "31.5")
    assert found["against"]["units"] == {"97112": 1, "97110": 1}
    assert found["difference"] == {"units": -1, "by_code": {"97110": -1}, "money": -31.5}
    assert answer(run, "97110=20", "--against", "midpoint")["difference"]["money"] is None


def test_the_words_for_a_person(run: Run) -> None:
    status, out, _ = run("units", "97112=24", "97110=23", "97530=0")
    assert status == 0
    assert out.startswith("CMS 8-minute rule: 3 units from 47 timed minutes\n")
    assert "97112, unit 2: 9 leftover minutes" in out
    assert "chapter 5 §20.2" in out


def test_equally_right_allocations_are_shown_and_many_only_counted(run: Run) -> None:
    assert "Equally right: 97112=2 97110=1." in run("units", "97112=20", "97110=20")[1]
    codes = ("97110", "97112", "97113", "97116", "97140", "97530")
    assert "and 14 more" in run("units", *(f"{code}=8" for code in codes))[1]


def test_the_difference_in_words(run: Run) -> None:
    words = run("units", "97110=20", "97112=20", "--against", "midpoint", "--fee", "97110=30", "--fee", "97112=33")[1]
    assert "gives 1 unit fewer than the CMS 8-minute rule (97110 -1), -$30.00." in words
    assert "the same number of units" in run("units", "97110=20", "--against", "midpoint")[1]
    assert "money is not known" in run("units", "97110=20", "97112=20", "--against", "midpoint")[1]


def test_pairs_with_an_edit_and_pairs_that_need_none_are_named(run: Run) -> None:
    out = run("units", "97530=15", "97110=15", "97537=15")[1]
    assert "97530 with 97537: 97537 takes 59" in out
    assert "97530 with 97110: no modifier needed" in out
    assert "97116 takes 59" in run("units", "97530=15", "97116=15", "--on", "2019-05-01")[1]
    assert "97116 takes 59" not in run("units", "97530=15", "97116=15", "--on", "2024-05-01")[1]


def test_a_policy_brings_rule_ties_and_fees(run: Run, tmp_path: Path) -> None:
    policy = tmp_path / "payer.toml"
    policy.write_text(
        'id = "x"\nname = "X"\nsource = "s"\nrule = "midpoint"\n[fees]\ndefault = 40\n'
        '[[versions]]\nversion = "1"\neffective_from = 2024-01-01\n'
    )
    found = answer(run, "97112=20", "97110=20", "--policy", str(policy))
    assert (found["rule"], found["money"]) == ("midpoint", 80.0)
    assert answer(run, "97112=20", "97110=20", "--policy", str(policy), "--rule", "cms")["units"]["97110"] == 2


def test_the_same_code_twice_is_added_up_and_lower_case_is_read(run: Run) -> None:
    found = answer(run, "97110=10", "97110=13", "g0283")
    assert (found["units"], found["untimed"]) == ({"97110": 2}, {"G0283": 1})


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ("99999=15", "99999=15: '99999' is no code"),
        ("97111=15", "Did you mean"),
        ("97110=-3", "97110=-3: the minutes of 97110 are negative"),
        ("97110=7.5", "97110=7.5: the minutes of 97110 are not whole"),
        ("97110=7,5", "not whole"),
        ("97110=", "97110=: the minutes of 97110 are missing"),
        ("97110", "the minutes of 97110 are missing"),
        ("97110=abc", "97110=abc: the minutes of 97110 are no whole number"),
        ("97110=٣", "no whole number"),
        ("97110=1e2", "no whole number"),
        ("97110=1500", "a day holds 1440"),
        ("97110=" + "9" * 6000, "no whole number"),
        ("=15", "'' is no code"),
    ],
)
def test_a_mistake_is_a_sentence_with_place_and_remedy(run: Run, argument: str, says: str) -> None:
    status, out, err = run("units", argument)
    assert (status, out) == (2, "")
    assert says in err
    assert err.startswith("rehabcoder: ")
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--rule", "ama"), "--rule is 'ama'"),
        (("--against", "ama"), "--against is 'ama'"),
        (("--format", "xml"), "--format is 'xml'"),
        (("--fee", "97110=thirty"), "--fee 97110=thirty: the fee is no number"),
        (("--fee", "nan"), "no number"),
        (("--fee", "-3"), "no number"),
        (("--fee", "97119=3"), "97119"),
        (("--policy", "medicaid"), "no policy is called 'medicaid'"),
        (("--policy", "nowhere.toml"), "nowhere.toml"),
        (("--on", "May"), "'May' is no date"),
    ],
)
def test_a_wrong_option(run: Run, options: tuple[str, str], says: str) -> None:
    status, _, err = run("units", "97110=15", *options)
    assert status == 2
    assert says in err


def test_no_arguments_is_a_usage_error(run: Run) -> None:
    assert run("units")[0] == 2
