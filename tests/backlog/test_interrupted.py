"""Runs that are killed, starved of disk, or met by a second run: they go on, and the result is the same."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import fakes
import pytest

from rehabcoder.backlog import code_backlog, store
from rehabcoder.backlog.shards import Place, shards
from rehabcoder.backlog.worker import receive, send
from rehabcoder.errors import RehabcoderError, UsageError
from rehabcoder.readers import Options, Source

PROGRAM = """
import sys
import fakes
from rehabcoder.backlog import code_backlog
code_backlog(["in"], out=sys.argv[1], jobs=int(sys.argv[2]), load=fakes.load, policy="medicare-part-b")
"""


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def make_input() -> None:
    """Notes in a table, in text files, and in a second table; some fail, some make claims."""
    Path("in").mkdir()
    for name, count in (("1.jsonl", 400), ("3.csv", 150)):
        with Path("in", name).open("w") as file:
            if name.endswith("csv"):
                file.write("id,text,mrn,dos\n")
            for i in range(count):
                text = "RAISE" if i % 50 == 7 else f"SLOW squats x {i % 60} min"
                row = {"id": f"{name}-{i}", "text": text, "mrn": f"p{i % 30}", "dos": f"2024-09-{i % 28 + 1:02d}"}
                file.write(json.dumps(row) + "\n" if name.endswith("jsonl") else ",".join(row.values()) + "\n")
    Path("in/2").mkdir()
    for i in range(50):
        Path(f"in/2/{i:02d}.txt").write_text(f"SLOW bridging x {i} min")


def start(out: str, jobs: int) -> subprocess.Popen[bytes]:
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    return subprocess.Popen([sys.executable, "-c", PROGRAM, out, str(jobs)], env=environment, start_new_session=True)


def contents(folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.is_file()}


def wait_for(path: str) -> None:
    deadline = time.monotonic() + 60
    while not Path(path).exists():
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.01)


@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_again_and_again_the_result_is_the_same(jobs: int) -> None:
    make_input()
    assert start("whole", 2).wait(120) == 0
    for shard in (0, 1, 2):
        process = start("killed", jobs)
        wait_for(f"killed/.work/done-{shard:05d}.json")
        process.kill()  # SIGKILL: nothing can be tidied up
        process.wait()
    assert start("killed", jobs).wait(120) == 0
    assert contents("killed") == contents("whole")
    assert sum(1 for name in contents("whole") if name.startswith("part-")) >= 4


def test_one_file_appears_only_when_it_is_whole() -> None:
    make_input()
    process = start("coded.csv", 2)
    wait_for(".coded.csv.work/done-00001.json")
    assert not Path("coded.csv").exists()
    process.kill()
    process.wait()
    assert not Path("coded.csv").exists()
    assert start("coded.csv", 2).wait(120) == 0
    assert start("whole.csv", 1).wait(120) == 0
    assert Path("coded.csv").read_bytes() == Path("whole.csv").read_bytes()
    assert Path("coded.claims.jsonl").read_bytes() == Path("whole.claims.jsonl").read_bytes()
    assert not Path(".coded.csv.work").exists()


def test_workers_do_not_outlive_a_killed_run() -> None:
    make_input()
    process = start("coded", 2)
    wait_for("coded/.work/done-00000.json")
    tasks = Path(f"/proc/{process.pid}/task").glob("*/children")
    workers = [int(pid) for children in tasks for pid in children.read_text().split()]
    assert workers
    process.kill()
    process.wait()
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


@pytest.mark.parametrize("left", [0, 1, 7, 8, 9, 200])
def test_an_order_that_breaks_off_is_none(left: int) -> None:
    """As when the parent is killed while it hands out a shard: its worker ends without a word."""
    whole = io.BytesIO()
    send(whole, "squats " * 100)
    assert receive(io.BytesIO(whole.getvalue())) == "squats " * 100
    with pytest.raises(EOFError):
        receive(io.BytesIO(whole.getvalue()[:left]))


def test_ctrl_c_stops_at_once_and_the_run_goes_on_later() -> None:
    make_input()
    process = start("coded", 2)
    wait_for("coded/.work/done-00001.json")
    process.send_signal(signal.SIGINT)
    assert process.wait(10) != 0
    summary = code_backlog(["in"], out="coded", load=fakes.load)
    assert summary.notes == 600
    assert summary.taken_over >= 150


def interrupt(out: str = "coded", **options: str) -> None:
    """Leave the beginning of a run behind."""

    class Enough(Exception):
        pass

    def stop(_: object) -> None:
        raise Enough

    with pytest.raises(Enough):
        code_backlog(["in"], out=out, load=fakes.load, on_progress=stop, **options)


def test_an_interrupted_run_is_gone_on_with_only_by_the_same_command() -> None:
    make_input()
    interrupt()
    with pytest.raises(UsageError, match=r"another setting is there \(columns, policy\)"):
        code_backlog(["in"], out="coded", load=fakes.load, policy="other", columns={"text": "text"})
    Path("in/4.txt").write_text("new")
    with pytest.raises(UsageError, match="its input files are others or have changed since"):
        code_backlog(["in"], out="coded", load=fakes.load)
    Path("in/4.txt").unlink()
    assert code_backlog(["in"], out="coded", load=fakes.load).notes == 600


RULES = """id = "own"
name = "Own"
source = "contract"
rule = "cms"
[[versions]]
version = "1"
effective_from = 2020-01-01
"""


@pytest.mark.parametrize("finished", [False, True])
def test_a_policy_model_or_program_that_changed_under_its_name_is_noticed(
    finished: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_input()
    Path("own.toml").write_text(RULES)
    Path("own.zip").write_bytes(b"first")
    options = {"policy": "own.toml", "model": "own.zip"}
    if finished:
        code_backlog(["in"], out="coded", load=fakes.load, **options)
    else:
        interrupt(**options)
    before = contents("coded")
    another = r"the folder holds the results of another run \(changed: " if finished else r"another setting is there \("

    def refused(what: str) -> None:
        with pytest.raises(UsageError, match=another + what + r"\)"):
            code_backlog(["in"], out="coded", load=fakes.load, **options)

    Path("own.toml").write_text(RULES.replace("cms", "midpoint"))
    refused("what the policy's file says")
    Path("own.zip").write_bytes(b"second")
    refused("what the policy's file says, the model's file")
    Path("own.toml").write_text(RULES)
    Path("own.zip").write_bytes(b"first")
    with monkeypatch.context() as later:
        later.setattr(store, "version", lambda _: "0.0.1")
        refused("the version of rehabcoder")
    assert contents("coded") == before
    assert code_backlog(["in"], out="coded", load=fakes.load, **options).notes == 600


def test_a_model_that_changed_in_between_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    make_input()
    interrupt()
    path = next(Path("coded/.work").glob("done-*.json"))
    path.write_text(path.read_text().replace("fake-1", "fake-0"))
    with pytest.raises(RehabcoderError, match="the model has changed since the run began"):
        code_backlog(["in"], out="coded", load=fakes.load)


def test_two_runs_at_once() -> None:
    make_input()
    process = start("coded", 1)
    wait_for("coded/.work/done-00000.json")
    with pytest.raises(RehabcoderError, match="another run writes there right now"):
        code_backlog(["in"], out="coded", load=fakes.load)
    process.kill()
    process.wait()


def test_a_full_disk_ends_the_run_with_a_sentence_and_it_goes_on_when_there_is_room() -> None:
    make_input()
    with pytest.raises(RehabcoderError, match=r"the disk is full\. Free some space and run the same command again"):
        code_backlog(["in"], out="coded", load=fakes.load_on_a_full_disk)
    assert not list(Path("coded").glob("part-*"))
    assert not list(Path("coded").rglob(".unfinished-*"))
    assert code_backlog(["in"], out="coded", load=fakes.load).notes == 600


def test_a_run_cannot_be_gone_on_with_on_other_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    make_input()
    interrupt()
    Path("coded/.work/run.json").write_text(
        Path("coded/.work/run.json").read_text().replace('"inputs": "', '"inputs": null, "were": "')
    )
    program = PROGRAM.replace('["in"]', '["-"]').replace("jobs", "input_format='jsonl', jobs")
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    rows = "".join(json.dumps({"id": i, "text": f"squats x {i} min"}) + "\n" for i in range(9))
    subprocess.run([sys.executable, "-c", program, "coded", "1"], env=environment, input=rows.encode(), check=True)
    assert [path.name for path in Path("coded").glob("part-*")] == ["part-00000.jsonl"]


@pytest.mark.parametrize("name", ["n.jsonl", "n.csv", "n.parquet", "n.xlsx"])
def test_shards_from_the_middle_are_those_of_the_whole(name: str) -> None:
    rows = [{"id": f"n{i}", "text": f"note {i}"} for i in range(400)]
    if name == "n.jsonl":
        Path(name).write_text("".join(json.dumps(row) + "\n\n" for row in rows) + "{broken\n")
    elif name == "n.csv":
        Path(name).write_text("id,text\n" + "".join(f'{r["id"]},"{r["text"]}\nend"\n\n' for r in rows) + "1,2,3\n")
    elif name == "n.parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.Table.from_pylist(rows), name, row_group_size=70)
    else:
        import openpyxl

        book = openpyxl.Workbook()
        for row in (["id", "text"], *([r["id"], r["text"]] for r in rows)):
            book.active.append(row)
        book.save(name)
    Path("x.txt").write_text("a document")
    sources = [Source("x.txt"), Source("gone.csv", "gone.csv: there is no such file"), Source(name), Source("x.txt")]
    whole = list(shards(sources, Options()))
    assert len(whole) == 4
    assert whole[-1].end == Place(4, 0)
    for before, shard in pairwise(whole):
        resumed = list(shards(sources, Options(), number=shard.number, start=before.end))
        assert [one.items for one in resumed] == [one.items for one in whole[shard.number :]]
