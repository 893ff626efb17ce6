"""The gate's arithmetic: what is lost, what is kept, how sure."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehabcoder.training.gate import JUDGED_FROM, TOLERATED, Row, Tally, change, judge, tally
from rehabcoder.training.outcomes import Outcome, Pair


def note(*services: tuple[str, dict[str, float]], clinic: str = "north") -> Tally:
    """A note whose services, each with its labelled code, are given codes by these shares."""
    pairs = [
        Pair(gold, max(shares, key=lambda c: shares[c]), 10 * k, 10 * k + 9)
        for k, (gold, shares) in enumerate(services)
    ]
    given = [(gold, sorted(shares.items(), key=lambda s: -s[1])) for gold, shares in services]
    return tally(Outcome(clinic, "x:1", "words", pairs), given)


def notes(right: float, count: int = 60, code: str = "97110", clinic: str = "north") -> list[Tally]:
    """One service a note, given its code with a share of `right`."""
    return [note((code, {code: right, "97530": 1 - right}), clinic=clinic) for _ in range(count)]


class TestTally:
    def test_a_service_counts_by_the_share_of_its_code(self) -> None:
        found = note(("97110", {"97110": 0.7, "97530": 0.3}))
        assert found.codes["97110"] == pytest.approx([0.7, 0.0, 0.3])
        assert found.codes["97530"] == pytest.approx([0.0, 0.3, 0.0])
        assert dict(found.services) == {"97110": 1}
        assert found.read == (1, 0, 0)

    def test_shares_that_do_not_add_up_are_made_to(self) -> None:
        found = note(("97110", {"97110": 0.35, "97530": 0.15}))
        assert found.codes["97110"] == pytest.approx([0.7, 0.0, 0.3])

    def test_none_is_no_code_but_a_code_in_its_place_is_false(self) -> None:
        found = note(("none", {"97110": 0.6, "none": 0.4}))
        assert found.codes["97110"] == pytest.approx([0.0, 0.6, 0.0])
        assert "none" not in found.codes
        assert sum(found.services.values()) == 0

    def test_two_names_of_one_service_are_one(self) -> None:
        assert note(("G0283", {"97014": 1.0})).codes["G0283"] == pytest.approx([1.0, 0.0, 0.0])

    def test_a_description_is_not_read_from_a_note(self) -> None:
        outcome = Outcome("north", "x:1", "squats", [Pair("97110", "97110", 0, 6)], of_whole_note=False)
        assert tally(outcome, [("97110", [("97110", 1.0)])]).read is None


class TestChange:
    def rows(self, present: list[Row], new: list[Row]) -> list[tuple[Row, Row]]:
        return list(zip(present, new, strict=True))

    def test_f1_before_and_after(self) -> None:
        found = change("x", self.rows([(1, 0, 0), (0, 1, 1)] * 50, [(1, 0, 0), (1, 0, 0)] * 50), seed=1)
        assert (found.present, found.new, found.services) == (0.5, 1.0, 100)
        assert 0.35 < found.low < 0.5 < found.high < 0.65
        assert not found.lost

    def test_limits_agree_with_the_normal_ones_where_those_hold(self) -> None:
        """A note in ten turns from right to wrong: the F1 of one code is then the share that is right."""
        present: list[Row] = [(1, 0, 0)] * 400
        new: list[Row] = [(0, 1, 1)] * 40 + [(1, 0, 0)] * 360
        found = change("x", self.rows(present, new), seed=1)
        error = 1.96 * (0.1 * 0.9 / 400) ** 0.5
        assert found.low == pytest.approx(-0.1 - error, abs=0.006)
        assert found.high == pytest.approx(-0.1 + error, abs=0.006)
        assert found.lost

    def test_a_pair_is_drawn_together(self) -> None:
        """Notes differ much, models not at all: drawn apart, the limits would be wide."""
        random_ = random.Random(3)
        rows: list[Row] = [(1, 0, 0) if random_.random() < 0.5 else (0, 1, 1) for _ in range(50)]
        found = change("x", self.rows(rows, rows), seed=1)
        assert (found.low, found.high) == (0.0, 0.0)

    def test_the_seed_decides_the_draws(self) -> None:
        random_ = random.Random(4)
        rows = [tuple((random_.random(), random_.random(), random_.random()) for _ in range(2)) for _ in range(30)]
        first, again, other = (change("x", rows, seed=s) for s in (1, 1, 2))  # type: ignore[arg-type]
        assert first == again
        assert first.low != other.low

    def test_nothing_frozen_is_no_change(self) -> None:
        assert change("x", [], seed=1).services == 0

    @settings(max_examples=20)
    @given(st.lists(st.tuples(*[st.integers(0, 4)] * 6), min_size=1, max_size=30))
    def test_limits_lie_around_what_is_possible(self, rows: list[tuple[int, ...]]) -> None:
        found = change("x", [(row[:3], row[3:]) for row in rows], seed=1)  # type: ignore[misc]
        assert -1 <= found.low <= found.high <= 1
        assert 0 <= found.present <= 1


class TestVerdict:
    def test_the_same_model_passes(self) -> None:
        verdict = judge(notes(0.8), notes(0.8))
        assert verdict.passed
        assert verdict.lost == []

    def test_a_worse_model_is_refused_and_the_place_named(self) -> None:
        before = notes(0.9, 80) + notes(0.9, 80, "97140")
        after = notes(0.9, 80) + notes(0.8, 80, "97140")
        verdict = judge(before, after)
        assert not verdict.passed
        assert [c.name for c in verdict.lost] == ["all codes", "97140"]
        assert verdict.to_json()["lost"] == ["all codes", "97140"]

    def test_one_code_alone_is_enough(self) -> None:
        before = notes(0.9, 900) + notes(0.9, 60, "97140")
        verdict = judge(before, notes(0.9, 900) + notes(0.8, 60, "97140"))
        assert [c.name for c in verdict.lost] == ["97140"]
        assert verdict.overall.low > TOLERATED

    def test_a_code_with_fewer_frozen_services_is_not_judged_by_itself(self) -> None:
        before = notes(0.9, 900) + notes(0.9, JUDGED_FROM - 1, "97140")
        verdict = judge(before, notes(0.9, 900) + notes(0.2, JUDGED_FROM - 1, "97140"))
        assert [c.name for c in verdict.codes] == ["97110"]
        assert len(judge(notes(0.9, JUDGED_FROM), notes(0.9, JUDGED_FROM)).codes) == 1

    def test_a_loss_that_cannot_be_told_from_chance_is_refused_too(self) -> None:
        """A gain on average whose lower limit is under the tolerance: not shown to be no worse."""
        random_ = np.random.default_rng(5)
        before = [note(("97110", {"97110": p, "97530": 1 - p})) for p in random_.uniform(0, 1, 40)]
        after = [note(("97110", {"97110": p, "97530": 1 - p})) for p in random_.uniform(0.02, 1, 40)]
        verdict = judge(before, after)
        assert verdict.overall.low < TOLERATED
        assert not verdict.passed

    def test_clinics_are_shown_and_not_judged(self) -> None:
        before = notes(0.9, 900) + notes(0.9, 30, "97140", clinic="south")
        verdict = judge(before, notes(0.9, 900) + notes(0.7, 30, "97140", clinic="south"))
        assert [(c.name, c.lost) for c in verdict.clinics] == [("north", False), ("south", True)]
        assert verdict.passed

    def test_too_few_frozen_services_are_no_proof(self) -> None:
        verdict = judge(notes(0.9, 10), notes(0.9, 10))
        assert not verdict.passed
        assert verdict.to_json()["lost"] == ["too few frozen services"]

    def test_a_reading_that_got_worse_is_refused_though_codes_are_right(self) -> None:
        before, after = notes(0.9, 100), notes(0.9, 100)
        for one in after[:10]:
            one.read = (0, 0, 1)
        verdict = judge(before, after)
        assert [c.name for c in verdict.lost] == ["reading"]
        assert "reading: F1 1.000 -> 0.947 on 100 services" in str(verdict.lost[0])

    def test_a_card_names_no_clinic(self) -> None:
        assert "north" not in str(judge(notes(0.9), notes(0.9)).to_json())
