"""Notes coded in their order as they come, by one process or several; nothing of them touches a disk."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any

from rehabcoder.backlog.coding import CoderLike, code_safely, load_coder
from rehabcoder.note import CodedNote, Note

_FIRST, _BATCH = 8, 64  # notes coded together: few at first, so that the first answers come soon


def coded_stream(notes: Iterable[Note], *, model: str, policy: str, jobs: int = 1) -> Iterator[tuple[Note, CodedNote]]:
    """Notes in their order, each with its answer, as soon as it is there; memory stays flat.

    Args:
        jobs: worker processes; 0 for one a core. They hand notes on through pipes, never through files.

    Raises:
        ModelError: there is no such model, or its file is damaged.
        PolicyError: there is no such policy, or its file is wrong.
    """
    coder = _coder(model, policy)  # also where workers will load it again: a wrong name is told before any note is read
    if jobs == 1:
        for batch in _batches(notes):
            yield from zip(batch, code_safely(coder, batch), strict=True)
        return
    import joblib

    parallel = joblib.Parallel(n_jobs=jobs or -1, return_as="generator", max_nbytes=None)
    sent: deque[list[Note]] = deque()  # in the order in which the answers come back

    def tasks() -> Iterator[Any]:
        for batch in _batches(notes):
            sent.append(batch)
            yield joblib.delayed(_code_batch)(batch, model, policy)

    for rows in parallel(tasks()):
        yield from zip(sent.popleft(), rows, strict=True)


@cache
def _coder(model: str, policy: str) -> CoderLike:
    return load_coder(model, policy=policy)


def _code_batch(batch: list[Note], model: str, policy: str) -> list[CodedNote]:
    return code_safely(_coder(model, policy), batch)


def _batches(notes: Iterable[Note]) -> Iterator[list[Note]]:
    source, size = iter(notes), _FIRST
    while batch := list(islice(source, size)):
        yield batch
        size = _BATCH
