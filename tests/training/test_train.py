"""A training from end to end, in a small world: what it writes, what it refuses, what it must never hold."""

from __future__ import annotations

import copy
import json
import re
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from small_world import DAY, Record, World, records, write

from rehabcoder.coder import load
from rehabcoder.errors import TrainingError
from rehabcoder.predict.store import load_model
from rehabcoder.training.assemble import assemble, is_frozen
from rehabcoder.training.inputs import read_own
from rehabcoder.training.records import ACCEPTED_WEIGHT
from rehabcoder.training.retrain import Trained

PLANTED = "Oyelaranova"


def flipped(rows: list[Record]) -> list[Record]:
    """Labels that call every exercise an activity and the other way round."""
    swap = {"97110": "97530", "97530": "97110", "97112": "97140"}
    rows = copy.deepcopy(rows)
    for row in rows:
        for service in row["interventions"]:
            service["code"] = swap.get(service["code"], service["code"])
    return rows


def planted(rows: list[Record], name: str) -> list[Record]:
    """The same notes, a patient's name in every one and inside every description."""
    rows = copy.deepcopy(rows)
    for row in rows:
        row["text"] = f"Patient {name} arrived on time.\n{row['text']}\n{name} will be seen again Friday."
        for service in row["interventions"]:
            said = f"{service['quote']} with {name}"
            row["text"] = row["text"].replace(service["quote"], said, 1)
            service["quote"] = said
            service.pop("start", None)
        row.pop("evidence", None)
    return rows


class TestTheModel:
    def test_it_can_be_loaded_and_codes_notes(self, good: Trained) -> None:
        assert good.model is not None
        coded = load(good.model)("TherEx x 15 min: squats 3x10 for quadriceps strength.")
        assert coded.model_version == good.card["version"]
        assert [s.code for s in coded.interventions] == ["97110"]

    def test_the_same_labels_make_the_same_file_to_the_byte_whatever_the_jobs(
        self, world: World, good: Trained, tmp_path: Path
    ) -> None:
        again = world.train(world.own, tmp_path / "out", force=True, jobs=2)
        assert again.model is not None
        assert good.model is not None
        assert again.model.read_bytes() == good.model.read_bytes()
        assert again.report.read_text() == good.report.read_text()

    def test_its_card_says_what_it_is_made_of(self, good: Trained) -> None:
        assert good.model is not None
        card = load_model(good.model).card
        assert card["trained_on"] == DAY.isoformat()
        assert card["seed"] == 1
        assert re.fullmatch(r"[0-9a-f]{64}", card["data_sha256"])
        assert {"numpy", "scipy", "scikit-learn", "rehabcoder"} <= card["versions"].keys()
        assert card["own"]["notes"] + card["own"]["frozen"] == 28
        assert 0 < card["metrics"]["own_f1"] <= 1
        assert card["gate"].keys() >= {"passed", "forced", "changes", "lost", "tolerated"}

    def test_it_names_neither_the_clinic_nor_the_file(self, good: Trained) -> None:
        assert good.model is not None
        assert b"riverside" not in everything_in(good.model)

    def test_notes_of_the_user_are_one_source(self, good: Trained) -> None:
        assert good.card["notes"]["own"] == good.card["own"]["notes"]


def everything_in(model: Path) -> bytes:
    with zipfile.ZipFile(model) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist()).lower()


class TestPatients:
    def test_a_name_in_every_note_of_a_clinic_is_nowhere_in_the_model(self, world: World, tmp_path: Path) -> None:
        rows = planted(records("clinic-d", slice(28)), PLANTED)
        half = len(rows) // 2
        files = [write(tmp_path / "jan.jsonl", rows[:half]), write(tmp_path / "feb.jsonl", rows[half:])]
        done = world.train(files, tmp_path / "out", force=True)
        assert done.model is not None
        inside = everything_in(done.model)
        # Whole, its stem, and any pair of words that holds it.
        assert PLANTED.lower().encode() not in inside
        assert PLANTED[:5].lower().encode() not in inside
        assert done.verdict.overall.services > 0

    def test_the_search_above_sees_what_a_model_holds(self, good: Trained) -> None:
        assert good.model is not None
        assert b"\nsquats\n" in everything_in(good.model)

    def test_a_name_that_two_clinics_share_would_be_kept_only_without_the_shipped_data(
        self, world: World, tmp_path: Path
    ) -> None:
        """With --only each clinic is a source: numbered, so that the card does not name it."""
        files = [write(tmp_path / f"{c}.jsonl", records(c, slice(40))) for c in ("clinic-d", "clinic-h")]
        material = assemble(read_own(files), only=True, shipped=world.base)
        assert {p.note.source for p in material.learned} == {"own-1", "own-2"}
        assert {s.source for s in material.snippets.snippets} == {"sentences"}
        assert not material.shipped


class TestTheGateAtWork:
    def test_wrong_labels_are_refused_with_the_place_of_the_loss_and_no_model_is_written(
        self, world: World, tmp_path: Path
    ) -> None:
        bad = write(tmp_path / "bad.jsonl", flipped(records("clinic-d", slice(40))))
        done = world.train(bad, tmp_path / "out")
        assert not done.verdict.passed
        assert "all codes" in {change.name for change in done.verdict.lost}
        assert done.model is None
        assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["report.html", "report.md"]
        assert "Refused by the gate; no model was written." in done.report.read_text()
        assert "- Lost: all codes: F1" in (tmp_path / "out" / "report.md").read_text()
        assert done.card["gate"]["forced"] is False

        forced = world.train(bad, tmp_path / "forced", force=True)
        assert forced.model is not None
        gate = load_model(forced.model).card["gate"]
        assert (gate["passed"], gate["forced"]) == (False, True)
        assert "all codes" in gate["lost"]


class TestWhatIsFrozen:
    def own(self, world: World, tmp_path: Path, mark: str | None) -> Any:
        rows = records("clinic-d", slice(40))
        for row in rows:
            if mark:
                row |= {"mark": mark, "setting": "Riverside"}
        return assemble(read_own([write(tmp_path / "labels.jsonl", rows)]), shipped=world.base)

    @pytest.mark.parametrize("mark", [None, "blind", "changed"])
    def test_one_note_in_five_or_so_and_always_the_same_ones(
        self, world: World, tmp_path: Path, mark: str | None
    ) -> None:
        material = self.own(world, tmp_path, mark)
        frozen = {p.note.note_id for p in material.frozen}
        assert 3 <= len(frozen) <= 15
        assert frozen == {r["id"] for r in records("clinic-d", slice(40)) if is_frozen(r["text"])}
        assert {p.note.weight for p in material.learned} == {1.0}

    def test_labels_only_accepted_from_a_suggestion_are_never_frozen_and_weigh_less(
        self, world: World, tmp_path: Path
    ) -> None:
        material = self.own(world, tmp_path, "accepted")
        assert material.frozen == []
        assert {p.note.weight for p in material.learned} == {ACCEPTED_WEIGHT}
        assert 0 < ACCEPTED_WEIGHT < 0.5

    def test_an_export_names_the_clinic_of_each_note(self, world: World, tmp_path: Path) -> None:
        material = self.own(world, tmp_path, "blind")
        assert {own.clinic for own in material.notes.values()} == {"Riverside"}
        assert {p.note.source for p in material.learned} == {"own"}

    def test_frozen_notes_are_in_no_training(self, world: World, tmp_path: Path) -> None:
        material = self.own(world, tmp_path, None)
        learned = {p.note.text for p in material.everything.notes}
        assert not learned & {p.note.text for p in material.frozen}


class TestBesideTheShippedData:
    def test_labels_that_are_shipped_already_are_no_news(self, world: World, tmp_path: Path) -> None:
        known, new = records("clinic-a", slice(10)), records("clinic-d", slice(20))
        material = assemble(read_own([write(tmp_path / "labels.jsonl", known + new)]), shipped=world.base)
        assert material.known == 10
        assert len(material.notes) == 20
        assert len(material.shipped) == 32

    def test_nothing_but_shipped_labels_is_refused(self, world: World, tmp_path: Path) -> None:
        path = write(tmp_path / "labels.jsonl", records("clinic-a", slice(16)) + records("clinic-b", slice(16)))
        with pytest.raises(TrainingError, match="all 32 labels are in the shipped data already"):
            assemble(read_own([path]), shipped=world.base)

    def test_a_shipped_note_that_is_labelled_otherwise_is_replaced_and_never_frozen(
        self, world: World, tmp_path: Path
    ) -> None:
        rows = flipped(records("clinic-a", slice(16))) + records("clinic-d", slice(10))
        material = assemble(read_own([write(tmp_path / "labels.jsonl", rows)]), shipped=world.base)
        shipped_texts = {row["text"] for row in records("clinic-a", slice(16))}
        assert material.replaced >= 12
        assert not {p.note.text for p in material.frozen} & shipped_texts

    def test_only_needs_two_clinics(self, world: World) -> None:
        with pytest.raises(TrainingError, match="at least two clinics") as refused:
            assemble(read_own([world.own]), only=True, shipped=world.base)
        assert "Give a file for each clinic" in str(refused.value)


class TestTheReport:
    def page(self, done: Trained) -> BeautifulSoup:
        return BeautifulSoup(done.report.read_text(encoding="utf-8"), "html.parser")

    def test_it_holds_all_that_was_promised(self, good: Trained) -> None:
        page = self.page(good)
        assert [h.get_text() for h in page.find_all("h2")] == [
            "The gate", "Codes", "Confusion", "Confidence and learning", "Labels most likely wrong", "Clinics",
            "Which way labels move",
        ]  # fmt: skip
        pictures = [svg.find("title").get_text() for svg in page.find_all("svg")]
        assert pictures == ["Reliability", "Coverage against error", "Learning curve"]
        markdown = good.report.with_suffix(".md").read_text(encoding="utf-8")
        for heading in ("## The gate", "## Codes", "## Confusion", "## Reliability", "## Learning curve"):
            assert heading in markdown

    def test_nothing_is_run_or_loaded(self, good: Trained) -> None:
        page = self.page(good)
        assert not page.find_all(["script", "link", "img", "iframe", "object", "embed", "form"])
        assert not [tag for tag in page.find_all(True) if any(name in tag.attrs for name in ("src", "href", "onclick"))]
        assert "http" not in good.report.read_text() or "http-equiv" in good.report.read_text()
        assert "url(" not in good.report.read_text()

    def test_codes_add_up_to_the_services_that_were_left_out(self, good: Trained) -> None:
        (table,) = [t for t in self.page(good).find_all("table") if "Everything left out" in t.caption.get_text()]
        rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.tbody.find_all("tr")]
        own = [s for r in records("clinic-d", slice(28)) for s in r["interventions"] if s["code"] != "none"]
        assert sum(int(row[5]) for row in rows) == len(own)
        for row in rows:
            assert 0 <= float(row[4]) <= 1

    def test_it_and_the_markdown_are_for_their_owner_alone(self, good: Trained) -> None:
        for path in (good.report, good.report.with_suffix(".md")):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_words_of_notes_cannot_become_tags(self, world: World, tmp_path: Path) -> None:
        from rehabcoder.training.report import environment

        shown = environment(html=True).from_string("{{ text }}").render(text="<script>alert(1)</script>")
        assert shown == "&lt;script&gt;alert(1)&lt;/script&gt;"
        cell = environment(html=False).from_string("| {{ text|cell }} |").render(text="a | b\n<b>`x`")
        assert cell == "| a \\| b &lt;b>'x' |"


def test_labels_that_were_all_only_accepted_prove_nothing(world: World, tmp_path: Path) -> None:
    rows = [row | {"mark": "accepted"} for row in records("clinic-d", slice(24))]
    done = world.train(write(tmp_path / "labels.jsonl", rows), tmp_path / "out", force=True)
    assert done.gain.services == 0
    assert done.card["own"] == {"notes": 24, "descriptions": 0, "accepted": 24, "frozen": 0}
    assert {c.name for c in done.verdict.clinics} == {"shipped clinic-a", "shipped clinic-b"}
    assert "what they bring cannot be measured" in done.report.read_text()


def test_a_table_of_descriptions_is_enough(world: World, tmp_path: Path) -> None:
    lines = (Path(__file__).parents[2] / "data" / "snippets" / "services-3.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in lines.splitlines()[:70]]
    table = tmp_path / "texts.csv"
    quoted = [f'"{row["text"].replace(chr(34), chr(34) * 2)}",{row["code"]}' for row in rows]
    table.write_text("\n".join(["text,code", *quoted]), encoding="utf-8")
    done = world.train(table, tmp_path / "out", force=True)
    assert done.card["own"]["descriptions"] + done.card["own"]["frozen"] == 70
    assert done.gain.services > 40
    assert "texts" in {change.name for change in done.verdict.clinics}


def test_only_trains_without_shipped_notes(world: World, tmp_path: Path) -> None:
    files = [write(tmp_path / f"{c}.jsonl", records(c, slice(40))) for c in ("clinic-d", "clinic-h")]
    done = world.train(files, tmp_path / "out", only=True, force=True)
    assert done.card["only"] is True
    assert set(done.card["notes"]) == {"own-1", "own-2"}
    assert set(done.card["snippets"]) == {"sentences"}
    assert {change.name for change in done.verdict.clinics} == {"clinic-d", "clinic-h"}
    assert done.gain.services > 150
