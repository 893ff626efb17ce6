"""Tells the activities of a service what each word is to them.

`Attacher` is fed the words of a service in order, one method a role. Cues, aims and negations mute what follows; what a
modifier belongs to is decided by `claiming`.
"""

from __future__ import annotations

from dataclasses import replace

from rehabcoder.language.claiming import LASTING, PROGRESS, ROOM, STRANGERS, Claims, Pending, stretch_of
from rehabcoder.language.doses import Dose
from rehabcoder.language.found import add_device
from rehabcoder.language.lexicon import Entry


class Attacher(Claims):
    """Collects the activities of one service in `found`."""

    __slots__ = ()

    @property
    def follows_activity(self) -> bool:
        """Whether nothing but list words and modifiers stands between here and the activity named last."""
        return self._linked and self.current is not None and self.current.kind != "stretch"

    @property
    def takes_count(self) -> bool:
        """Whether a bare number here can count the activity just named."""
        current = self.current
        if current is None or current.dosed or not self._chained:
            return False
        return current.kind in self._kinds["shares_dose"]

    @property
    def material(self) -> str:
        """What a colour here is the colour of."""
        return "putty" if self.current is not None and self.current.activity.name == "putty exercise" else "band"

    @property
    def takes_load(self) -> bool:
        """Whether a colour here can be that of a band."""
        current = self.current
        behind = self._chained and current is not None and current.kind in self._lexicon.same_dose[0]
        return behind or bool(self._pending.motions)

    # What a word is

    def unknown(self, word: str) -> None:
        if self._loose:
            self._claim_behind(doubtful=word[0].isdigit())
        self._chained = False
        self._strangers += 1
        if self._strangers > STRANGERS:
            self._linked = False
        self.word = word
        if self._waiting:
            self._pending.room -= 1
            if self._pending.room < 0:
                self._settle_pending()
        if self._muted:
            self._muted -= 1

    def preposition(self, word: str) -> None:
        """ "SLS R with head turns": the side belongs to what stands before the "with"."""
        if self._loose:
            self._claim_behind()
        self.word = word

    def mark(self, value: str) -> None:
        self._linked = False
        self.word = ""
        if value == "-":
            self._settle_pending()
        elif value == ":":
            self._pending.muscles.clear()  # "stiff heel cords: squat to a stool"
            self._muted = self._muted if self._muted >= LASTING else 0

    def comma(self, mark: str) -> None:
        if self._loose:
            pending = self._pending
            if self.current is not None or pending.motions:
                self._claim_behind()
            else:  # "biceps, triceps 3 lb 2x10", "elbow, wrist PROM": such a list waits
                pending.stale = (len(pending.parts), len(pending.muscles))
        if self._waiting:
            self._settle_pending()
        if self._muted < LASTING:
            self._muted = 0
        self._element = False
        self.word = ""
        if mark != ",":
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
        """A sentence or a line ends."""
        if self._loose:
            self._claim_behind()
        if self._waiting:
            self._settle_pending()
        if self._loose:
            self._pending = Pending()
            self._loose = False
        self._previous = self.current or self._previous
        self.current = None
        self._shared = []
        self._muted = 0
        self._chained = self._linked = self._element = False
        self.word = ""

    def gate(self, role: str) -> None:
        """A cue, an aim, a negation: the next words are no activities."""
        self._claim_behind()
        self._muted = self._lexicon.reach[role]
        self._chained = self._linked = False
        self.word = role

    def undone(self) -> None:
        """What was named last was not done after all."""
        self._claim_behind()
        if self._element and self.found and self.found[-1] is self.current:
            self.found.pop()
            self.current = self.found[-1] if self.found and self._linked else None
        self.gate("undone")

    def side(self, value: str) -> None:
        if not self._muted:
            pending = self._pending
            pending.aimed = self.word in self._lexicon.words["directions"]
            pending.side = value if pending.side in (None, value) else "both"
            self._loose = True

    def part(self, value: str, side: str) -> None:
        if not self._muted:
            if self._pending.motions and self.word != "of":
                self._claim_behind()  # "hip flex / knee ext"
            self._pending.parts.append(value)
            self._pending.side = side or self._pending.side
            self._loose = True

    def muscle(self, value: str, start: int, end: int) -> None:
        if not self._muted:
            self._pending.muscles.append(value)
            self._pending.muscle_at = (start, end)
            self._loose = True

    def motion(self, entry: Entry, start: int, end: int) -> None:
        current = self.current
        if self._muted or (self._chained and current is not None and current.kind in self._kinds["absorbs_motion"]):
            return  # "PROM flexion": the movement is part of the technique
        if self.word == "passive":
            self._name_all(("passive range of motion",), replace(entry, kind="manual", value=""), start, end)
        elif self.word in self._lexicon.words["no_motion_behind"] or self.word.isdigit():
            self._pending = Pending(doses=self._pending.doses)
        else:
            self._pending.motions.extend((name, start, end) for name in entry.names)
            self._loose = True

    def measured(self) -> None:
        """A word follows that says that the movement just named was measured."""
        self._pending.motions.clear()

    def grade(self, start: int, end: int) -> None:
        """A grade behind a joint or a direction is a mobilization even where no word says so ("tib ER/IR gr II")."""
        pending = self._pending
        if self._element or self._muted or not (pending.parts or pending.motions):
            self._claim_behind()
            return
        start = pending.motions[0][1] if pending.motions else start
        pending.motions.clear()
        name = "joint mobilization"
        self._name_all((name,), Entry("activity", name, kind="manual"), start, end)

    def worked(self, word: str) -> None:
        """ "Triceps work": a muscle and a word for effort name the usual exercise."""
        if self._pending.muscles and not self._element:
            self._work_muscles()
        else:
            self.unknown(word)

    def device(self, value: str, start: int, end: int) -> None:
        self._claim_behind()
        if self._muted:
            return  # "no walker", "cue to keep the walker close"
        if self.current is not None and self._element:
            add_device(self.current.activity, value)
        else:
            self._pending.devices.append(value)
            self._pending.device_at = (start, end)
            self._wait()

    def help(self, value: str, at: int, *, progress: bool) -> None:
        """A level of help; `progress` when it stands behind another and a word such as "to"."""
        self._claim_behind()
        pending = self._pending
        if self.word in self._lexicon.words["no_dose_behind"] and not progress:
            return  # "was min A"
        if self.current is not None and self._element:
            self._give_help(self.current, value, progress=progress and at - self._help_at < PROGRESS)
            self._help_at = at
        elif pending.help is None:
            pending.help = value
            self._wait()
        elif progress and pending.help != value:
            pending.help += f" to {value}"

    def dose(self, dose: Dose) -> None:
        if not self._element and dose.form in ("load", "grid") and self._pending.muscles:
            self._work_muscles()
        self._claim_behind(doubtful=dose.form == "minutes")
        if dose.form == "minutes":
            if self._muted <= ROOM:
                self._muted = 0  # "for eighteen minutes" opens no aim
        elif self.current is not None and self._element:
            self._apply(dose)
        else:
            self._pending.doses.append(dose)
            self._wait()

    def activity(self, entry: Entry, start: int, end: int) -> None:
        pending = self._pending
        if self._muted and self.word == "aim" and pending.help and entry.kind in self._kinds["helped_together"]:
            self._muted = 0  # "min A for bed mobility"
        if self._muted:
            self._muted -= 1
            self._claim_behind()
            self._chained = self._linked = False
            return
        if pending.motions and entry.kind in self._kinds["absorbs_motion"]:  # "ankle DF AROM"
            implied = self._lexicon.implied.get(pending.motions[-1][0])
            pending.parts = pending.parts or ([implied] if implied else [])
            pending.motions.clear()
        elif pending.motions:
            self._exercise_motions(doubtful=False)
            pending = self._pending
        if self._is_manner(entry):
            return
        names = entry.names
        if entry.value == "stretch" and (pending.muscles or pending.parts):
            names = tuple(stretch_of(target) for target in pending.muscles or pending.parts)
        self._name_all(names, entry, start, end)

    def _is_manner(self, entry: Entry) -> bool:
        """Whether a word that can name an activity says here how the one before it is done: "Spanish squat iso 5x45 s",
        "VOR x1, feet together"."""
        current = self.current
        if current is None:
            return False
        if entry.kind == "isometric":
            return self._chained and self._element and current.kind == "exercise"
        return current.kind == "vestibular" and entry.value in self._lexicon.words["positions"]
