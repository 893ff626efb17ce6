"""The process that codes shards: `main` runs in an interpreter of its own, started and spoken to by `pool.Worker`.

Frames of pickle go through its standard input and output; both ends are of one run of one program, nothing else reaches
them. After every step a beat says how far it is, so that its parent knows which note it died on.
"""

from __future__ import annotations

import os
import pickle
import struct
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any, BinaryIO

from rehabcoder.backlog.coding import CoderLike, Load, code_safely, refused
from rehabcoder.backlog.parts import Part, write_part
from rehabcoder.backlog.shards import Item
from rehabcoder.errors import RehabcoderError
from rehabcoder.note import CodedNote, Note
from rehabcoder.readers import Options, read_source
from rehabcoder.readers.notices import Notices

BATCH = 32
_LENGTH = struct.Struct(">Q")


@dataclass(slots=True)
class Setup:
    """What a worker is told once: how to make its coder, how to read, how to write."""

    load: Load
    model: str | None
    policy: str
    format: str | None
    columns: Mapping[str, str]
    part: Part


@dataclass(slots=True)
class Task:
    """A shard to code. `careful` and `barred` are places in it: (item, note); note -1 is the reading of an item."""

    number: int
    items: list[Item]
    careful: frozenset[tuple[int, int]] = frozenset()  # coded alone, for one of them killed a worker
    barred: dict[tuple[int, int], str] = field(default_factory=dict)  # never coded again, and why


def send(stream: BinaryIO, message: Any) -> None:
    """Write one frame."""
    data = pickle.dumps(message, protocol=5)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """Read one frame.

    Raises:
        EOFError: the other end is gone.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    size: int = _LENGTH.unpack(head)[0]
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return pickle.loads(data)


def main() -> None:
    """Take a setup, then tasks, until the parent closes the pipe."""
    orders = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the frames
    os.umask(0o077)
    setup: Setup = receive(orders)
    with suppress(EOFError, BrokenPipeError):  # the parent is gone: so is the need for this process
        while True:
            task: Task = receive(orders)
            send(answers, _answer(task, setup, answers))


def _answer(task: Task, setup: Setup, answers: BinaryIO) -> tuple[str, Any]:
    try:
        return "done", _work(task, setup, answers)
    except BrokenPipeError:
        raise
    except RehabcoderError as error:
        return "refused", (error.what, error.where, error.remedy)
    except Exception as error:  # no note is to blame: the coder cannot be made, or its answers not be written
        *_, frame = traceback.extract_tb(error.__traceback__)
        what = f"a worker failed ({type(error).__name__} in {os.path.basename(frame.filename)}:{frame.lineno})"
        return "refused", (what, "", "Report this with the version of rehabcoder.")


@cache
def _coder(load: Load, model: str | None, policy: str) -> CoderLike:
    return load(model, policy=policy)


def _work(task: Task, setup: Setup, answers: BinaryIO) -> Any:
    coder = _coder(setup.load, setup.model, setup.policy)
    send(answers, ("ready", None))
    told: list[str] = []
    options = Options(setup.format, setup.columns, Notices(told.append))
    places: list[tuple[int, int]] = []
    notes: list[Note] = []
    for at, item in enumerate(task.items):
        if isinstance(item, Note):
            read: Iterator[Note] = iter((item,))
        elif (at, -1) in task.barred:
            error = f"{item.name}: the file could not be read: {task.barred[at, -1]}"
            read = iter((Note(item.stem, "", item.name, error=error),))
        else:
            send(answers, ("at", [(at, -1)]))
            read = read_source(item, options)
        for index, note in enumerate(read):
            places.append((at, index))
            notes.append(note)
    coded: list[CodedNote] = []
    for batch in _batches(places, task):
        send(answers, ("at", batch))
        part = notes[len(coded) : len(coded) + len(batch)]
        if batch[0] in task.barred:
            coded.append(refused(coder, part[0], task.barred[batch[0]]))
        else:
            coded += code_safely(coder, part)
    send(answers, ("at", []))
    return write_part(
        task.number, notes, [answer.to_json() for answer in coded], setup.part, told=told, barred=len(task.barred)
    )


def _batches(places: list[tuple[int, int]], task: Task) -> Iterator[list[tuple[int, int]]]:
    """The notes of a shard in batches; those that may kill the worker, and those that did, each alone."""
    alone = task.careful | task.barred.keys()
    batch: list[tuple[int, int]] = []
    for place in places:
        if batch and (len(batch) == BATCH or place in alone or batch[-1] in alone):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
