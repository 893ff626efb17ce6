"""Turns words into the features of the linear models: plain strings, so that a model file can be read by eye.

Names and numbers of codes are masked before (`language.labels`), so that no model can repeat the note's own label.
Figures become their shape, which keeps doses readable and patients out.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files

from rehabcoder.language.pieces import Piece, clauses

TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?|[#%/\"'>+=\[\]():;|~-]")
_STEM = 5


def tokens(low: str) -> list[str]:
    """Words of a shadow text; figures become `0`, `00` or `000` by their number of digits."""
    return [_shape(t) for t in TOKEN.findall(low)]


def _shape(token: str) -> str:
    first = token[0]
    if first.isdecimal():
        return "0" * min(len(token.split(".")[0]), 3)
    return token


@cache
def _classes() -> dict[str, tuple[str, ...]]:
    """Classes of each word of `knowledge/cues.toml`."""
    table = tomllib.loads(files("rehabcoder.knowledge").joinpath("cues.toml").read_text(encoding="utf-8"))
    out: dict[str, tuple[str, ...]] = {}
    for name, listed in table.items():
        for word in listed.split():
            out[word] = (*out.get(word, ()), f"%{name}")
    return out


@lru_cache(maxsize=1 << 15)  # notes say the same words again and again
def known(token: str) -> tuple[str, tuple[str, ...]]:
    """The shape of a token, with its stem and its classes."""
    shape = _shape(token)
    stem = (shape[:_STEM] + "*",) if len(shape) > _STEM else ()
    return shape, stem + _classes().get(shape, ())


def clause_words(masked: str, piece: Piece, whole: list[str]) -> list[list[str]]:
    """Features of each clause of a piece; `whole` are those of the piece, which a piece of one clause keeps."""
    parts = clauses(masked, piece)
    return [whole] if len(parts) < 2 else [words(masked[start:end]) for start, end in parts]


def words(low: str) -> list[str]:
    """Features of a description: words, pairs of neighbours, stems of the longer words, and classes of words, each once."""
    said = [known(token) for token in TOKEN.findall(low)]
    feats = dict.fromkeys([shape for shape, _ in said])
    previous = "^"
    for shape, more in said:
        feats[f"{previous} {shape}"] = None
        for name in more:
            feats[name] = None
        previous = shape
    return list(feats)
