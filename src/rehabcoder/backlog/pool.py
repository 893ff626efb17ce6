"""Workers and what becomes of those that die: a note that takes a worker with it twice is left out and reported.

Each worker is a process of its own that one thread speaks to. joblib hands the shards to the threads.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from rehabcoder.backlog.parts import Done, record
from rehabcoder.backlog.shards import Shard
from rehabcoder.backlog.worker import Setup, Task, receive, send
from rehabcoder.errors import RehabcoderError

_CRASHED = "a worker crashed on it twice, or ran out of memory"
_HUNG = "it took a worker more than {seconds:g} seconds, twice"
_STARTING = 300.0  # seconds that a worker may take to load its model on a busy machine
_DEATHS = 5  # of a worker without a note to blame, before the run gives up


class Stopped(Exception):
    """The run was interrupted."""


class Worker:
    """A process that codes shards. It dies with its parent, and with `stop`."""

    def __init__(self, setup: Setup) -> None:
        # The package may have been imported from a place that a fresh interpreter does not look in.
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, map(str, sys.path))))
        command = [sys.executable, "-c", "from rehabcoder.backlog.worker import main; main()"]
        # A session of its own: Ctrl-C reaches the parent alone, which then decides.
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, start_new_session=True
        )
        self._setup: Setup | None = setup
        self.timed_out = False

    def _order(self, message: Any) -> None:
        assert self._process.stdin is not None
        try:
            send(self._process.stdin, message)  # type: ignore[arg-type]
        except OSError as error:
            raise EOFError from error

    def run(self, task: Task, seconds: float) -> Iterator[tuple[str, Any]]:
        """Have `task` done; what the worker says on the way.

        Raises:
            EOFError: the worker died, or was killed because it said nothing for too long.
        """
        assert self._process.stdout is not None
        for message in (self._setup, task):
            if message is not None:
                self._order(message)
        self._setup = None  # told once
        patience = _STARTING
        while True:
            watch = threading.Timer(patience, self._lose_patience)
            watch.daemon = True
            watch.start()
            try:
                kind, content = receive(self._process.stdout)  # type: ignore[arg-type]
            finally:
                watch.cancel()
            patience = seconds
            yield kind, content
            if kind in ("done", "refused"):
                return

    def _lose_patience(self) -> None:
        self.timed_out = True
        self._process.kill()

    def stop(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]


class Pool:
    """Workers, started when needed and kept for further shards."""

    def __init__(self, setup: Setup, *, seconds: float) -> None:
        self._setup, self._seconds = setup, seconds
        self._idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        self._all: list[Worker] = []
        self._stopped = False

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        for worker in self._all:
            worker.stop()

    def run_all(self, shards: Iterable[Shard], jobs: int) -> Iterator[Done]:
        """Code shards on `jobs` workers; each as it is done, in any order.

        Raises:
            RehabcoderError: the results cannot be written, or workers keep dying with no note to blame.
        """
        import joblib

        parallel = joblib.Parallel(
            jobs, backend="threading", batch_size=1, pre_dispatch="2 * n_jobs", return_as="generator_unordered"
        )
        yield from parallel(joblib.delayed(self.run)(shard) for shard in shards)

    def run(self, shard: Shard) -> Done:
        """Code one shard, with as many workers as its notes kill."""
        task = Task(shard.number, shard.items)
        deaths: Counter[tuple[int, int]] = Counter()
        while True:
            worker = self._take()
            at: list[tuple[int, int]] = []
            try:
                for kind, content in worker.run(task, self._seconds):
                    if kind == "at":
                        at = content
                    elif kind == "refused":
                        what, where, remedy = content
                        raise RehabcoderError(what, where=where, remedy=remedy)
                    elif kind == "done":
                        self._idle.put(worker)
                        return record(content, shard, self._setup.part)
            except EOFError:
                worker.stop()
                if self._stopped:
                    raise Stopped from None
                self._blame(task, at, deaths, worker.timed_out)
        raise AssertionError("a shard is done, or its run raises")

    def _take(self) -> Worker:
        if self._stopped:
            raise Stopped
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            worker = Worker(self._setup)
            self._all.append(worker)
            return worker

    def _blame(self, task: Task, at: list[tuple[int, int]], deaths: Counter[tuple[int, int]], timed_out: bool) -> None:
        """Note what the worker died on: of a batch, all are coded alone next time; the second time of one ends it."""
        if len(at) == 1:
            place = at[0]
            deaths[place] += 1
            if deaths[place] == 2:
                task.barred[place] = _HUNG.format(seconds=self._seconds) if timed_out else _CRASHED
        else:
            task.careful |= frozenset(at)
            deaths[(-1, -1)] += not at
            if deaths[(-1, -1)] == _DEATHS:
                raise RehabcoderError(
                    "workers keep dying before they code a note",
                    remedy="Check memory and disk, try --jobs 1, and run the same command again: it goes on.",
                )


def free_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)
