"""Drawing: the same again from seed and frame, fair, and with strata of any size."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelled_notes import load, pairs

from rehabcoder.errors import UsageError
from rehabcoder.note import CodedNote, Note, Service
from rehabcoder.worklist import sampling
from rehabcoder.worklist.answer import Answer, parse_codes
from rehabcoder.worklist.findings import reviewed, sample_findings
from rehabcoder.worklist.risk import Money
from rehabcoder.worklist.rules import policy_on
from rehabcoder.worklist.sampling import Unit, allocate, draw, frame_hash
from rehabcoder.worklist.store import decisions, queue, samples
from rehabcoder.worklist.store.decisions import ConflictError
from rehabcoder.worklist.store.queue import Filters


def frame(sizes: dict[str, int]) -> list[Unit]:
    units = [(name, number) for name, size in sizes.items() for number in range(size)]
    return [Unit(at, f"{name}-{number}", "c", name, float(at)) for at, (name, number) in enumerate(units)]


def test_a_draw_can_be_made_again_with_a_pocket_program():
    units = frame({"x": 50})
    drawn = draw(units, design="simple", size=5, seed=42)
    lines = "".join(f"{name}\tc\n" for name in sorted(unit.note_id for unit in units))
    sha = hashlib.sha256(lines.encode()).hexdigest()
    assert drawn.frame_sha256 == sha
    ranked = sorted((u.note_id for u in units), key=lambda name: hashlib.sha256(f"42|{sha}|{name}".encode()).digest())
    assert [each.unit.note_id for each in drawn.draws] == ranked[:5]


@given(st.randoms(use_true_random=False), st.sampled_from(sampling.DESIGNS))
def test_the_order_of_the_frame_does_not_matter(shuffler, design):
    units = frame({"x": 9, "y": 5, "z": 1})
    shuffled = units.copy()
    shuffler.shuffle(shuffled)
    assert draw(units, design=design, size=8, seed=1) == draw(shuffled, design=design, size=8, seed=1)


def test_another_seed_or_frame_gives_another_sample():
    units = frame({"x": 200})
    first = {each.unit.id for each in draw(units, design="simple", size=20, seed=1).draws}
    assert first != {each.unit.id for each in draw(units, design="simple", size=20, seed=2).draws}
    assert frame_hash(units) != frame_hash(units[1:])


def test_every_note_is_as_likely():
    units = frame({"x": 40})
    hits = Counter(
        each.unit.id for seed in range(2000) for each in draw(units, design="simple", size=4, seed=seed).draws
    )
    # 200 expected each, standard deviation 13.4
    assert set(hits) == set(range(40))
    assert max(abs(count - 200) for count in hits.values()) < 5 * 13.4


def test_risk_weighted_draws_follow_the_risk():
    units = [Unit(at, f"n{at}", "c", "", risk) for at, risk in enumerate([1.0, 9.0, 90.0])]
    hits: Counter[int] = Counter()
    for seed in range(300):
        for each in draw(units, design="risk", size=3, seed=seed).draws:
            hits[each.unit.id] += each.draws
            assert each.chance == pytest.approx(units[each.unit.id].risk / 100)
    assert sum(hits.values()) == 900
    assert hits[2] == pytest.approx(810, abs=45)
    assert hits[1] == pytest.approx(81, abs=45)


@given(
    st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(1, 30), min_size=1, max_size=8), st.data()
)
def test_shares_add_up_and_no_stratum_is_left_without_two(sizes, data):
    least = sum(min(2, size) for size in sizes.values())
    size = data.draw(st.integers(least, sum(sizes.values())))
    shares = allocate(sizes, size)
    assert sum(shares.values()) == size
    for name, share in shares.items():
        assert min(2, sizes[name]) <= share <= sizes[name]


def test_shares_are_in_proportion():
    assert allocate({"a": 600, "b": 300, "c": 100}, 50) == {"a": 30, "b": 15, "c": 5}


def test_small_strata_are_put_together_when_there_are_too_many():
    drawn = draw(frame({"big": 50} | {f"s{n}": 1 for n in range(9)}), design="stratified", size=6, seed=3)
    assert sum(taken for _, _, taken in drawn.strata) == 6
    assert sum(size for _, size, _ in drawn.strata) == 59
    assert "(small strata)" in {name for name, _, _ in drawn.strata}


def test_a_stratum_with_one_member_is_taken_whole():
    drawn = draw(frame({"a": 20, "alone": 1}), design="stratified", size=6, seed=3)
    assert {name: taken for name, _, taken in drawn.strata}["alone"] == 1


@pytest.mark.parametrize(("size", "says"), [(11, "fewer than the 11"), (1, "at least two"), (0, "at least two")])
def test_impossible_sizes(size, says):
    with pytest.raises(UsageError, match=says):
        draw(frame({"a": 10}), design="simple", size=size, seed=1)
    with pytest.raises(UsageError, match="frame is empty"):
        draw([], design="simple", size=3, seed=1)


@pytest.fixture
def sampled(database):
    """Every open note accepted by Ann, and a simple sample of twelve of them."""
    with database.write() as connection:
        for item in queue.page(connection, Filters(), limit=1000):
            decisions.record(connection, queue.open_case(connection, item.id), "settle", reviewer="Ann")
        units = samples.frame(connection, Filters(state="accepted"))
        drawn = draw(units, design="simple", size=12, seed=7)
        made = samples.save(connection, drawn, name="q4", by="Ann", made_from={}, confidence=0.9, precision=0.3)
        return database, made


def review(database, made, answer_of, reviewer="Bo", most=None):
    with database.write() as connection:
        for item in samples.items(connection, made.id)[:most]:
            samples.second(connection, item, answer_of(item), reviewer=reviewer, settle=True)
        return sample_findings(made, samples.items(connection, made.id), policy_on())


def test_a_second_look_that_agrees_finds_no_error(sampled):
    database, made = sampled
    found = review(database, made, lambda item: Answer(item.first.services))
    assert (found.errors, found.reviewed, found.rate.value) == (0, 12, 0.0)
    assert found.between.kappa == 1.0
    assert found.reached  # 0 of 12, frame of about 45: the upper limit is near 0.17, half of it below 0.3


def test_errors_are_counted_by_what_is_billed(sampled):
    database, made = sampled
    wrong = {0, 5}
    found = review(
        database,
        made,
        lambda item: Answer(parse_codes("97028")) if item.position - 1 in wrong else Answer(item.first.services),
    )
    assert found.errors == 2
    assert found.rate.low < 2 / 12 < found.rate.high
    assert found.between_by_code["97028"].agreed == 10
    assert found.net is not None


def test_half_reviewed_says_so(sampled):
    database, made = sampled
    assert review(database, made, lambda item: item.first, most=0).rate is None
    found = review(database, made, lambda item: item.first, most=1)
    assert (found.reviewed, found.reached, found.net) == (1, False, None)


def test_nobody_reviews_their_own_decision_or_twice(sampled):
    database, made = sampled
    for name in ("Ann", "ann ", "A NN"):
        with pytest.raises(UsageError, match="you decided this note yourself"):
            review(database, made, lambda item: item.first, reviewer=name, most=1)
        with database.read() as connection:
            assert samples.next_unreviewed(connection, made.id, reviewer=name) is None
    review(database, made, lambda item: item.first, most=1)
    with pytest.raises(ConflictError):
        review(database, made, lambda item: item.first, reviewer="Cy", most=1)


def test_a_second_look_leaves_the_first_decision_and_logs_a_blind_one(sampled):
    database, made = sampled
    review(database, made, lambda item: Answer(), most=1)
    with database.read() as connection:
        item = samples.items(connection, made.id)[0]
        assert queue.open_case(connection, item.note).item.state == "accepted"
        assert queue.history(connection, item.note)[-1]["mark"] == "blind"


def test_a_case_for_the_second_look_shows_nothing_of_the_first(sampled):
    database, made = sampled
    with database.read() as connection:
        case = samples.case_of(connection, samples.items(connection, made.id)[0])
    assert case.answer == Answer()
    assert not case.touched


def test_a_name_is_used_once(sampled):
    database, _ = sampled
    with database.write() as connection:
        drawn = draw(samples.frame(connection, Filters(state="accepted")), design="simple", size=2, seed=1)
        with pytest.raises(UsageError, match="already"):
            samples.save(connection, drawn, name="q4", by="Ann", made_from={}, confidence=0.9, precision=0.1)


def test_strata_come_from_the_notes(database, items):
    with database.read() as connection:
        units = samples.frame(connection, Filters(state=None), by=["clinician", "payer"])
        assert Counter(u.stratum for u in units) == Counter(f"{n.clinician} / {n.payer}" for n, _ in items)
        with pytest.raises(UsageError, match="stratified by 'patient_id'"):
            samples.frame(connection, Filters(), by=["patient_id"])


def test_stratified_and_risk_samples_are_estimated(empty):
    load(empty, pairs(120))
    for design in ("stratified", "risk"):
        with empty.write() as connection:
            units = samples.frame(connection, Filters(state=None), by=["clinician"] if design == "stratified" else ())
            drawn = draw(units, design=design, size=30, seed=1)
            made = samples.save(connection, drawn, name=design, by="Ann", made_from={}, confidence=0.9, precision=0.1)
        shuffler = random.Random(1)
        wrong = {n for n in range(1, 31) if shuffler.random() < 0.3}
        found = review(
            empty,
            made,
            lambda item, wrong=wrong: Answer(parse_codes("97150")) if item.position in wrong else item.first,
        )
        assert found.rate.low <= found.rate.value <= found.rate.high
        assert 0 < found.rate.value < 1
        assert found.over.value >= 0
        assert found.net.value == pytest.approx(found.over.value - found.under.value)


def test_money_of_a_sample_takes_the_units_of_a_column(empty):
    notes = [Note(name, f"Therex 15 min {name}", billed_units={"97110": 3}) for name in "ab"]
    service = Service(0, 13, "Therex 15 min", "97110", labelled="97110", minutes=15)
    load(empty, [(n, CodedNote(n.note_id, text_sha256=n.text_sha256, interventions=[service])) for n in notes])
    with empty.write() as connection:
        drawn = draw(samples.frame(connection, Filters(state=None)), design="simple", size=2, seed=1)
        made = samples.save(connection, drawn, name="q", by="Ann", made_from={}, confidence=0.9, precision=0.1)
        found = [reviewed(replace(item, second=item.first), policy_on()) for item in samples.items(connection, made.id)]
    assert [(each.wrong, each.money) for each in found] == [(False, Money(90.0, 60.0, 0.0))] * 2


def second_looks(empty, *, labelled, first, second):
    """Three notes by the same services, accepted by Ann, sampled whole and looked at again by Bo."""
    services = [Service(6 * n, 6 * n + 5, "Words", code, labelled=labelled, minutes=m) for n, (code, m) in first]
    notes = [Note(name, f"Words Words Words {name}") for name in "abc"]
    load(empty, [(n, CodedNote(n.note_id, text_sha256=n.text_sha256, interventions=services)) for n in notes])
    with empty.write() as connection:
        for item in queue.page(connection, Filters(state=None), limit=9):
            decisions.record(connection, queue.open_case(connection, item.id), "settle", reviewer="Ann")
        drawn = draw(samples.frame(connection, Filters(state=None)), design="simple", size=3, seed=1)
        made = samples.save(connection, drawn, name="q", by="Ann", made_from={}, confidence=0.9, precision=0.1)
    return review(empty, made, lambda item: Answer(parse_codes(second)))


def test_what_is_not_billable_makes_no_error(empty):
    found = second_looks(
        empty, labelled=None, first=enumerate([("97110", 15), ("none", 10), ("97014", None)]), second="97110=15 G0283"
    )
    assert (found.errors, found.rate.value, found.differences) == (0, 0.0, ())
    assert found.precision == "reached"  # the whole frame was looked at


def test_a_wrong_bill_is_no_wrong_decision_and_is_named(empty):
    found = second_looks(empty, labelled="97112", first=enumerate([("97110", 15)]), second="97110=15")
    assert found.errors == 0
    assert sorted(d.note_id for d in found.differences) == ["a", "b", "c"]
    assert [(d.in_error, d.billed, d.second, d.over, d.under) for d in found.differences] == [
        (False, {"97112": 1}, {"97110": 1}, 30.0, 30.0)
    ] * 3


def test_a_note_in_error_is_named_with_both_answers(empty):
    found = second_looks(empty, labelled=None, first=enumerate([("97110", 15)]), second="97530=25")
    assert found.errors == 3
    assert {(d.first_by, d.second_by, d.in_error) for d in found.differences} == {("Ann", "Bo", True)}
    assert (found.differences[0].first, found.differences[0].second) == ({"97110": 1}, {"97530": 2})
