"""Payer policies: what ships, which version holds on a day, and the sentence for every wrong file."""

from __future__ import annotations

import pickle
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rehabcoder.billing.policies import check_dates, load_policy, policy_path, read_policy, shipped_policies
from rehabcoder.billing.policy_tools import check_policies, compare_policies, plain
from rehabcoder.errors import PolicyError

RIGHT = """
id = "site"
name = "Site"
source = "contract 12"
rule = "midpoint"
[fees]
default = 30
97110 = 31.40
[[versions]]
version = "a"
effective_from = 2024-01-01
effective_to = 2024-12-31
[[versions]]
version = "b"
effective_from = 2025-01-01
rule = "cms"
source = "contract 13"
[versions.fees]
97110 = 33
"""


def write(folder: Path, text: str, name: str = "site.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", shipped_policies())
def test_every_shipped_policy_is_right_and_crosses_processes(name: str) -> None:
    policy = load_policy(name)
    assert policy.id == name
    assert policy.source
    assert pickle.loads(pickle.dumps(policy)) == policy


def test_the_policies_that_must_ship() -> None:
    assert {"medicare-part-b", "commercial-midpoint", "chiropractic-network", "template"} <= set(shipped_policies())
    network = load_policy("chiropractic-network")
    assert (network.most_therapies_per_visit, network.most_therapies_phase) == (2, "initial")
    assert network.least_minutes_of_service == 8
    assert {"short_service", "too_many_therapies"} <= set(network.findings_on)
    assert load_policy("commercial-midpoint").rule == "midpoint"


@pytest.mark.parametrize(
    ("day", "threshold", "assistant", "share"),
    [
        ("2018-01-01", 2010, "none", 1),
        ("2019-06-30", 2040, "none", 1),
        ("2020-01-01", 2080, "ten_percent", 1),
        ("2021-12-31", 2110, "ten_percent", 1),
        ("2022-01-01", 2150, "ten_percent_2022", Decimal("0.85")),
        ("2023-05-05", 2230, "ten_percent_2022", Decimal("0.85")),
        ("2024-12-31", 2330, "ten_percent_2022", Decimal("0.85")),
        ("2025-01-01", 2410, "ten_percent_2022", Decimal("0.85")),
        ("2026-07-01", 2480, "ten_percent_2022", Decimal("0.85")),
    ],
)
def test_a_note_is_judged_by_the_rules_of_its_day(day: str, threshold: int, assistant: str, share: Decimal) -> None:
    policy = load_policy("medicare-part-b", on=date.fromisoformat(day))
    assert policy.version == day[:4]
    assert policy.rules_version == f"medicare-part-b@{day[:4]}"
    terms = policy.modifiers
    assert (terms.kx_threshold, terms.assistant, terms.assistant_share) == (threshold, assistant, share)


def test_years_before_the_thresholds_at_hand_have_none() -> None:
    policy = load_policy("medicare-part-b", on=date(2012, 3, 4))
    assert (policy.rule, policy.modifiers.kx_threshold) == ("cms", 0)


def test_a_version_names_only_what_differs(tmp_path: Path) -> None:
    old, new = read_policy(write(tmp_path, RIGHT))
    assert (old.rule, new.rule) == ("midpoint", "cms")
    assert (old.fee("97110"), old.fee("97530")) == (Decimal("31.40"), Decimal(30))
    assert (new.fee("97110"), new.fee("97530")) == (Decimal(33), Decimal(30))
    assert new.source == "contract 12; contract 13"


def test_a_policy_file_that_changed_is_read_anew(tmp_path: Path) -> None:
    path = write(tmp_path, RIGHT)
    assert load_policy(path, on=date(2024, 5, 1)).rule == "midpoint"
    import os

    write(tmp_path, RIGHT.replace('rule = "midpoint"', 'rule = "cms"'))
    os.utime(path, ns=(1, 1))
    assert load_policy(path, on=date(2024, 5, 1)).rule == "cms"


def test_without_a_fee_money_stays_unknown() -> None:
    assert load_policy().fee("97110") is None


def test_a_day_that_no_version_covers(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"no version in force on 2023-12-31; it covers 2024-01-01 to today"):
        load_policy(write(tmp_path, RIGHT), on=date(2023, 12, 31))
    past = RIGHT.split("[[versions]]")
    assert load_policy(write(tmp_path, "[[versions]]".join(past[:2]), "past.toml")).version == "a"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('rule = "midpoint"', 'rule = "eight"', "rule is 'eight'"),
        ('rule = "midpoint"', 'rule = "midpoint"\ntiebreak = "x"', "unknown key tiebreak"),
        ('rule = "midpoint"', 'rule = "midpoint"\nmost_therapy_per_visit = 2', "Did you mean most_therapies_per_visit"),
        ("default = 30", 'default = "thirty"', "fees.default is 'thirty'"),
        ("default = 30", "default = nan", "fees.default"),
        ("default = 30", "default = -1", "fees.default"),
        ("default = 30", "default = true", "fees.default is True"),
        ("97110 = 31.40", "99999 = 31.40", "99999"),
        ("effective_to = 2024-12-31", "effective_to = 2025-06-30", "overlap"),
        ("effective_to = 2024-12-31", "effective_to = 2025-01-01", "overlap"),
        ("effective_to = 2024-12-31", "", "overlap"),
        ("effective_to = 2024-12-31", "effective_to = 2023-12-31", "before it begins"),
        ("effective_to = 2024-12-31", 'effective_to = "2024"', "effective_to is '2024'"),
        ('version = "b"', 'version = "b"\nfee = 3', r"unknown key versions\[2\].fee"),
        ('id = "site"', "", "lacks the key id"),
        ('id = "site"', 'id = "My Site"', "id is 'My Site'"),
        ('version = "b"\n', "", "lacks the key version"),
        ("[fees]", "[fees", "no valid TOML"),
        ("[fees]", "[modifiers]\nassistant_share = 2\n[fees]", "assistant_share"),
        ("[fees]", '[codes.97010]\nbill_as = "1"\n[fees]', "'1'"),
        ("[fees]", "least_minutes_of_service = 7.5\n[fees]", "least_minutes_of_service"),
        ("[fees]", 'findings_on = "all"\n[fees]', "findings_on"),
        ("[fees]", 'findings_off = ["missing_minuts"]\n[fees]', "'missing_minuts', which is no finding. Did you mean"),
        ("[fees]", "findings_off = [3]\n[fees]", "3, which is no finding"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_the_key(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in RIGHT
    with pytest.raises(PolicyError, match=says) as caught:
        read_policy(write(tmp_path, RIGHT.replace(old, new, 1)))
    assert "site.toml" in str(caught.value)
    assert caught.value.remedy


def test_a_policy_without_versions(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="lacks the key versions"):
        read_policy(write(tmp_path, RIGHT.split("[[versions]]")[0]))


def test_names_and_files_that_do_not_exist(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"no policy is called 'medicaid'.*medicare-part-b"):
        policy_path("medicaid")
    with pytest.raises(PolicyError, match=r"nowhere\.toml: No such file"):
        load_policy(tmp_path / "nowhere.toml")


def test_two_files_of_one_policy_may_not_overlap(tmp_path: Path) -> None:
    write(tmp_path, RIGHT, "one.toml")
    write(tmp_path, RIGHT, "two.toml")
    good, errors = check_policies([str(tmp_path)])
    assert len(good) == 2
    assert len(errors) == 1
    assert "one.toml and" in str(errors[0])
    assert "overlap" in str(errors[0])


def test_days_next_to_each_other_do_not_overlap(tmp_path: Path) -> None:
    check_dates(read_policy(write(tmp_path, RIGHT)))


def test_comparing_two_days_of_one_policy() -> None:
    rows = compare_policies("medicare-part-b@2021-06-01", "medicare-part-b@2024-06-01")
    changed = {row["key"]: (row["first"], row["second"]) for row in rows}
    assert changed["modifiers.kx_threshold"] == (2110, 2330)
    assert changed["modifiers.assistant"] == ("ten_percent", "ten_percent_2022")
    assert "rule" not in changed
    assert compare_policies("medicare-part-b@2024-01-01", "medicare-part-b@2024-12-31") == []


def test_a_policy_as_plain_json_types() -> None:
    table = plain(load_policy("medicare-part-b", on=date(2024, 1, 1)))
    assert table["effective_from"] == "2024-01-01"
    assert table["modifiers"]["kx_threshold"] == 2330.0
    assert table["codes"]["97014"]["bill_as"] == "G0283"
