"""How far a run is: figures for whoever shows them, and two ways to show them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

OnProgress = Callable[["Progress"], None]
_EVERY = 10.0  # seconds between two lines of a log


@dataclass(slots=True)
class Progress:
    """Counts so far. `taken_over` notes were done by the run that this one goes on with; `share` is of the input."""

    notes: int = 0
    failed: int = 0
    review: int = 0
    taken_over: int = 0
    share: float = 0.0
    share_before: float = 0.0
    finished: bool = False
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def rate(self) -> float:
        """Notes coded a second by this run."""
        return (self.notes - self.taken_over) / max(self.seconds, 1e-9)

    @property
    def seconds_left(self) -> float | None:
        """At the speed so far; None before anything is known."""
        gained = self.share - self.share_before
        return self.seconds * (1 - self.share) / gained if gained > 0 else None

    def __str__(self) -> str:
        left = self.seconds_left
        parts = [f"{self.notes:,} notes", f"{self.rate:,.0f} a second"]
        if self.failed:
            parts.append(f"{self.failed:,} failed")
        if self.finished:
            parts.append(f"done in {clock(self.seconds)}")
        elif left is not None:
            parts.append(f"{100 * self.share:.0f} %, {clock(left)} left")
        return ", ".join(parts)


def clock(seconds: float) -> str:
    """`4 s`, `12:30`, `3:05:00`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def shown_on(stream: TextIO | None = None) -> OnProgress:
    """A progress callback: one line that is kept up to date on a terminal, a plain line now and then in a log."""
    out = stream or sys.stderr
    terminal = out.isatty()
    last = [0.0]

    def show(progress: Progress) -> None:
        if terminal:
            out.write(f"\r\x1b[2K{progress}" + ("\n" if progress.finished else ""))
            out.flush()
        elif progress.finished or time.monotonic() - last[0] >= _EVERY:
            last[0] = time.monotonic()
            out.write(f"{progress}\n")
            out.flush()

    return show
