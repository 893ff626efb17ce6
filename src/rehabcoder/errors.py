"""The few exceptions of the project. Each composes its own sentence and names the remedy."""

from __future__ import annotations


class RehabcoderError(Exception):
    """A mistake that a user can mend: what is wrong, where, and what to do about it.

    `where` names a file, a line or a cell. The command line prints the sentence without a traceback and exits with 1.
    The text of a note never becomes part of a message.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        sentence = f"{where}: {what}" if where else what
        if not sentence.endswith("."):
            sentence += "."
        super().__init__(f"{sentence} {remedy}".strip())


class UsageError(RehabcoderError):
    """The call itself is off (an unknown code, a negative number of minutes): exit status 2."""


class Interrupted(RehabcoderError):
    """The user ended a command with Ctrl-C: exit status 130. The remedy says how to go on, where that is possible."""

    def __init__(self, remedy: str = "") -> None:
        super().__init__("interrupted", remedy=remedy)


class ReadError(RehabcoderError):
    """A file or one of its records cannot be read."""


class PolicyError(RehabcoderError):
    """A payer policy or rule file is wrong: an unknown key, overlapping dates, a fee that is no number."""


class ModelError(RehabcoderError):
    """A model file is missing, damaged, too large, or of a newer version."""


class TrainingError(RehabcoderError):
    """Labelled notes cannot be trained on, or a new model did not pass the gate."""


class MissingExtra(RehabcoderError):
    """An optional package is needed and not installed."""

    def __init__(self, package: str, extra: str, *, needed_for: str) -> None:
        super().__init__(
            f"{needed_for} needs the package {package}, which is not installed",
            remedy=f"Install it with: pip install 'rehabcoder[{extra}]'.",
        )
