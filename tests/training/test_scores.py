"""Figures of a training: the same as the yardstick's on the same notes, and right by themselves."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_world import World, records
from yardstick import oracle

from rehabcoder.billing.policies import load_policy
from rehabcoder.coder import load
from rehabcoder.note import Note, Service
from rehabcoder.predict.store import load_model
from rehabcoder.training import scores
from rehabcoder.training.calibrate import say
from rehabcoder.training.direction import Moves, direction
from rehabcoder.training.labelled import note_of
from rehabcoder.training.learning import SHARES, learning_curve
from rehabcoder.training.outcomes import Outcome, Pair, match, outcome_of
from rehabcoder.training.suspects import suspects

ORACLE = Path(__file__).parents[1] / "oracle"


@pytest.fixture(scope="module")
def yardstick() -> ModuleType:
    return oracle()


@pytest.fixture(scope="module")
def notes() -> list[dict[str, Any]]:
    return records("clinic-d", slice(40)) + records("clinic-h", slice(40)) + records("clinic-c", slice(40))


@pytest.fixture(scope="module")
def outcomes(world: World, notes: list[dict[str, Any]]) -> list[Outcome]:
    model = load_model(world.model)
    return [
        outcome_of(a, model, clinic="d", place=a.note.note_id) for a in say(model, [note_of(r, "d") for r in notes])
    ]


@pytest.fixture(scope="module")
def scored(world: World, notes: list[dict[str, Any]], yardstick: ModuleType) -> dict[str, Any]:
    coded = load(world.model).code([Note(row["id"], row["text"]) for row in notes])
    result, _ = yardstick.score([one.to_json() for one in coded], notes)
    return dict(result)


class TestBesideTheYardstick:
    def test_f1_of_all_codes_and_of_each(self, outcomes: list[Outcome], scored: dict[str, Any]) -> None:
        assert scores.overall(outcomes).f1 == pytest.approx(scored["code_f1"])
        by_code = scores.by_code(outcomes)
        for code in ("97110", "97112", "97530"):
            assert by_code[code].f1 == pytest.approx(scored[f"f1_{code}"])
        assert scored["code_f1"] < 0.95  # otherwise there would be nothing to disagree about

    def test_codes_of_services_found(self, outcomes: list[Outcome], scored: dict[str, Any]) -> None:
        assert scores.code_given_found(outcomes) == pytest.approx(scored["code_given_found"])

    def test_calibration_error(self, outcomes: list[Outcome], scored: dict[str, Any]) -> None:
        # The yardstick's confidences are rounded to four places, which moves services over the edges of bins.
        rounded = [
            replace(o, pairs=[replace(pair, confidence=round(pair.confidence, 4)) for pair in o.pairs])
            for o in outcomes
        ]
        assert scores.calibration_error(scores.reliability(rounded)) == pytest.approx(scored["ece"])

    def test_settled_services(self, outcomes: list[Outcome], scored: dict[str, Any]) -> None:
        share, right = scores.settled(outcomes)
        assert share == pytest.approx(scored["settled_share"])
        assert right == pytest.approx(scored["settled_right"])

    @given(st.data())
    def test_matching(self, yardstick: ModuleType, data: Any) -> None:
        def spans() -> list[Service]:
            starts = data.draw(st.lists(st.integers(0, 60), max_size=5))
            sizes = data.draw(st.lists(st.integers(1, 25), min_size=len(starts), max_size=len(starts)))
            codes = data.draw(
                st.lists(st.sampled_from(["97110", "none", "97530"]), min_size=len(starts), max_size=len(starts))
            )
            return [Service(a, a + n, "", code) for a, n, code in zip(starts, sizes, codes, strict=True)]

        gold, coded = spans(), spans()

        def plain(services: list[Service]) -> list[dict[str, Any]]:
            return [{"start": s.start, "end": s.end, "code": s.code} for s in services]

        assert match(gold, coded) == yardstick.match(plain(gold), plain(coded))


def outcome(*pairs: tuple[str | None, str | None, float, bool], clinic: str = "north") -> Outcome:
    """Services as labelled, as coded, with a confidence and whether the tool settled them."""
    made = [Pair(g, c, 0, 5, None, sure, settled, g == c) for g, c, sure, settled in pairs]
    return Outcome(clinic, "x:1", "squat", made)


class TestFigures:
    def test_precision_recall_and_f1(self) -> None:
        found = scores.by_code(
            [outcome(("97110", "97110", 1, True), ("97110", "97530", 1, True), ("none", "97110", 1, True))]
        )
        assert (found["97110"].precision, found["97110"].recall, found["97110"].f1) == (0.5, 0.5, 0.5)
        assert found["97530"].f1 == 0.0
        assert "none" not in found

    def test_confusion_keeps_what_was_not_found_and_not_labelled(self) -> None:
        rows, columns, table = scores.confusion(
            [
                outcome(
                    ("97110", "97110", 1, True),
                    ("97110", "97530", 1, True),
                    ("97112", None, 1, True),
                    (None, "none", 1, True),
                )
            ]
        )
        at = {(r, c): table[rows.index(r)][columns.index(c)] for r in rows for c in columns}
        assert at["97110", "97110"] == at["97110", "97530"] == 1
        assert at["97112", "not found"] == 1
        assert at["not labelled", "none"] == 1
        assert sum(sum(row) for row in table) == 4

    def test_rare_codes_are_taken_together(self) -> None:
        rare = [outcome((str(97000 + k), str(97000 + k), 1, True)) for k in range(14)]
        rows, _, table = scores.confusion(rare, most=10)
        assert len(rows) == 12
        assert table[rows.index("other")][rows.index("other")] == 4

    def test_coverage_lets_the_surest_through_first(self) -> None:
        curve = scores.coverage([outcome(("97110", "97110", 0.9, True), ("97110", "97530", 0.4, False))], points=2)
        assert [(p.share, p.wrong) for p in curve] == [(0.5, 0.0), (1.0, 0.5)]

    def test_reliability_of_a_tool_that_is_too_sure(self) -> None:
        half = [outcome(("97110", "97110", 0.9, True), ("97110", "97530", 0.9, True))] * 10
        bins = scores.reliability(half, bins=1)
        assert [(b.confidence, b.right, b.services) for b in bins] == [(pytest.approx(0.9), 0.5, 20)]
        assert scores.calibration_error(bins) == pytest.approx(0.4)

    def test_clinics(self) -> None:
        groups = scores.by_clinic([outcome(clinic="b"), outcome(clinic="a"), outcome(clinic="b")])
        assert {name: len(group) for name, group in groups.items()} == {"a": 1, "b": 2}


class TestSuspects:
    def test_the_most_doubtful_first_with_their_words(self) -> None:
        text = "squats for strength. lifting crates."
        wrong = [Pair("97530", "97110", 0, 20, doubt=0.6), Pair("97110", "97530", 21, 36, doubt=0.9)]
        right = [Pair("97110", "97110", 0, 20), Pair("97110", "97530", 0, 20, doubt=0.1)]
        found = suspects([Outcome("north", "l.jsonl:3", text, wrong), Outcome("north", "l.jsonl:4", text, right)])
        assert [(s.place, s.quote, s.code, s.proposed) for s in found] == [
            ("l.jsonl:3", "lifting crates.", "97110", "97530"),
            ("l.jsonl:3", "squats for strength.", "97530", "97110"),
        ]

    def test_a_planted_wrong_label_is_among_them(self, world: World, notes: list[dict[str, Any]]) -> None:
        model, rows = load_model(world.model), [dict(row) for row in notes[:40]]
        wrong = next(row for row in rows if [s["code"] for s in row["interventions"]].count("97110") == 1)
        wrong["interventions"] = [
            s | ({"code": "97535"} if s["code"] == "97110" else {}) for s in wrong["interventions"]
        ]
        found = suspects(
            [
                outcome_of(a, model, clinic="d", place=a.note.note_id)
                for a in say(model, [note_of(r, "d") for r in rows])
            ]
        )
        assert (wrong["id"], "97535", "97110") in {(s.place, s.code, s.proposed) for s in found}


def services(*codes: tuple[str, str | None, int]) -> list[Service]:
    return [Service(10 * k, 10 * k + 9, "", code, label, minutes) for k, (code, label, minutes) in enumerate(codes)]


class TestDirection:
    policy = load_policy("medicare-part-b")

    def made(self, note: list[Service], count: int) -> list[Outcome]:
        return [Outcome("north", "x:1", "words", [], note, note) for _ in range(count)]

    def test_up_down_and_the_same(self) -> None:
        up = services(("97110", "none", 15))
        down = services(("none", "97110", 15))
        same = services(("97530", "97110", 15))
        found = direction([*self.made(up, 2), *self.made(down, 1), *self.made(same, 3)], self.policy)
        assert (found.tool.up, found.tool.down, found.tool.same) == (2, 1, 3)
        assert (found.tool.dollars_up, found.tool.dollars_down, found.tool.net) == (60.0, 30.0, 30.0)
        assert found.flat_fees
        assert found.tool.labels["97110", "97530"] == 3

    def test_a_site_with_fees_of_its_own_is_valued_by_them(self) -> None:
        ours = replace(self.policy, fees={"97110": Decimal("28.50"), "97530": Decimal("36.00")})
        found = direction(self.made(services(("97530", "97110", 15)), 1), ours)
        assert (found.tool.up, found.tool.net) == (1, 7.5)
        assert not found.flat_fees

    def test_notes_without_labels_say_nothing(self) -> None:
        found = direction(self.made(services(("97110", None, 15)), 5), self.policy)
        assert (found.tool.up, found.tool.down, found.tool.same) == (0, 0, 0)

    def test_one_way_only_is_warned_of(self) -> None:
        up, down = services(("97110", "none", 15)), services(("none", "97110", 15))
        assert direction([*self.made(up, 8), *self.made(down, 7)], self.policy).warnings == []
        assert direction(self.made(up, 9), self.policy).warnings == []  # nine can be chance's doing
        (first, second) = direction(self.made(up, 30), self.policy).warnings
        assert first.startswith("The tool moves notes up: 30 are worth more than by their labels, 0 less")
        assert second.startswith("none becomes 97110 30 times, 97110 becomes none 0 times")

    def test_a_one_sided_swap_of_codes_is_warned_of_though_money_stays(self) -> None:
        same = services(("97530", "97110", 15))
        assert direction(self.made(same, 20), self.policy).warnings == [
            "97110 becomes 97530 20 times, 97530 becomes 97110 0 times (your labellers: 20 and 0)."
        ]

    def test_moves_of_nothing(self) -> None:
        assert Moves().net == 0.0


def test_the_learning_curve_asks_for_what_it_has_not_learned(world: World) -> None:
    from small_world import SETTINGS

    from rehabcoder.training.assemble import assemble
    from rehabcoder.training.inputs import read_own

    material = assemble(read_own([world.own]), shipped=world.base)
    curve = learning_curve(material, load_model(world.model), SETTINGS, jobs=1)
    assert [p.share for p in curve.points] == list(SHARES)
    learned = [p.services for p in curve.points]
    assert learned[0] == 0
    assert learned == sorted(learned)
    # Half of the user's notes are left out in turn, so that at most the other half is learned.
    assert 0 < learned[-1] <= 0.7 * sum(len(p.note.services) for p in material.learned)
    for point in curve.points:
        assert 0 <= point.low <= point.right <= point.high
    assert curve.says
