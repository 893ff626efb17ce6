"""Compares ways to tell which code a description supports, its place in the note given, on clinics left out.

    python training/compare_approaches.py [--folds 4]

Every way sees the same words: those of the labelled service, with the names and numbers of codes masked. It learns from
the shipped descriptions and the notes of the other clinics. Contrast sets are one clinic. Printed as a Markdown table;
intervals come from drawing notes with replacement, the last column pairs each way with the shipped one.
"""

from __future__ import annotations

import argparse
import random
import re
import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from spacy.training import Example
from spacy.util import fix_random_seed, minibatch
from threadpoolctl import threadpool_limits

from rehabcoder.predict.features import words
from rehabcoder.training.calibrate import folds_of
from rehabcoder.training.fit import Prepared, Settings, corpus, span_words
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


Way = Callable[[Sequence[Described], Sequence[Described]], list[str]]


def services(prepared: Prepared) -> list[Described]:
    """The labelled services of a note, their pieces one a line as the tool sees them."""
    out = []
    for index, service in enumerate(prepared.note.services):
        masked, pieces = prepared.reading.masked, prepared.reading.pieces
        own = [masked[p.start : p.end] for p, owner in zip(pieces, prepared.owner, strict=True) if owner == index]
        if own:
            out.append(Described("\n".join(own), service.code, prepared.note.source, prepared.note.note_id))
    return out


def keywords(train: Sequence[Described], asked: Sequence[Described]) -> list[str]:
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

    return [best(one.text) for one in asked]


def features(text: str, *, lexicon: bool) -> list[str]:
    """The tool's own features of a description; without the classes of `knowledge/cues.toml` if `lexicon` is false."""
    feats = span_words([words(piece) for piece in text.split("\n")])
    return feats if lexicon else [f for f in feats if not f.startswith("%")]


def linear(train: Sequence[Described], asked: Sequence[Described], *, lexicon: bool) -> list[str]:
    """TF-IDF of words, pairs and stems, with multinomial logistic regression: what the tool ships."""
    vectors = TfidfVectorizer(analyzer=lambda text: features(text, lexicon=lexicon), min_df=3, binary=True)
    rows = vectors.fit_transform([one.text for one in train])
    model = LogisticRegression(C=Settings().code_c, max_iter=200, tol=1e-3).fit(rows, [one.code for one in train])
    return [str(code) for code in model.predict(vectors.transform([one.text for one in asked]))]


def characters(train: Sequence[Described], asked: Sequence[Described]) -> list[str]:
    """TF-IDF of words and of three to five characters, with the same linear model."""
    both = [
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=5, sublinear_tf=True, max_features=30_000),
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
    ]
    rows: csr_matrix = hstack([v.fit_transform([one.text for one in train]) for v in both]).tocsr()
    model = LogisticRegression(C=Settings().code_c, max_iter=200, tol=1e-3).fit(rows, [one.code for one in train])
    return [str(code) for code in model.predict(hstack([v.transform([one.text for one in asked]) for v in both]))]


def bayes(train: Sequence[Described], asked: Sequence[Described]) -> list[str]:
    """Complement naive Bayes on the tool's features."""
    vectors = TfidfVectorizer(analyzer=lambda text: features(text, lexicon=True), min_df=3, binary=True)
    model = ComplementNB(alpha=0.3).fit(vectors.fit_transform([one.text for one in train]), [one.code for one in train])
    return [str(code) for code in model.predict(vectors.transform([one.text for one in asked]))]


def spacy_bow(train: Sequence[Described], asked: Sequence[Described]) -> list[str]:
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
    return [max(doc.cats, key=lambda code: doc.cats[code]) for doc in nlp.pipe(one.text for one in asked)]


WAYS: dict[str, Way] = {
    "keyword rules": keywords,
    "naive Bayes, same features": bayes,
    "TF-IDF of words, pairs, stems + linear": lambda train, asked: linear(train, asked, lexicon=False),
    "the same with lexicon classes (shipped)": lambda train, asked: linear(train, asked, lexicon=True),
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
    return 2 * hit / (gold.count(code) + said.count(code))  # type: ignore[attr-defined]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--folds", type=int, default=4)
    options = parser.parse_args()
    data = corpus(read_notes(options.data / "notes"), read_snippets(options.data / "snippets"))
    shipped = [Described(read_masked(s.text), s.code, s.source, s.source) for s in data.snippets if s.code]
    everything = [one for prepared in data.notes for one in services(prepared)]
    said: dict[str, list[str]] = {way: [] for way in WAYS}
    seconds = dict.fromkeys(WAYS, 0.0)
    order: list[Described] = []
    with threadpool_limits(1):
        for away in folds_of(data, Settings(folds=options.folds)):
            train = shipped + [one for one in everything if one.clinic not in away]
            asked = [one for one in everything if one.clinic in away]
            order += asked
            for name, way in WAYS.items():
                start = time.process_time()
                said[name] += way(train, asked)
                seconds[name] += time.process_time() - start
    report(order, said, seconds, options.folds)


def read_masked(text: str) -> str:
    from rehabcoder.language.reading import read

    return read(text).masked


def report(order: Sequence[Described], said: dict[str, list[str]], seconds: dict[str, float], folds: int) -> None:
    """Prints the table."""
    gold, notes = [one.code for one in order], np.array([one.note for one in order])
    right: dict[str, Any] = {
        name: np.array([s == g for s, g in zip(codes, gold, strict=True)], dtype=float) for name, codes in said.items()
    }
    core = np.array([code in CORE for code in gold])
    print(f"{len(order)} services of {len(set(notes))} notes, {folds} groups of clinics left out in turn\n")
    print("| way | codes right | of the three core codes | F1 97110 | F1 97112 | F1 97530 | against shipped | s |")
    print("| --- | --: | --: | --: | --: | --: | --: | --: |")
    for name, codes in said.items():
        low, high = drawn(right[name], notes)
        fewer, more = drawn(right[name] - right[SHIPPED], notes)
        against = "" if name == SHIPPED else f"{100 * fewer:+.1f} to {100 * more:+.1f} points"
        scores = " | ".join(f"{f1(code, gold, codes):.3f}" for code in CORE)
        share = f"{right[name].mean():.3f} ({low:.3f} to {high:.3f}) | {right[name][core].mean():.3f}"
        print(f"| {name} | {share} | {scores} | {against} | {seconds[name]:.0f} |")


if __name__ == "__main__":
    main()
