"""A cluster when one machine is not enough: coding through `mapInArrow`, which needs no RDDs.

    from rehabcoder.spark import code_notes

    coded = code_notes(spark.read.parquet("notes/"), policy="medicare-part-b")
    coded.write.parquet("coded/")

rehabcoder must be installed on the workers; a model or policy given by path must lie at that path on each of them.
`engine` serves `rehabcoder code --engine spark`: the files are read and the results written by the driver, in the same
shards and bytes as on one machine.
"""

from __future__ import annotations

import faulthandler
import importlib.util
import json
import os
import socket
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from rehabcoder.backlog.coding import CoderLike, Load, code_safely, load_coder
from rehabcoder.backlog.parts import Done, record, write_part
from rehabcoder.backlog.pool import Pool
from rehabcoder.backlog.run import Engine
from rehabcoder.backlog.shards import Shard
from rehabcoder.backlog.worker import BATCH, Setup
from rehabcoder.errors import MissingExtra, RehabcoderError
from rehabcoder.note import Json, Note
from rehabcoder.readers import Options, read_source
from rehabcoder.readers.columns import Columns, RecordMapper, check_overrides
from rehabcoder.readers.notices import Notices
from rehabcoder.writers.lines import json_line
from rehabcoder.writers.parquet import batch_of, schema

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

_ROWS = 500  # notes in a partition of a wave
_MOST_SHARDS = 64  # in a wave, which the driver holds in memory
_WAVES = 2  # under way at once, so that the cluster works while the driver reads and writes


def code_notes(
    df: DataFrame,
    *,
    model: str | None = None,
    policy: str = "medicare-part-b",
    columns: Mapping[str, str] | None = None,
    seconds_per_note: float = 300.0,
    load: Load = load_coder,
) -> DataFrame:
    """The coded notes of a DataFrame that has a column for the text: a row for a row, nested as in the JSON.

    Args:
        df: notes; which column is which is recognised by name, as in files.
        model, policy: as `rehabcoder.load` takes them.
        columns: the name of the column for a field, such as `{"text": "body"}`.
        seconds_per_note: after how long a note is held to hang; its task then fails, and Spark tries it again.
        load: makes the coder in each worker, in place of `rehabcoder.load`.

    A note that cannot be read or coded is a row with status "failed". Rows have the order that Spark gives them.

    Raises:
        ReadError: no column looks like the text of the notes.
        UsageError: a field in `columns` that a note does not have.
    """
    chosen = RecordMapper("the DataFrame", "note", check_overrides(columns), Notices()).columns(df.columns)
    code = partial(_code_batches, load=load, model=model, policy=policy, chosen=chosen, seconds=seconds_per_note)
    kept = df.select(*(df[f"`{name}`"] for name in chosen.names))
    return kept.mapInArrow(code, _spark_schema())


def _spark_schema() -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(schema())


@cache
def _coder(load: Load, model: str | None, policy: str) -> CoderLike:
    return load(model, policy=policy)


def _code_batches(
    batches: Iterator[pa.RecordBatch], *, load: Load, model: str | None, policy: str, chosen: Columns,
    seconds: float,
) -> Iterator[pa.RecordBatch]:  # fmt: skip
    from pyspark import TaskContext

    context = TaskContext.get()
    where = context.partitionId() if context is not None else 0
    mapper = RecordMapper("spark", "note", {}, Notices())
    number = 0
    for batch in batches:
        notes = []
        for row in batch.to_pylist():
            number += 1
            notes.append(mapper.note(row.get, chosen, f"{where}.{number}"))
        for rows in _coded(_coder(load, model, policy), notes, seconds):
            yield batch_of(rows)


def _coded(coder: CoderLike, notes: Sequence[Note], seconds: float) -> Iterator[list[Json]]:
    """The answers of `notes` in batches. A batch that hangs ends the process, which Spark replaces."""
    for begin in range(0, len(notes), BATCH):
        with open(os.devnull, "w") as nowhere:
            # A thread of C, so that it acts even when the interpreter is held; its traceback goes nowhere.
            faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
            try:
                rows = [coded.to_json() for coded in code_safely(coder, notes[begin : begin + BATCH])]
            finally:
                faulthandler.cancel_dump_traceback_later()
        yield rows


def engine(master: str, *, seconds_per_note: float = 60.0) -> Engine:
    """What `code_backlog(engine=...)` takes to code on a cluster.

    Args:
        master: its address, such as `spark://host:7077`, `yarn` or `local[2]`.
        seconds_per_note: after how long without an answer a note is held to hang.

    A wave of shards that the cluster gives up, because of a note that crashes or hangs its workers, is coded by worker
    processes of this machine, which find the note and leave it out.

    Raises:
        MissingExtra: pyspark is not installed.
        RehabcoderError: the cluster cannot be reached.
    """
    return partial(_engine, master=master, seconds=seconds_per_note)


def _engine(setup: Setup, shards: Iterable[Shard], *, master: str, seconds: float) -> Iterator[Done]:
    import joblib

    spark = _session(master)
    try:
        size = min(_MOST_SHARDS, 2 * spark.sparkContext.defaultParallelism)
        with Pool(setup, seconds=seconds) as pool:
            parallel = joblib.Parallel(
                _WAVES, backend="threading", batch_size=1, pre_dispatch="n_jobs", return_as="generator_unordered"
            )
            waves = parallel(joblib.delayed(_wave)(spark, wave, setup, pool, seconds) for wave in _waves(shards, size))
            for wave in waves:
                yield from wave
    finally:
        spark.stop()


def _session(master: str) -> SparkSession:
    for package in ("pyspark", "pandas"):  # Spark asks for pandas before it runs any Python over Arrow
        if importlib.util.find_spec(package) is None:
            raise MissingExtra(package, "spark", needed_for="Coding on a cluster")
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        _knock(master)
        return (
            SparkSession.builder.master(master)
            .appName("rehabcoder")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.execution.arrow.maxRecordsPerBatch", str(_ROWS))
            # Notes then travel through sockets; without it they would pass through files in a temporary folder.
            .config("spark.io.encryption.enabled", "true")
            .getOrCreate()
        )
    except Exception as error:
        raise RehabcoderError(
            f"there is no Spark cluster at {master} ({type(error).__name__})",
            remedy="Check the address, that the cluster runs, and that Java 17 or newer is installed.",
        ) from error


def _knock(master: str) -> None:
    """Reach the first of the masters, so that a wrong address is told at once; Spark itself tries for a minute."""
    host, colon, port = master.removeprefix("spark://").split(",")[0].rpartition(":")
    if master.startswith("spark://") and colon and port.isdigit():
        socket.create_connection((host, int(port)), timeout=10).close()


def _waves(shards: Iterable[Shard], size: int) -> Iterator[list[Shard]]:
    iterator = iter(shards)
    while wave := list(islice(iterator, size)):
        yield wave


def _wave(spark: SparkSession, wave: list[Shard], setup: Setup, pool: Pool, seconds: float) -> list[Done]:
    import pyarrow as pa

    told: list[str] = []
    options = Options(setup.format, setup.columns, Notices(told.append))
    notes = {shard.number: _read(shard, options) for shard in wave}
    table = pa.table(
        {
            "shard": pa.array([number for number, own in notes.items() for _ in own], pa.int32()),
            "at": pa.array([at for own in notes.values() for at in range(len(own))], pa.int32()),
            "note": pa.array([json.dumps(asdict(note)) for own in notes.values() for note in own], pa.string()),
        }
    )
    code = partial(_code_notes, load=setup.load, model=setup.model, policy=setup.policy, seconds=seconds)
    try:
        answers = spark.createDataFrame(table).mapInArrow(code, "shard int, at int, row string").toArrow()
    except Exception as error:
        _check_alive(spark, error)
        return [pool.run(shard) for shard in wave]
    rows: dict[int, list[tuple[int, str]]] = {number: [] for number in notes}
    for number, at, row in zip(*(answers.column(name).to_pylist() for name in ("shard", "at", "row")), strict=True):
        rows[number].append((at, row))
    done = []
    for shard in wave:
        coded = [json.loads(row) for _, row in sorted(rows[shard.number])]
        one = write_part(shard.number, notes[shard.number], coded, setup.part, told=told)
        done.append(record(one, shard, setup.part))
        told = []
    return done


def _read(shard: Shard, options: Options) -> list[Note]:
    return [note for item in shard.items for note in ([item] if isinstance(item, Note) else read_source(item, options))]


def _check_alive(spark: SparkSession, error: Exception) -> None:
    """Whether only the wave failed.

    Raises:
        RehabcoderError: the cluster is gone.
    """
    try:
        spark.range(1).count()
    except Exception:
        raise RehabcoderError(
            f"the cluster does not answer any more ({type(error).__name__})",
            remedy="Bring it back and run the same command again: it goes on.",
        ) from error


def _code_notes(
    batches: Iterator[pa.RecordBatch], *, load: Load, model: str | None, policy: str, seconds: float
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for batch in batches:
        notes = [Note(**json.loads(note)) for note in batch.column("note").to_pylist()]
        rows = [json_line(row) for some in _coded(_coder(load, model, policy), notes, seconds) for row in some]
        yield pa.RecordBatch.from_arrays(
            [batch.column("shard"), batch.column("at"), pa.array(rows, pa.string())], names=["shard", "at", "row"]
        )
