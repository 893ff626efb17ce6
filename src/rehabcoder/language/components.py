"""spaCy components: rehabcoder as a part of anyone's pipeline. Only this module needs spaCy.

    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("rehab_services", config={"policy": "medicare-part-b"})
    nlp.add_pipe("rehab_findings")
    doc = nlp("Ther Ex 15 min: squats 3x10 for quadriceps strength.")
    for span in doc.spans["rehab_services"]:
        print(span.label_, span._.rehab_minutes, span.text)

`doc._.rehab` is the whole `CodedNote`; its offsets are exact, while spans are widened to whole tokens. Facts beside the
text (a date of service, billed units) come in as fields of a `Note`: `doc._.rehab_input = {"date_of_service": ...}`,
set on `nlp.make_doc(text)` before the pipeline runs over it. What is coded is stored with the document as plain JSON
types, so that it survives `Doc.to_bytes` and `nlp.pipe(n_process=2)`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup
from spacy.util import minibatch

from rehabcoder.billing.policies import DEFAULT_POLICY, load_policy
from rehabcoder.coder import Coder, load
from rehabcoder.errors import UsageError
from rehabcoder.note import CodedNote, Evidence, Json, Note
from rehabcoder.predict.store import FILE_NAME
from rehabcoder.training.registry import find_model

SERVICES = "rehab_services"
FINDINGS = "rehab_findings"
_STORED = "rehabcoder"  # key in Doc.user_data: the JSON of the coded note
_KINDS = {SERVICES: "interventions", FINDINGS: "flags"}


class RehabServices:
    """Codes each document: sets `doc._.rehab` and the services as spans, labelled with their codes."""

    def __init__(self, name: str, *, model: str | None, policy: str, spans_key: str) -> None:
        load_policy(policy)  # refuse a wrong policy now, not at the first document
        self.name = name
        self.spans_key = spans_key
        self._model = model
        self._policy = policy
        self._coder: Coder | None = None

    @property
    def coder(self) -> Coder:
        """The coder, loaded when it is first needed: a saved pipeline brings its model along only after it was made.

        Raises:
            ModelError: the model is missing, damaged or too new.
        """
        if self._coder is None:
            self._coder = load(self._model, policy=self._policy)
        return self._coder

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        """Codes documents a batch at a time."""
        for docs in minibatch(stream, size=batch_size):  # type: ignore[no-untyped-call]
            batch = list(docs)
            for doc, coded in zip(batch, self.coder.code([_note(doc) for doc in batch]), strict=True):
                doc.user_data[_STORED] = coded.to_json()
                doc.spans[self.spans_key] = _spans(doc, SERVICES, self.spans_key)
                yield doc

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Writes a model that is not the shipped one, so that the pipeline carries it along."""
        if self._model is not None:
            folder = Path(path)
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(find_model(self._model), folder / FILE_NAME)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> RehabServices:
        """Takes the model that `to_disk` wrote, if it wrote one."""
        file = Path(path) / FILE_NAME
        if file.is_file():
            self._model, self._coder = str(file), None
        return self


class RehabFindings:
    """Sets the findings that point at words as spans, labelled with their ids. Runs after `rehab_services`."""

    def __init__(self, name: str, *, spans_key: str) -> None:
        self.name = name
        self.spans_key = spans_key

    def __call__(self, doc: Doc) -> Doc:
        _stored(doc)
        doc.spans[self.spans_key] = _spans(doc, FINDINGS, self.spans_key)
        return doc


@Language.factory(
    SERVICES,
    assigns=["doc._.rehab", "doc.spans"],
    default_config={"model": None, "policy": DEFAULT_POLICY, "spans_key": SERVICES},
)
def make_services(nlp: Language, name: str, model: str | None, policy: str, spans_key: str) -> RehabServices:
    """The component `rehab_services`.

    Args:
        model: name, file or folder of a model; None for the one in use.
        policy: a shipped payer policy by name, or a TOML file.
        spans_key: where in `doc.spans` the services go.

    Raises:
        PolicyError: the policy is unknown or wrong.
    """
    return RehabServices(name, model=model, policy=policy, spans_key=spans_key)


@Language.factory(
    FINDINGS, requires=["doc._.rehab"], assigns=["doc.spans"], default_config={"spans_key": FINDINGS}
)  # fmt: skip
def make_findings(nlp: Language, name: str, spans_key: str) -> RehabFindings:
    """The component `rehab_findings`.

    Args:
        spans_key: where in `doc.spans` the findings go.
    """
    return RehabFindings(name, spans_key=spans_key)


def _note(doc: Doc) -> Note:
    fields: Json = {"note_id": "doc"} | (doc._.rehab_input or {})
    try:
        return Note(text=doc.text, **fields)
    except TypeError as error:
        raise UsageError("doc._.rehab_input holds a field that a note does not have", remedy=str(error)) from error


def _spans(doc: Doc, kind: str, key: str) -> SpanGroup:
    """Spans of whole tokens around services or findings; the id of each is its place in the list of the coded note."""
    group = SpanGroup(doc, name=key)
    for place, item in enumerate(_stored(doc)[_KINDS[kind]]):
        if item["start"] is None:
            continue
        label = item["code"] if kind == SERVICES else item["id"]
        span = doc.char_span(
            item["start"], item["end"], label=label, span_id=f"{kind}:{place}", alignment_mode="expand"
        )
        if span is not None:
            group.append(span)
    return group


def _stored(doc: Doc) -> Json:
    try:
        stored: Json = doc.user_data[_STORED]
    except KeyError:
        raise UsageError(
            "this document was not coded", remedy="Put rehab_services into the pipeline, before rehab_findings."
        ) from None
    return stored


def _rehab(doc: Doc) -> CodedNote | None:
    return CodedNote.from_json(doc.user_data[_STORED]) if _STORED in doc.user_data else None


def _item(span: Span) -> Json | None:
    """What the span stands for, as JSON; None for a span that is not one of ours."""
    kind, _, place = span.id_.partition(":")
    if kind not in _KINDS or _STORED not in span.doc.user_data:
        return None
    item: Json = span.doc.user_data[_STORED][_KINDS[kind]][int(place)]
    return item


def _field(name: str) -> Callable[[Span], Any]:
    def get(span: Span) -> Any:
        return (_item(span) or {}).get(name)

    return get


def _why(span: Span) -> list[Evidence]:
    return [Evidence.from_json(words) for words in (_item(span) or {}).get("why", ())]


def _register() -> None:
    # Under names of their own; `force` because a test or a notebook may import this module anew.
    Doc.set_extension("rehab", getter=_rehab, force=True)
    Doc.set_extension("rehab_input", default=None, force=True)
    Span.set_extension("rehab_why", getter=_why, force=True)
    fields = ("labelled", "minutes", "confidence", "alternatives", "activities", "needs_review", "review_reasons",
              "severity", "message", "rule")  # fmt: skip
    for name in fields:
        Span.set_extension(f"rehab_{name}", getter=_field(name), force=True)


_register()
