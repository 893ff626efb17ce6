"""What becomes of the modifiers of a service: which activity takes a body part, a side, a dose, a level of help.

`Claims` holds the state that `attaching.Attacher` moves on from word to word: the activity named last, what still waits
for one, and how far the last word stands from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rehabcoder.language.doses import Dose
from rehabcoder.language.found import Found, add_device, can_share, give_dose, joined, located
from rehabcoder.language.lexicon import Entry, Lexicon
from rehabcoder.note import Activity

ROOM = 3  # unknown words that may stand between a dose in front and its activity
STRANGERS = 2  # unknown words that may stand between two members of a list ("hip abd at counter, mini squats 2x10")
LASTING = 20  # a gate of so many words outlasts a comma
_LIST = 30  # a list is not looked back upon further than this
PROGRESS = 24  # characters between two levels of help that are one progress ("mod A, then min A")


_NOWHERE: tuple[None, None] = (None, None)


@dataclass(slots=True)
class Pending:
    """Modifiers read and not yet claimed."""

    side: str | None = None
    aimed: bool = False  # "to the right" is a direction unless a body part follows
    stale: tuple[int, int] = (0, 0)  # so many parts and muscles have a comma behind them
    parts: list[str] = field(default_factory=list)
    muscles: list[str] = field(default_factory=list)
    muscle_at: tuple[int, int] = (0, 0)
    motions: list[tuple[str, int, int]] = field(default_factory=list)
    doses: list[Dose] = field(default_factory=list)
    help: str | None = None
    devices: list[str] = field(default_factory=list)
    device_at: tuple[int, int] = (0, 0)
    room: int = ROOM


class Claims:
    """The activities of one service in `found`, and what they have claimed."""

    __slots__ = (
        "_chained",
        "_column",
        "_element",
        "_help_at",
        "_kinds",
        "_lexicon",
        "_linked",
        "_loose",
        "_muted",
        "_pending",
        "_previous",
        "_shared",
        "_strangers",
        "_waiting",
        "current",
        "found",
        "word",
    )

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon, self._kinds = lexicon, lexicon.kinds
        self.found: list[Found] = []
        self.current: Found | None = None
        self.word = ""  # the last word that was no modifier
        self._previous: Found | None = None  # the last activity of the sentence before
        self._shared: list[Found] = []  # the list that took the last dose together
        self._pending = Pending()
        self._loose = False  # sides, parts, muscles or movements wait to be claimed
        self._waiting = False  # doses, devices or help wait for an activity
        self._muted = 0  # so many words still belong to a cue or an aim
        self._chained = False  # only modifiers since the current activity
        self._linked = False  # only list words and modifiers since the current activity
        self._element = False  # an activity was named since the last comma
        self._strangers = 0  # unknown words since the current activity
        self._column = ""  # the column in which the last dose stood
        self._help_at = -PROGRESS

    def _name_all(self, names: Sequence[str], entry: Entry, start: int, end: int) -> None:
        """Names activities and gives them everything that waited."""
        pending = self._pending
        if pending.parts or pending.muscles:
            self._keep_fitting(pending, entry.kind)
        needs_part = "@" in entry.marks
        for name in names:
            part, muscle = self._lexicon.anatomy.get(name, _NOWHERE)
            if pending.muscles:
                several = entry.value == "stretch" and len(pending.muscles) > 1
                meant = [m for m in pending.muscles if name == stretch_of(m)] if several else pending.muscles
                muscle = muscle or joined(None, meant)
            if pending.parts and part is None:
                part = joined(None, pending.parts)
            activity = Activity(name, part, pending.side, muscle, start=start, end=end)
            self._add(Found(activity, entry.kind, self._in_list, needs_part=needs_part))
        self._claimed()

    def _keep_fitting(self, pending: Pending, kind: str) -> None:
        """Leaves out parts and muscles that cannot be meant: those of a task, those with a comma behind them."""
        parts, muscles = pending.stale
        if kind not in self._kinds["parts_before"]:
            parts = muscles = len(pending.parts) + len(pending.muscles)  # "hip carry", "foot over the hurdle"
        elif kind in self._kinds["parts_behind"]:
            return  # a technique or a modality takes a whole list: "elbow, wrist PROM"
        pending.parts, pending.muscles = pending.parts[parts:], pending.muscles[muscles:]
        if not (pending.parts or pending.muscles):
            pending.side = None

    @property
    def _in_list(self) -> bool:
        return self._linked and self.current is not None

    def _add(self, new: Found) -> None:
        self.found.append(new)
        self.current = new
        self._shared = []
        self._column = self.word = ""
        self._chained = self._linked = self._element = True
        self._strangers = 0
        pending = self._pending
        if self._waiting:
            new.activity.device = joined(None, pending.devices)
            new.activity.assist = pending.help
            for dose in pending.doses:
                give_dose(new, dose, self._kinds)

    def _claimed(self) -> None:
        if self._loose or self._waiting:
            self._pending = Pending()
            self._loose = self._waiting = False

    def _wait(self) -> None:
        """A dose, a device or a level of help waits for its activity, for as long as there is room."""
        self._waiting = True
        self._pending.room = ROOM

    def _exercise_motions(self, *, doubtful: bool) -> None:
        """Movements that stand for themselves become exercises: "hip abduction" from "hip" and "abd"."""
        pending, current, words = self._pending, self.current, self._lexicon.words
        parts: list[str | None] = [*dict.fromkeys(pending.parts)]
        if not parts and current is not None and current.kind == "motion" and self._linked:
            parts = [current.activity.body_part]  # "ankle DF/PF": the joint is said once
            pending.side = pending.side or current.activity.side
        for motion, start, end in pending.motions:
            implied = self._lexicon.implied.get(motion)
            for part in [implied] if implied else parts or [None]:
                name = motion if part is None or motion in words["motion_alone"] else f"{part} {motion}"
                unsure = doubtful or part is None or part in words["measured_parts"]
                activity = Activity(name, part, pending.side, start=start, end=end)
                self._add(Found(activity, "motion", self._in_list, doubtful=unsure))
        self._claimed()

    def _work_muscles(self) -> None:
        """ "Triceps red band 3x10" says the exercise by its muscle."""
        pending = self._pending
        start, end = pending.muscle_at
        for muscle in pending.muscles:
            name = self._lexicon.muscle_worked.get(muscle)
            if name:
                part = self._lexicon.anatomy[name][0]
                activity = Activity(name, part, pending.side, muscle, start=start, end=end)
                self._add(Found(activity, "exercise", self._in_list))
        if self._element:
            self._claimed()

    def _claim_behind(self, *, doubtful: bool = False) -> None:
        """Modifiers that no activity follows belong to the activity before them, if nothing else stands between."""
        if not self._loose:
            return
        pending, current = self._pending, self.current
        if pending.motions:
            self._exercise_motions(doubtful=doubtful)
            return
        self._loose = False
        if current is not None and (self._chained or self._reaches_far(current)):
            if self._says_what_is_stretched(current):
                self._split_stretch(current)
            else:
                self._locate(current)
        pending.side = None
        pending.parts, pending.muscles = [], []

    def _reaches_far(self, current: Found) -> bool:
        return current.kind in self._kinds["parts_far_behind"] and not located(current.activity)

    def _locate(self, current: Found) -> None:
        pending, activity = self._pending, current.activity
        takes_parts = current.kind in self._kinds["parts_behind" if self._element else "parts_behind_comma"]
        if takes_parts:
            activity.muscle = joined(activity.muscle, pending.muscles)
            activity.body_part = joined(activity.body_part, pending.parts)
        if pending.aimed and not (pending.parts or pending.muscles) and current.kind != "transfer":
            return
        plain = not pending.muscles and all(part in ("leg", "arm") for part in pending.parts)
        if pending.side and activity.side is None and (takes_parts or plain):
            for member in self._listed(current) if pending.side == "both" else [current]:
                member.activity.side = member.activity.side or pending.side

    def _says_what_is_stretched(self, current: Found) -> bool:
        """Whether the muscles read say what is stretched: "stretches: HS, calf", "LE stretch (quad, HS)"."""
        name, muscles = current.activity.name, self._pending.muscles
        if current.kind != "stretch" or not (muscles or self._pending.parts):
            return False
        if name == "stretch" or (name in ("leg stretch", "arm stretch") and muscles):
            return True
        return bool(current.activity.muscle and muscles and not self._element and name.endswith(" stretch"))

    def _split_stretch(self, current: Found) -> None:
        """ "Stretches: HS, calf" names one stretch a muscle."""
        pending, first = self._pending, current.activity
        named = first.muscle is not None
        side = first.side or pending.side
        for number, target in enumerate(dict.fromkeys(pending.muscles or pending.parts)):
            activity = first
            if number or named:
                activity = Activity("stretch", start=first.start, end=first.end)
                self._add(Found(activity, current.kind, linked=True))
            activity.name, activity.side = stretch_of(target), side
            activity.muscle, activity.body_part = (target, None) if pending.muscles else (None, target)

    def _settle_pending(self) -> None:
        """What stood alone between two commas belongs to the activity before it."""
        if not self._waiting:
            return
        pending = self._pending
        self._pending = replace(pending, doses=[], help=None, devices=[])
        self._waiting = False
        if self.current is None:
            self._name_by_devices(pending)
        for dose in pending.doses:
            if dose.load and dose.load.endswith(" putty"):  # "yellow putty, 3 min" names the exercise by its material
                self._add(Found(Activity("putty exercise", start=dose.start, end=dose.end), "hand"))
            self._apply(dose)
        if self.current is not None:
            for device in pending.devices:
                add_device(self.current.activity, device)
        target = self.current or self._previous
        if pending.help and target is not None:
            self._give_help(target, pending.help, progress=False)

    def _name_by_devices(self, pending: Pending) -> None:
        """ "FWW 2 x 85 ft", "plate guard, weighted spoon": devices say what was done where no word does."""
        aids = self._lexicon.words["walking_aids"]
        start, end = pending.device_at
        if any(dose.distance for dose in pending.doses) and not aids.isdisjoint(pending.devices):
            self._add(Found(Activity("walking", start=start, end=end), "gait"))
            return
        meant = next((m for m in map(self._lexicon.device_means.get, pending.devices) if m), None)
        if meant:
            self._add(Found(Activity(meant, start=start, end=end), "selfcare"))

    def _listed(self, last: Found) -> list[Found]:
        """The activities that stand in one list with `last` and have no dose of their own, `last` first."""
        members = [last]
        if last.kind not in self._kinds["shares_dose"]:
            return members
        group = next((g for g in self._lexicon.same_dose if last.kind in g), frozenset({last.kind}))
        for behind, before in zip(self.found[:-_LIST:-1], self.found[-2:-_LIST:-1], strict=False):
            if not behind.linked or before.activity.reps is not None or before.activity.hold_seconds is not None:
                break
            if before.kind in group:
                members.append(before)
        return members

    def _apply(self, dose: Dose) -> None:
        """Gives a dose to the current activity and to those that stand in one list with it."""
        current = self.current
        if current is None:
            return
        activity = current.activity
        if dose.column and self._column and self._chained and dose.reps is not None:
            if self._column == "today":
                return
            activity.sets = activity.reps = None  # a flowsheet: the last column is today's
        self._column = dose.column
        if dose.sets is None and dose.reps is None and dose.seconds is None:
            for member in self._shared if self._shared and can_share(dose.load) else [current]:
                give_dose(member, dose, self._kinds)
            return
        members = self._shared or ([current] if activity.reps is not None else self._listed(current))
        for member in members:
            give_dose(member, dose, self._kinds)
            if member.activity.load is None and can_share(activity.load):
                member.activity.load = activity.load
        self._shared = members if len(members) > 1 else []

    def _give_help(self, target: Found, value: str, *, progress: bool) -> None:
        activity = target.activity
        if activity.assist:
            if progress and activity.assist.rpartition(" to ")[2] != value:
                activity.assist += f" to {value}"
            return
        activity.assist = value
        if target.kind in self._kinds["helped_together"]:
            for behind, before in zip(self.found[:-_LIST:-1], self.found[-2:-_LIST:-1], strict=False):
                if not behind.linked or before.activity.assist or before.dosed:
                    break
                before.activity.assist = value


def stretch_of(target: str) -> str:
    """ "hamstring stretch", not "hamstrings stretch"."""
    plural = target.endswith("s") and not target.endswith(("ss", "us", "is", "ps"))
    return f"{target[:-1] if plural else target} stretch"
