"""Compares ways to tell which code a description supports, its place in the note given, on clinics left out.

    python training/compare_approaches.py [--folds 4] [--way WORD ...] [--notes N]

Every way sees the same words: those of the labelled service, with the names and numbers of codes masked. It learns from
the shipped descriptions and the notes of the other clinics. Contrast sets are one clinic. Printed as a Markdown table;
intervals come from drawing notes with replacement, the column "against shipped" pairs each way with the shipped one. The
last two columns are processor time of one core: to learn, and to answer one description.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import FeatureUnion
from spacy.training import Example
from spacy.util import fix_random_seed, minibatch
from threadpoolctl import threadpool_limits

from rehabcoder.language.reading import read
from rehabcoder.predict.features import described
from rehabcoder.training.corpus import Prepared, Settings, corpus, folds_of
from rehabcoder.training.labelled import read_notes, read_snippets
from rehabcoder.training.scores import CORE

HERE = Path(__file__).parent
SEED = 1


@dataclass(slots=True)
class Described:
    """One service: its masked words, its code, and the clinic and note it stands in."""

    text: str
    code: str
    clinic: str
    note: str


Answer = Callable[[Sequence[str]], list[str]]
"""The codes of masked texts."""

Way = Callable[[Sequence[Described]], Answer]
"""Learns from described services how to answer."""


def services(prepared: Prepared) -> list[Described]:
    """The labelled services of a note, their pieces one a line as the tool sees them."""
    out = []
    reading = read(prepared.note.text)
    masked, pieces = reading.masked, reading.pieces
    for index, service in enumerate(prepared.note.services):
        own = [masked[p.start : p.end] for p, owner in zip(pieces, prepared.owner, strict=True) if owner == index]
        if own:
            out.append(Described("\n".join(own), service.code, prepared.note.source, prepared.note.note_id))
    return out


def keywords(train: Sequence[Described]) -> Answer:
    """Rules: the code with most keywords."""
    table = tomllib.loads((HERE / "keywords.toml").read_text(encoding="utf-8"))
    rules = [
        (code, re.compile("|".join(rf"(?<![a-z]){re.escape(w)}(?![a-z])" for w in listed)))
        for code, listed in table.items()
    ]

    def best(text: str) -> str:
        hits = [(len(set(rule.findall(text))), -k, code) for k, (code, rule) in enumerate(rules)]
        most = max(hits)
        return most[2] if most[0] else "97110"

    return lambda texts: [best(text) for text in texts]


def features(text: str, *, lexicon: bool) -> list[str]:
    """The tool's own features of a description; without the classes and phrases of `knowledge/` if `lexicon` is false."""
    feats = dict.fromkeys(f for piece in text.split("\n") for f in described(piece))
    return list(feats) if lexicon else [f for f in feats if f[0] not in "%&"]


def linear(train: Sequence[Described], *, lexicon: bool) -> Answer:
    """TF-IDF of words, pairs and stems, with multinomial logistic regression: what the tool ships."""
    return fitted(
        TfidfVectorizer(analyzer=lambda text: features(text, lexicon=lexicon), min_df=3, binary=True), logistic(), train
    )


def characters(train: Sequence[Described]) -> Answer:
    """TF-IDF of words and of three to five characters, with the same linear model."""
    both = FeatureUnion(
        [
            (
                "characters",
                TfidfVectorizer(
                    analyzer="char_wb", ngram_range=(3, 5), min_df=5, sublinear_tf=True, max_features=30_000
                ),
            ),
            ("words", TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)),
        ]
    )
    return fitted(both, logistic(), train)


def bayes(train: Sequence[Described]) -> Answer:
    """Complement naive Bayes on the tool's features."""
    vectors = TfidfVectorizer(analyzer=lambda text: features(text, lexicon=True), min_df=3, binary=True)
    return fitted(vectors, ComplementNB(alpha=0.3), train)


def logistic() -> LogisticRegression:
    """The linear model, with the shipped one's settings."""
    return LogisticRegression(C=Settings().code_c, max_iter=200, tol=1e-3)


def fitted(vectors: Any, model: Any, train: Sequence[Described]) -> Answer:
    """A model over vectors, fitted."""
    model.fit(vectors.fit_transform([one.text for one in train]), [one.code for one in train])
    return lambda texts: [str(code) for code in model.predict(vectors.transform(texts))]


def spacy_bow(train: Sequence[Described]) -> Answer:
    """spaCy's text classifier over bags of words and pairs."""
    fix_random_seed(SEED)
    nlp = spacy.blank("en")
    model = {
        "@architectures": "spacy.TextCatBOW.v3",
        "exclusive_classes": True,
        "ngram_size": 2,
        "no_output_layer": False,
    }
    nlp.add_pipe("textcat", config={"model": model})
    codes = sorted({one.code for one in train})
    examples = [
        Example.from_dict(nlp.make_doc(one.text), {"cats": {code: float(code == one.code) for code in codes}})
        for one in train
    ]
    optimizer = nlp.initialize(lambda: examples)
    draw = random.Random(SEED)
    for _ in range(12):
        draw.shuffle(examples)
        for batch in minibatch(examples, 64):
            nlp.update(batch, sgd=optimizer, drop=0.2)
    return lambda texts: [max(doc.cats, key=lambda code: doc.cats[code]) for doc in nlp.pipe(texts)]


WAYS: dict[str, Way] = {
    "keyword rules": keywords,
    "naive Bayes, same features": bayes,
    "TF-IDF of words, pairs, stems + linear": lambda train: linear(train, lexicon=False),
    "the same with lexicon classes (shipped)": lambda train: linear(train, lexicon=True),
    "TF-IDF of characters and words + linear": characters,
    "spaCy text classifier (bag of words)": spacy_bow,
}
SHIPPED = "the same with lexicon classes (shipped)"


def drawn(right: np.ndarray, notes: np.ndarray, draws: int = 2_000) -> tuple[float, float]:
    """95 % limits of a mean over services, notes drawn with replacement."""
    _, group = np.unique(notes, return_inverse=True)
    sums, sizes = np.bincount(group, right), np.bincount(group)
    weights = np.random.default_rng(SEED).multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), size=draws)
    low, high = np.percentile((weights @ sums) / (weights @ sizes), [2.5, 97.5])
    return float(low), float(high)


def f1(code: str, gold: Sequence[str], said: Sequence[str]) -> float:
    hit = sum(g == s == code for g, s in zip(gold, said, strict=True))
    return 2 * hit / max(1, sum((g == code) + (s == code) for g, s in zip(gold, said, strict=True)))


@dataclass(slots=True)
class Tried:
    """What a way said of every service asked, and the seconds of a core that it took to learn and to answer."""

    said: list[str] = field(default_factory=list)
    learning: float = 0.0
    answering: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument(
        "--way", nargs="+", default=[""], metavar="WORD", help="only ways with one of these in the name"
    )
    parser.add_argument(
        "--notes", type=int, help="only so many notes of each clinic and descriptions of each file: a try"
    )
    options = parser.parse_args()
    data = corpus(
        first(read_notes(options.data / "notes"), options.notes),
        first(read_snippets(options.data / "snippets"), options.notes),
    )
    shipped = [Described(read(s.text).masked, s.code, s.source, s.source) for s in data.snippets if s.code]
    everything = [one for prepared in data.notes for one in services(prepared)]
    chosen = [name for name in WAYS if name == SHIPPED or any(word in name for word in options.way)]
    tried = {name: Tried() for name in chosen}
    order: list[Described] = []
    with threadpool_limits(1):
        for away in folds_of(data.notes, options.folds):
            train = shipped + [one for one in everything if one.clinic not in away]
            asked = [one for one in everything if one.clinic in away]
            order += asked
            for name in chosen:
                one, times = tried[name], [time.process_time()]
                answer = WAYS[name](train)
                times.append(time.process_time())
                one.said += answer([described.text for described in asked])
                times.append(time.process_time())
                one.learning += times[1] - times[0]
                one.answering += times[2] - times[1]
                print(f"{name}: without {', '.join(sorted(away))}", file=sys.stderr)
    report(order, tried, options.folds)


def first(records: Sequence[Any], count: int | None) -> list[Any]:
    """At most so many records of each source."""
    seen: Counter[str] = Counter()
    kept = []
    for record in records:
        seen[record.source] += 1
        if count is None or seen[record.source] <= count:
            kept.append(record)
    return kept


def report(order: Sequence[Described], tried: dict[str, Tried], folds: int) -> None:
    """Prints the table."""
    gold, notes = [one.code for one in order], np.array([one.note for one in order])
    right: dict[str, Any] = {
        name: np.array([s == g for s, g in zip(one.said, gold, strict=True)], dtype=float)
        for name, one in tried.items()
    }
    core = np.array([code in CORE for code in gold])
    print(f"{len(order)} services of {len(set(notes))} notes, {folds} groups of clinics left out in turn\n")
    heads = ("codes right", "of the three core codes", *(f"F1 {code}" for code in CORE), "against shipped", "s", "µs")
    print(f"| way | {' | '.join(heads)} |\n| --- |{' --: |' * len(heads)}")
    for name, one in tried.items():
        low, high = drawn(right[name], notes)
        fewer, more = drawn(right[name] - right[SHIPPED], notes)
        against = "" if name == SHIPPED else f"{100 * fewer:+.1f} to {100 * more:+.1f} points"
        scores = " | ".join(f"{f1(code, gold, one.said):.3f}" for code in CORE)
        share = f"{right[name].mean():.3f} ({low:.3f} to {high:.3f}) | {right[name][core].mean():.3f}"
        cost = f"{one.learning / folds:.0f} | {one.answering / len(order) * 1e6:.0f}"
        print(f"| {name} | {share} | {scores} | {against} | {cost} |")


if __name__ == "__main__":
    main()
