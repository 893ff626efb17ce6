"""A small world of labels: a base of two clinics with its model, and a third clinic that trains on top of it."""

from __future__ import annotations

import pytest
from small_world import DATA, SETTINGS, World, records, write
from threadpoolctl import threadpool_limits

from rehabcoder.predict.store import save_model
from rehabcoder.training.build import card_of, fit_calibrated
from rehabcoder.training.corpus import corpus
from rehabcoder.training.labelled import read_notes, read_snippets
from rehabcoder.training.retrain import Trained


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    for clinic in ("clinic-a", "clinic-b"):
        write(folder / "base" / "notes" / f"{clinic}.jsonl", records(clinic, slice(16)))
    for name, most in (("services-1", 90), ("services-2", 90), ("sentences", 80)):
        lines = (DATA / "snippets" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        path = folder / "base" / "snippets" / f"{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(lines[:most]), encoding="utf-8")
    data = corpus(read_notes(folder / "base" / "notes"), read_snippets(folder / "base" / "snippets"))
    with threadpool_limits(1):
        model = fit_calibrated(data, SETTINGS)
    model.card = card_of(data, SETTINGS, name="base")
    save_model(model, folder / "model.zip")
    own = write(folder / "riverside.jsonl", records("clinic-d", slice(28)))
    return World(folder / "base", folder / "model.zip", own)


@pytest.fixture(scope="session")
def good(world: World, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A training on honest labels."""
    return world.train(world.own, tmp_path_factory.mktemp("good") / "out", force=True)
