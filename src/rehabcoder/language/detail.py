"""Whether a description says what was done, or only names the service and its time."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from rehabcoder.language.labels import Label

_FILLER = re.compile(
    r"\d+(?:[.:]\d+)?|(?<![a-z])(?:x|min(?:ute)?s?|mins?|units?|u|hrs?|hours?|h|m|code|cpt|timed|today|done|given|performed|completed|provided|continued?|"
    r"as|per|see|the|a|of|and|with|w|to|for|on|in|at|was|were|then|pt|patient|therapist|poc|plan|care|flow\s?sheet|flowsheet|sheet|protocol|program(?:me)?|"
    r"log|grid|above|below|routine|same|before|usual|prior|last|visit|established|ther|ex|act|therapeutic|exercises?|activit(?:y|ies)|neuro|"
    r"neuromuscular|re|ed|education|reeducation|manual|therapy|techniques?|gait|training|self|home|mgmt|management|adls?|service|skilled|tx|treatment|rx|each|ea|"
    r"individual|one|direct|total|intervention|session|time|she|he|they|we|had|received|tolerated|well|good|by|this|from|start|stop|billed|charged|"
    r"fifteen|twenty|thirty|ten|twelve|eight|minutes|forty|thirteen|fourteen|sixteen|seventeen|eighteen|nineteen|eleven|nine|five|mat|gym|room|clinic|bue|ble|ue|le)(?![a-z])|[^a-z]+"
)


def content_words(low: str, labels: Sequence[Label], start: int, end: int) -> int:
    """How many words of a description say what was done: labels, times and phrases such as "per flow sheet" do not."""
    at = bisect_left(labels, start, key=lambda label: label.start)
    body, done = [], start
    while at < len(labels) and labels[at].end <= end:
        body.append(low[done : labels[at].start])
        done = labels[at].end
        at += 1
    body.append(low[done:end])
    return len(_FILLER.sub(" ", " ".join(body)).split())
