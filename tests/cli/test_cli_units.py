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
        ("97110:20", "no = stands between code and minutes. Write 97110=20."),
        ("97110 20", "Write 97110=20."),
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


FLAGGED = ("97110=30", "97530=15", "--on", "2024-06-03")


def claim_lines(run: Run, *arguments: str) -> list[tuple[str, int, list[str]]]:
    claim = answer(run, *arguments)["claim"]
    return [(line["code"], line["units"], line.get("modifiers", [])) for line in claim["lines"]]


def test_the_lines_of_the_claim_under_a_policy(run: Run) -> None:
    found = claim_lines(run, "97110=38", "97010", "97014", "--policy", "medicare-part-b", "--discipline", "PT")
    assert found == [("97110", 3, ["GP"]), ("97010", 0, ["GP"]), ("G0283", 1, ["GP"])]
    out = run("units", "97110=38", "97010", "97014", "--policy", "medicare-part-b", "--fee", "31")[1]
    assert "  97010  0  untimed" in out
    assert "In place of 97014" in out
    assert "Money: $124.00, before any reduction for several services.\n" in out
    assert "takes no service under 8" in run("units", "97110=7", "--policy", "chiropractic-network")[1]


def test_kx_by_the_amount_so_far_the_group_and_the_year(run: Run) -> None:
    assert claim_lines(run, *FLAGGED, "--discipline", "PT", "--year-to-date", "2300", "--fee", "20") == [
        ("97110", 2, ["GP", "KX"]),
        ("97530", 1, ["GP", "KX"]),
    ]
    just_below = claim_lines(run, *FLAGGED, "--discipline", "OT", "--year-to-date", "2,310", "--fee", "10")
    assert [line[2] for line in just_below] == [["GO"], ["GO", "KX"]]
    next_year = (*FLAGGED[:2], "--on", "2025-06-03", "--discipline", "PT", "--year-to-date", "2400")
    assert [line[2] for line in claim_lines(run, *next_year)] == [["GP"], ["GP"]]


def test_kx_names_the_threshold_and_its_source_or_why_there_is_none(run: Run) -> None:
    above = run("units", *FLAGGED, "--discipline", "SLP", "--year-to-date", "2340")[1]
    assert "97110-GN-KX: 2 units" in above
    assert "Threshold for PT+SLP: $2,330.00 (" in above
    assert "annual update of the therapy thresholds for 2024)." in above
    below = run("units", *FLAGGED, "--year-to-date", "2330")[1]
    assert "No KX: $2,330.00 so far and this claim, whose amount is not known without --fee" in below
    assert "no threshold on that day" in run("units", "97110=30", "--on", "2016-01-01", "--year-to-date", "9")[1]
    assert "no threshold" in run("units", "97110=30", "--policy", "commercial-midpoint", "--year-to-date", "9")[1]


def test_cq_and_co_by_the_assistant_s_minutes(run: Run) -> None:
    both = ("97110=36", "--assistant", "97110=23", "--fee", "30")
    assert claim_lines(run, *both, "--discipline", "PTA", "--on", "2024-06-03") == [
        ("97110", 1, ["GP"]),
        ("97110", 1, ["GP", "CQ"]),
    ]
    assert answer(run, *both, "--discipline", "OT", "--on", "2024-06-03")["money"] == 55.5
    early = run("units", *both, "--discipline", "OT", "--on", "2019-06-03")[1]
    assert "No CQ or CO: the payer does not ask for them on that day." in early


def test_more_units_than_a_day_allows_are_named_with_the_table(run: Run) -> None:
    out = run("units", "97110=120", "97112=30")[1]
    assert "97110: 8 units, and 6 units a day is the most" in out
    assert "practitioner table effective 2024-07-01" in out
    assert answer(run, "97110=90")["limits"] == []
    [number] = answer(run, "97014")["limits"]
    assert "takes G0283 in its place" in number
    assert answer(run, "G0283")["limits"] == []
    assert answer(run, "97110=120", "--policy", "commercial-midpoint")["limits"] == []


def test_two_rules_compared_under_a_policy(run: Run) -> None:
    found = answer(run, "97110=20", "97112=20", "97014", "--policy", "commercial-midpoint", "--against", "cms",
                   "--fee", "30", "--fee", "97014=10")  # fmt: skip
    assert (found["rule"], found["against"]["rule"]) == ("midpoint", "cms")
    assert found["difference"] == {"units": 1, "by_code": {"97110": 1}, "money": 30.0}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--discipline", "nurse"), "--discipline is 'nurse'"),
        (("--year-to-date", "much"), "--year-to-date much: the amount is no number of dollars"),
        (("--year-to-date", "-3"), "no number of dollars"),
        (("--assistant", "97110=5"), "Add --discipline PT"),
        (("--assistant", "97110=5", "--discipline", "SLP"), "Add --discipline PT"),
        (("--assistant", "97110=16", "--discipline", "PT"), "the assistant gave 16 of 15 minutes of 97110"),
        (("--assistant", "97112=5", "--discipline", "PT"), "--assistant 97112=5: the assistant gave 5 of 0 minutes"),
        (
            ("--assistant", "97110=1.5", "--discipline", "PT"),
            "--assistant 97110=1.5: the minutes of 97110 are not whole",
        ),
        (("--policy", "medicare-part-b", "--on", "1999-01-01"), "no version in force on 1999-01-01"),
    ],
)
def test_a_wrong_option_of_the_claim(run: Run, options: tuple[str, ...], says: str) -> None:
    status, out, err = run("units", "97110=15", *options)
    assert (status, out) == (2, "")
    assert says in err
