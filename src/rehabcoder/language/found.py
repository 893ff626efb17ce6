"""Activities on their way to being complete: how a dose, a level of help or a device is given to one, and what is kept.

Nothing here reads text. Which activity a dose is given to is decided by `attaching`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rehabcoder.language.doses import Dose
from rehabcoder.language.lexicon import Lexicon
from rehabcoder.note import Activity

_MOST_SETS = 20  # a larger number is no number of sets
_SECONDS_HELD = 15  # from so many on, the second number of "calf stretch 3x30" is seconds
_FEET = 25  # from so many on, 40' in walking and carrying are feet, not minutes
_LIGHT = 10.0  # pounds; a heavier load belongs to one machine, not to the whole list before it


@dataclass(slots=True)
class Found:
    """An activity as far as it is read.

    `linked` says that it stands in one list with the activity before it, `doubtful` that it is a movement which may
    have been measured and not exercised, `needs_part` that its word names a technique only with a body part.
    """

    activity: Activity
    kind: str
    linked: bool = False
    doubtful: bool = False
    needs_part: bool = False
    dosed: bool = False


def give_dose(target: Found, dose: Dose, kinds: Mapping[str, frozenset[str]]) -> None:
    """Gives what of the dose this kind of activity can have and does not have yet."""
    activity, kind = target.activity, target.kind
    if not _fits(dose, kind, kinds):
        return
    sets, reps, seconds = dose.sets, dose.reps, dose.seconds
    if dose.form == "inch":  # x 30" holds a stretch, x 15" (at the end of a quotation) counts
        reps, seconds = (None, seconds) if kind == "stretch" else (reps, None)
    if kind == "stretch" and sets and reps and reps >= _SECONDS_HELD and seconds is None:
        sets, reps, seconds = None, sets, reps
    if kind not in kinds["uncounted"] and (sets or 0) <= _MOST_SETS:
        if activity.reps is None and (activity.sets is None or sets is None):
            activity.sets, activity.reps = activity.sets or sets, reps
        elif activity.sets is None and reps is None:
            activity.sets = sets
        target.dosed = target.dosed or activity.sets is not None or activity.reps is not None
    if seconds is not None and activity.hold_seconds is None and kind in kinds["held"]:
        activity.hold_seconds = seconds
        target.dosed = True
    if dose.load is not None and activity.load in (None, "band"):  # "band ER at 90 red": the colour says more
        activity.load = dose.load
        target.dosed = True
    if dose.distance is not None and activity.distance is None and kind in kinds["travels"]:
        activity.distance = dose.distance
        target.dosed = True


def _fits(dose: Dose, kind: str, kinds: Mapping[str, frozenset[str]]) -> bool:
    """Whether a mark that means different things behind different activities is a dose of this kind."""
    if dose.form == "level":
        return kind in kinds["levels"]
    if dose.form == "inch":  # 60" behind a stretch are seconds, 6" behind a step-up its height
        return dose.reps is not None or (kind == "stretch" and (dose.seconds or 0) >= _SECONDS_HELD)
    if dose.form in ("prime", "metres"):
        length = int((dose.distance or "0").split()[0])
        return kind in kinds["travels_far"] and (dose.reps is not None or length >= _FEET)
    return True


def can_share(load: str | None) -> bool:
    """Whether the load of the last activity of a list can be that of the others as well: a band, a light weight."""
    if load is None:
        return False
    value, _, unit = load.partition(" ")
    return unit != "lb" or float(value.split("-")[0]) <= _LIGHT


def add_device(activity: Activity, value: str) -> None:
    activity.device = joined(activity.device, (value,))


def joined(old: str | None, new: Iterable[str]) -> str | None:
    """A list in one string, each member once; None for an empty one."""
    return ", ".join(dict.fromkeys([*(old.split(", ") if old else ()), *new])) or None


def located(activity: Activity) -> bool:
    return activity.body_part is not None or activity.muscle is not None


def settle(found: list[Found], lexicon: Lexicon) -> list[Activity]:
    """Leaves out what turned out to be a measurement, a heading, or a second mention of the same thing."""
    sure = [f for f in found if (f.dosed or not f.doubtful) and (not f.needs_part or located(f.activity))]
    kinds = {f.kind for f in sure if f.activity.name not in lexicon.general}
    kept: list[Found] = []
    named: dict[str, list[Found]] = {}
    for item in sure:
        activity = item.activity
        heads = lexicon.general.get(activity.name)
        if heads and not heads.isdisjoint(kinds) and not (item.dosed or activity.assist or activity.device):
            continue
        others = named.get(activity.name)
        if others is None:
            named[activity.name] = [item]
            kept.append(item)
            continue
        twin = next((other for other in others if _same(other.activity, activity)), None)
        if twin is None or (item.dosed and twin.dosed):
            others.append(item)
            kept.append(item)
        elif item.dosed:
            twin.activity, twin.dosed = _completed(activity, twin.activity), True
        else:
            _completed(twin.activity, activity)
    return [item.activity for item in kept]


_TRAITS = ("side", "body_part", "muscle", "assist", "device")


def _same(one: Activity, two: Activity) -> bool:
    return all(
        a is None or b is None or a == b
        for a, b in ((one.side, two.side), (one.body_part, two.body_part), (one.muscle, two.muscle))
    )


def _completed(activity: Activity, other: Activity) -> Activity:
    for name in _TRAITS:
        if getattr(activity, name) is None:
            setattr(activity, name, getattr(other, name))
    return activity
