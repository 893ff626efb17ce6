"""The pictures of the report: where points, lines and ticks lie. The template draws them as plain SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rehabcoder.training.learning import Curve
from rehabcoder.training.scores import Bin, Covered

WIDTH, HEIGHT = 420, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 26, 14, 44
Point = tuple[float, float]


@dataclass(slots=True, frozen=True)
class Dot:
    """A point with what it says when it is pointed at, and the ends of its error bar."""

    x: float
    y: float
    says: str
    low: float
    high: float


@dataclass(slots=True)
class Chart:
    """A drawn chart in pixels. `path` is its line, `guide` a dashed one to compare with."""

    title: str
    says: str
    x_label: str
    y_label: str
    x_ticks: list[tuple[float, str]]
    y_ticks: list[tuple[float, str]]
    path: str
    dots: list[Dot]
    guide: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    bottom: int = HEIGHT - _BOTTOM
    right: int = WIDTH - _RIGHT
    top: int = _TOP


@dataclass(slots=True)
class _Plane:
    """Turns values into pixels."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float
    guide: list[Point] = field(default_factory=list)

    def x(self, value: float) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (value - self.x_low) / (self.x_high - self.x_low), 1)

    def y(self, value: float) -> float:
        height = HEIGHT - _TOP - _BOTTOM
        return round(HEIGHT - _BOTTOM - height * (value - self.y_low) / (self.y_high - self.y_low), 1)

    def line(self, points: Sequence[Point]) -> str:
        return " ".join(f"{self.x(x)},{self.y(y)}" for x, y in points)

    def chart(
        self, title: str, says: str, labels: tuple[str, str], points: Sequence[Point], dots: list[Dot], *,
        x_ticks: Sequence[tuple[float, str]] | None = None,
    ) -> Chart:  # fmt: skip
        shown_x = x_ticks or [(t, _percent(t)) for t in _ticks(self.x_low, self.x_high)]
        return Chart(
            title, says, *labels,
            [(self.x(value), name) for value, name in shown_x],
            [(self.y(t), _percent(t)) for t in _ticks(self.y_low, self.y_high)],
            self.line(points), dots, self.line(self.guide),
        )  # fmt: skip


def reliability_chart(bins: Sequence[Bin]) -> Chart | None:
    """Confidence against the share that was right: on the dashed line the tool means what it says."""
    if not bins:
        return None
    low = _floor(min(*(b.confidence for b in bins), *(b.right for b in bins)) if len(bins) > 1 else 0.0)
    plane = _Plane(low, 1.0, low, 1.0, guide=[(low, low), (1.0, 1.0)])
    dots = []
    for b in bins:
        error = 1.96 * (b.right * (1 - b.right) / b.services) ** 0.5
        bar = plane.y(max(low, b.right - error)), plane.y(min(1.0, b.right + error))
        text = f"{_percent(b.confidence)} sure, {_percent(b.right)} right, {b.services} services"
        dots.append(Dot(plane.x(b.confidence), plane.y(b.right), text, *bar))
    says = "Each point is a tenth of the services found. Below the dashed line the tool is surer than it may be."
    labels = ("confidence", "share right")
    return plane.chart("Reliability", says, labels, [(b.confidence, b.right) for b in bins], dots)


def coverage_chart(points: Sequence[Covered], settled: tuple[float, float]) -> Chart | None:
    """The share of services let through against the share of those that is wrong; the dot is where the tool stands."""
    if not points:
        return None
    share, right = settled
    top = max(0.05, *(p.wrong for p in points), 1 - right)
    plane = _Plane(0.0, 1.0, 0.0, top)
    x, y = plane.x(min(1.0, share)), plane.y(1 - right)
    dot = Dot(x, y, f"settled: {_percent(share)} of services, {_percent(1 - right)} of them wrong", y, y)
    says = "From the surest service to all of them. The dot is what the tool settles by its threshold."
    labels = ("share let through", "share wrong (code or minutes)")
    return plane.chart("Coverage against error", says, labels, [(p.share, p.wrong) for p in points], [dot])


def learning_chart(curve: Curve) -> Chart | None:
    """The share of right codes against how many services of the user were learned."""
    points = curve.points
    if len(points) < 2:
        return None
    low, high = _floor(min(p.low for p in points)), min(1.0, max(p.high for p in points) + 0.01)
    plane = _Plane(0.0, max(1.0, points[-1].services), low, max(high, low + 0.05))
    dots = [
        Dot(plane.x(p.services), plane.y(p.right), f"{p.services} services: {_percent(p.right)}",
            plane.y(max(low, p.low)), plane.y(min(plane.y_high, p.high)))
        for p in points
    ]  # fmt: skip
    ticks = [(float(p.services), f"{p.services:,}") for p in points]
    labels = ("services of yours that were learned", "codes right")
    line = [(float(p.services), p.right) for p in points]
    return plane.chart("Learning curve", curve.says, labels, line, dots, x_ticks=ticks)


def _ticks(low: float, high: float) -> list[float]:
    step = next(s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if (high - low) / s <= 6)
    first = -(-low // step)
    return [round((first + k) * step, 4) for k in range(8) if (first + k) * step <= high + 1e-9]


def _floor(value: float) -> float:
    return max(0.0, int(value * 10) / 10)


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"
