"""Decides what belongs to what: body parts, sides, doses, help and devices to the activities of one service.

`Attacher` is fed the words of a service in order, one method a role. It holds the activity that was named last, the modifiers
that were not yet claimed, and how far a cue or an aim still mutes what follows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rehabcoder.language.doses import Dose
from rehabcoder.language.lexicon import Entry, Lexicon
from rehabcoder.note import Activity

_ROOM = 3  # unknown words that may stand between a dose in front and its activity
_MOST_SETS = 20  # a larger number is no number of sets
_LIGHT = 10.0  # a heavier load belongs to one machine, not to the whole list before it


@dataclass(slots=True)
class Found:
    """An activity on its way to being complete."""

    activity: Activity
    kind: str
    linked: bool = False  # stands in one list with the activity before it
    doubtful: bool = False  # a movement that may be a measurement: kept only if it has a dose
    needs_part: bool = False
    dosed: bool = False


@dataclass(slots=True)
class _Pending:
    """Modifiers read and not yet claimed."""

    side: str | None = None
    parts: list[str] = field(default_factory=list)
    muscles: list[str] = field(default_factory=list)
    motions: list[tuple[str, int, int]] = field(default_factory=list)
    doses: list[Dose] = field(default_factory=list)
    help: str | None = None
    devices: list[str] = field(default_factory=list)
    room: int = _ROOM


class Attacher:
    """Collects the activities of one service."""

    __slots__ = (
        "_absent", "_chained", "_element", "_help_at", "_kinds", "_lexicon", "_linked", "_loose", "_muscle_at", "_muted", "_pending", "_previous",
        "_shared", "_waiting", "current", "found", "word",
    )  # fmt: skip

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._kinds = lexicon.kinds
        self.found: list[Found] = []
        self.current: Found | None = None
        self.word = ""  # the last word that was no modifier
        self._previous: Found | None = None  # the last activity of the sentence before
        self._pending = _Pending()
        self._shared: list[Found] = []
        self._muted = 0
        self._chained = False  # only modifiers since the current activity
        self._linked = False  # only list words and modifiers since the current activity
        self._element = False  # an activity was named since the last comma
        self._help_at = -9
        self._waiting = False  # doses, devices or help wait for an activity
        self._loose = False  # sides, parts, muscles or motions wait to be claimed
        self._absent = False  # muted by "no", "without"
        self._muscle_at = (0, 0)

    @property
    def follows_activity(self) -> bool:
        """Whether nothing but list words and modifiers stands between here and the activity named last."""
        return self._linked and self.current is not None and self.current.kind != "stretch"

    @property
    def takes_load(self) -> bool:
        """Whether a colour here can be that of a band."""
        current = self.current
        return bool(self._pending.motions) or (
            current is not None and self._chained and current.kind in self._lexicon.same_dose[0]
        )

    # What the words are

    def unknown(self, word: str) -> None:
        self._claim_behind(doubtful=word[0].isdigit())
        self._chained = self._linked = False
        self.word = word
        if self._waiting:
            self._pending.room -= 1
            if self._pending.room < 0:
                self._settle_pending()
        if self._muted:
            self._muted -= 1

    def preposition(self, word: str) -> None:
        """ "SLS R with head turns": the side belongs to what stands before the "with"."""
        self._claim_behind()
        self.word = word

    def mark(self) -> None:
        self._linked = False
        self.word = ""

    def undone(self) -> None:
        """What was named last was not done after all."""
        self._claim_behind()
        if self.current is not None and self._element:
            self.found.remove(self.current)
            self.current = self.found[-1] if self.found and self._linked else None
        self.gate("undone")

    def gate(self, role: str) -> None:
        self._claim_behind()
        self._muted = self._lexicon.reach[role]
        self._absent = role == "absent"
        self._chained = self._linked = False
        self.word = role

    def comma(self, mark: str) -> None:
        self._claim_behind()
        self._settle_pending()
        if self._muted < 20:
            self._muted = 0
        self._element = False
        self.word = ""
        if mark not in ",":
            self._linked = False

    def joining(self, word: str) -> None:
        pending = self._pending
        if pending.side and not (pending.parts or pending.muscles):
            self._claim_behind()
        self._settle_pending()
        self._element = False
        if word not in self._lexicon.words["listing"]:
            self._linked = False

    def stop(self) -> None:
        self._claim_behind()
        self._settle_pending()
        if self.current is not None:
            self._previous = self.current
        self.current = None
        self._shared = []
        self._muted = 0
        self._chained = self._linked = self._element = False
        self.word = ""

    def side(self, value: str) -> None:
        if not self._muted:
            self._loose = True
            pending = self._pending
            pending.side = value if pending.side in (None, value) else "both"

    def part(self, value: str, side: str) -> None:
        if not self._muted:
            self._loose = True
            self._pending.parts.append(value)
            if side:
                self._pending.side = side

    def muscle(self, value: str, start: int, end: int) -> None:
        if not self._muted:
            self._muscle_at = (start, end)
            self._loose = True
            self._pending.muscles.append(value)

    def motion(self, entry: Entry, start: int, end: int) -> None:
        if self._muted:
            return
        current = self.current
        if current is not None and self._chained and current.kind in self._kinds["absorbs_motion"]:
            return  # "PROM flexion": the movement is part of the technique
        if self.word == "passive":
            self._make("passive range of motion", replace(entry, kind="manual", value=""), start, end)
            self._claimed()
            return
        if self.word in self._lexicon.words["no_motion_behind"] or self.word.isdigit():
            self._pending = _Pending(doses=self._pending.doses)
            return
        self._loose = True
        self._pending.motions.extend((name, start, end) for name in entry.names)

    def measured(self) -> None:
        """A word follows that says that the movement just named was measured."""
        self._pending.motions.clear()

    def device(self, value: str) -> None:
        self._claim_behind()
        if self._muted and self._absent:
            return
        if self.current is not None and self._element:
            _add_device(self.current.activity, value)
        else:
            self._pending.devices.append(value)
            self._wait()

    def help(self, value: str, at: int, joined: bool) -> None:
        self._claim_behind()
        if self.word in ("was", "from") and not joined:
            return
        current = self.current
        if current is None or not self._element:
            if self._pending.help is None:
                self._pending.help = value
                self._wait()
            elif joined and self._pending.help != value:
                self._pending.help += f" to {value}"
            return
        self._give_help(current, value, joined and at - self._help_at < 24)
        self._help_at = at

    def _claimed(self) -> None:
        self._pending = _Pending()
        self._loose = self._waiting = False

    def _wait(self) -> None:
        """A dose, a device or a level of help waits for its activity, for as long as there is room."""
        self._waiting = True
        self._pending.room = _ROOM

    def dose(self, dose: Dose) -> None:
        if not self._element and dose.form in ("load", "grid") and self._pending.muscles:
            self._work_muscles(dose)
        measured = bool(self._pending.motions) and dose.form == "minutes"
        self._claim_behind(doubtful=measured)
        if dose.form == "minutes":
            if self._muted <= _ROOM:
                self._muted = 0  # "for eighteen minutes" opens no aim
            return
        if self.current is not None and self._element:
            self._apply(dose)
        else:
            self._pending.doses.append(dose)
            self._wait()

    def _work_muscles(self, dose: Dose) -> None:
        """ "Triceps red band 3x10" says the exercise by its muscle."""
        for muscle in self._pending.muscles:
            name = self._lexicon.muscle_worked.get(muscle)
            if name:
                activity = Activity(
                    name, side=self._pending.side, muscle=muscle, start=self._muscle_at[0], end=self._muscle_at[1]
                )
                self._name(Found(activity, "exercise", self._linked and self.current is not None))
                self._pending = _Pending(doses=self._pending.doses)
                return

    def activity(self, entry: Entry, start: int, end: int) -> None:
        if self._muted:
            self._muted -= 1
            self._claim_behind()
            self._chained = self._linked = False
            return
        pending = self._pending
        if pending.motions:
            if entry.kind in self._kinds["absorbs_motion"]:  # "ankle DF AROM"
                implied = self._lexicon.implied.get(pending.motions[-1][0])
                if implied and not pending.parts:
                    pending.parts.append(implied)
                pending.motions.clear()
            else:
                self._make_motions(doubtful=False)
        names = entry.names
        if entry.value == "stretch" and (pending.muscles or pending.parts):
            names = tuple(f"{_of_muscle(target)} stretch" for target in pending.muscles or pending.parts)
        for name in names:
            self._make(name, entry, start, end)
        self._claimed()

    # What becomes of them

    def _make(self, name: str, entry: Entry, start: int, end: int) -> None:
        pending = self._pending
        activity = Activity(name, side=pending.side, start=start, end=end)
        named_part, named_muscle = self._lexicon.anatomy.get(name, (None, None))
        single = entry.value == "stretch" and len(pending.muscles) > 1
        if single:
            activity.muscle = next((m for m in pending.muscles if name == f"{_of_muscle(m)} stretch"), None)
        else:
            placed = entry.kind in self._kinds["parts_behind"] or entry.kind in self._kinds["parts_far_behind"]
            activity.muscle = (placed and ", ".join(dict.fromkeys(pending.muscles))) or named_muscle
        activity.body_part = ", ".join(dict.fromkeys(pending.parts)) or named_part
        new = Found(activity, entry.kind, self._linked and self.current is not None, needs_part="@" in entry.marks)
        self._name(new)
        for device in pending.devices:
            _add_device(activity, device)
        if pending.help:
            activity.assist = pending.help
        for dose in pending.doses:
            self._give_dose(new, dose)

    def _name(self, new: Found) -> None:
        self.found.append(new)
        self.current = new
        self._shared = []
        self._chained = self._linked = self._element = True
        self.word = ""

    def _make_motions(self, *, doubtful: bool) -> None:
        """Movements that stand for themselves become exercises: "hip abduction" from "hip" and "abd"."""
        pending = self._pending
        current = self.current
        motions, pending.motions = pending.motions, []
        spinal = self._lexicon.words["measured_parts"]
        parts: list[str | None] = [*dict.fromkeys(pending.parts)]
        if not parts and current is not None and current.kind == "motion" and self._linked:
            parts = [current.activity.body_part]
            pending.side = pending.side or current.activity.side
        for motion, start, end in motions:
            implied = self._lexicon.implied.get(motion)
            for part in [implied] if implied else parts or [None]:
                alone = part is None or motion in self._lexicon.words["motion_alone"]
                name = motion if alone else f"{part} {motion}"
                activity = Activity(name, body_part=part, side=pending.side, start=start, end=end)
                linked = self._linked and self.current is not None
                self._name(Found(activity, "motion", linked, doubtful=doubtful or part is None or part in spinal))
                for device in pending.devices:
                    _add_device(activity, device)
                if pending.help:
                    activity.assist = pending.help
                for dose in pending.doses:
                    self._give_dose(self.found[-1], dose)
        self._claimed()

    def _claim_behind(self, *, doubtful: bool = False) -> None:
        """Modifiers that no activity follows belong to the activity before them, if nothing else stands between."""
        if not self._loose:
            return
        self._loose = False
        pending = self._pending
        if pending.motions:
            self._make_motions(doubtful=doubtful)
            return
        current = self.current
        far = current is not None and current.kind in self._kinds["parts_far_behind"] and not located(current.activity)
        if current is not None and (self._chained or far):
            activity = current.activity
            takes_parts = current.kind in self._kinds["parts_behind"]
            if takes_parts:
                if self._names_stretches(current):
                    self._split_stretch(current)
                    return
                activity.muscle = _joined(activity.muscle, pending.muscles)
                activity.body_part = _joined(activity.body_part, pending.parts)
            plain = not pending.muscles and all(part in ("leg", "arm") for part in pending.parts)
            if pending.side and activity.side is None and (takes_parts or plain):
                for member in self._listed(current) if pending.side == "both" else [current]:
                    member.activity.side = member.activity.side or pending.side
        pending.side = None
        pending.parts, pending.muscles = [], []

    def _names_stretches(self, current: Found) -> bool:
        """Whether the muscles read say what is stretched: "stretches: HS, calf", "LE stretch (quad, HS)"."""
        name = current.activity.name
        if current.kind != "stretch" or not (self._pending.muscles or self._pending.parts):
            return False
        if name == "stretch" or (name in ("leg stretch", "arm stretch") and self._pending.muscles):
            return True
        return bool(
            current.activity.muscle and self._pending.muscles and not self._element and name.endswith(" stretch")
        )

    def _split_stretch(self, current: Found) -> None:
        """ "Stretches: HS, calf" names one stretch a muscle."""
        pending, first = self._pending, current.activity
        named = first.muscle is not None
        for number, target in enumerate(dict.fromkeys(pending.muscles or pending.parts)):
            activity = first
            if number or named:
                activity = Activity("stretch", side=first.side, start=first.start, end=first.end)
                self._name(Found(activity, current.kind, linked=True))
            activity.name = f"{_of_muscle(target)} stretch"
            activity.side = activity.side or pending.side
            if pending.muscles:
                activity.muscle, activity.body_part = target, None
            else:
                activity.body_part = target
        pending.side = None
        pending.parts, pending.muscles = [], []

    def _settle_pending(self) -> None:
        """What stood alone between two commas belongs to the activity before it."""
        if not self._waiting:
            return
        self._waiting = False
        pending = self._pending
        for dose in pending.doses:
            if dose.load and dose.load.endswith(" putty"):  # "yellow putty, 3 min" names the exercise by its material
                self._name(Found(Activity("putty exercise", start=dose.start, end=dose.end), "hand"))
            self._apply(dose)
        if self.current is not None:
            for device in pending.devices:
                _add_device(self.current.activity, device)
        target = self.current or self._previous
        if pending.help and target is not None:
            self._give_help(target, pending.help, False)
        pending.doses, pending.devices, pending.help = [], [], None

    def _listed(self, last: Found) -> list[Found]:
        """The activities that stand in one list with `last` and have no dose of their own, `last` first."""
        members = [last]
        if last.kind not in self._kinds["shares_dose"]:
            return members
        group = next((g for g in self._lexicon.same_dose if last.kind in g), frozenset({last.kind}))
        for index in range(len(self.found) - 2, -1, -1):
            if not self.found[index + 1].linked or self.found[index].dosed or self.found[index].kind not in group:
                break
            members.append(self.found[index])
        return members

    def _apply(self, dose: Dose) -> None:
        current = self.current
        if current is None:
            return
        if dose.sets is None and dose.reps is None and dose.seconds is None:
            for member in self._shared if _shareable(dose.load) and self._shared else [current]:
                self._give_dose(member, dose)
            return
        members = self._shared or ([current] if current.activity.reps is not None else self._listed(current))
        load = current.activity.load
        for member in members:
            self._give_dose(member, dose)
            if load and _shareable(load) and member.activity.load is None:
                member.activity.load = load
        self._shared = members if len(members) > 1 else []

    def _give_dose(self, target: Found, dose: Dose) -> None:
        activity, kind, kinds = target.activity, target.kind, self._kinds
        form = dose.form
        if form == "level" and kind not in kinds["levels"]:
            return
        if form == "inch" and not (kind == "stretch" and (dose.seconds or 0) >= 15):
            return
        if form in ("prime", "metres") and not self._is_distance(dose, kind):
            return
        if kind == "stretch" and dose.sets and dose.reps and dose.reps >= 15 and dose.seconds is None:
            dose = replace(dose, sets=None, reps=dose.sets, seconds=dose.reps)  # "calf stretch 3x30" holds 30 seconds
        counted = kind not in kinds["uncounted"] and (dose.sets or 0) <= _MOST_SETS
        if counted and activity.reps is None and activity.sets is None:
            activity.sets, activity.reps = dose.sets, dose.reps
            target.dosed = target.dosed or dose.sets is not None or dose.reps is not None
        elif counted and activity.reps is None and dose.sets is None:
            activity.reps = dose.reps
        elif counted and activity.sets is None and dose.reps is None:
            activity.sets = dose.sets
        if dose.seconds is not None and activity.hold_seconds is None and kind in kinds["held"]:
            activity.hold_seconds = dose.seconds
            target.dosed = True
        if dose.load is not None and activity.load is None:
            activity.load = dose.load
            target.dosed = True
        if dose.distance is not None and activity.distance is None and kind in kinds["travels"]:
            activity.distance = dose.distance
            target.dosed = True

    def _is_distance(self, dose: Dose, kind: str) -> bool:
        length = int((dose.distance or "0").split()[0])
        return (
            kind in self._kinds["travels"]
            and kind not in ("exercise", "cardio")
            and (dose.reps is not None or length >= 25)
        )

    def _give_help(self, target: Found, value: str, joined: bool) -> None:
        activity = target.activity
        if joined and activity.assist and activity.assist.split(" to ")[-1] != value:
            activity.assist += f" to {value}"
        elif activity.assist is None:
            activity.assist = value
            if target.kind in self._kinds["helped_together"]:
                for index in range(len(self.found) - 2, -1, -1):
                    before = self.found[index]
                    if not self.found[index + 1].linked or before.activity.assist or before.dosed:
                        break
                    before.activity.assist = value


def located(activity: Activity) -> bool:
    return activity.body_part is not None or activity.muscle is not None


def _add_device(activity: Activity, value: str) -> None:
    activity.device = _joined(activity.device, [value])


def _joined(old: str | None, new: list[str]) -> str | None:
    values = [*(old.split(", ") if old else ()), *new]
    return ", ".join(dict.fromkeys(values)) or None


def _of_muscle(name: str) -> str:
    """The name that goes before "stretch": "hamstring stretch", not "hamstrings stretch"."""
    return name[:-1] if name.endswith("s") and not name.endswith(("ss", "us", "is", "ps")) else name


def _shareable(load: str | None) -> bool:
    if load is None:
        return False
    value, _, unit = load.partition(" ")
    return unit != "lb" or float(value.split("-")[0]) <= _LIGHT
