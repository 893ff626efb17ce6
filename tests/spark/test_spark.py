"""Coding on a real standalone cluster: a master and two workers, one of which is killed in the middle."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cluster_coders as coders
import pytest
from cluster import Cluster

from rehabcoder import spark as cluster_coding
from rehabcoder.backlog import Progress, code_backlog
from rehabcoder.errors import ReadError, RehabcoderError
from rehabcoder.readers import read_notes

pytestmark = [pytest.mark.spark, pytest.mark.slow]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with pytest.MonkeyPatch.context() as patch:
        # The driver is this process; executors take their Python, and the coders of the tests, from it.
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        cluster = Cluster(tmp_path_factory.mktemp("cluster"))
        try:
            yield cluster
        finally:
            cluster.stop()


@pytest.fixture
def cluster(running: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.chdir(tmp_path)
    running.mend()
    yield running
    from pyspark.sql import SparkSession

    if (session := SparkSession.getActiveSession()) is not None:
        session.stop()


def make_input(count: int, **more: str) -> None:
    rows = [
        {"id": f"n{i}", "text": f"SLOW squats x {i % 60} min é", "mrn": f"p{i % 30}", "dos": "2024-09-18"}
        for i in range(count)
    ]
    for at, text in more.items():
        rows[int(at[1:])]["text"] = text
    Path("n.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def session_on(cluster: Cluster) -> Any:
    from pyspark.sql import SparkSession

    return SparkSession.builder.master(cluster.master).config("spark.ui.enabled", "false").getOrCreate()


def contents(folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def test_the_same_bytes_as_on_one_machine_though_a_worker_is_killed_in_the_middle(cluster: Cluster) -> None:
    make_input(5000, n70="RAISE")
    code_backlog(["n.jsonl"], out="local", jobs=2, load=coders.load)
    seen: list[int] = []

    def kill(progress: Progress) -> None:
        if not seen:
            cluster.kill_worker()
        seen.append(progress.notes)

    engine = cluster_coding.engine(cluster.master)
    summary = code_backlog(["n.jsonl"], out="cluster", load=coders.load, engine=engine, on_progress=kill)
    assert seen[0] < 1000  # most of the work was still to come when the worker went
    assert (summary.notes, summary.failed) == (5000, 1)
    assert contents("cluster") == contents("local")


def test_a_note_that_kills_the_workers_of_the_cluster_is_found_and_left_out(cluster: Cluster) -> None:
    make_input(600, n123="CRASH")
    code_backlog(["n.jsonl"], out="local", load=coders.load)
    engine = cluster_coding.engine(cluster.master)
    summary = code_backlog(["n.jsonl"], out="cluster", load=coders.load, engine=engine)
    assert (summary.notes, summary.failed, summary.quarantined) == (600, 1, 1)
    assert contents("cluster") == contents("local")


def test_a_cluster_that_is_not_there() -> None:
    with pytest.raises(RehabcoderError, match=r"there is no Spark cluster at spark://127\.0\.0\.1:1 "):
        next(cluster_coding.engine("spark://127.0.0.1:1")(None, []))  # type: ignore[arg-type]


def test_a_data_frame_in_and_a_data_frame_out(cluster: Cluster) -> None:
    make_input(700, n5="RAISE")
    session = session_on(cluster)
    df = session.read.json(str(Path("n.jsonl").resolve())).repartition(3)
    coded = cluster_coding.code_notes(df, load=coders.load).collect()
    rows = {row.note_id: row.asDict(recursive=True) for row in coded}
    expected = {note.note_id: note for note in read_notes(["n.jsonl"])}
    assert rows.keys() == expected.keys()
    assert len(coded) == 700
    assert rows["n5"]["status"] == "failed"
    assert "the note could not be coded (ValueError)" in rows["n5"]["error"]
    service = rows["n17"]["interventions"][0]
    assert (service["code"], service["minutes"], service["text"]) == ("97110", 17, "SLOW squats x 17 min é")
    assert rows["n17"]["text_sha256"] == expected["n17"].text_sha256
    with pytest.raises(ReadError, match="no column looks like the text of the notes; the columns are 'id', 'mrn'"):
        cluster_coding.code_notes(df.select("id", "mrn"), load=coders.load)


def test_columns_by_name_and_rows_without_id(cluster: Cluster) -> None:
    session = session_on(cluster)
    rows: list[Any] = [("squats x 5 min", {"97110": 2}), (None, None)]
    df = session.createDataFrame(rows, "`my body` string, units map<string,int>").coalesce(1)
    first, second = cluster_coding.code_notes(df, load=coders.load, columns={"text": "my body"}).collect()
    assert (first.note_id, first.totals.billed_units) == ("note-0.1", {"97110": 2})
    assert (second.status, second.note_id) == ("failed", "note-0.2")
