"""rehabcoder as a part of anyone's spaCy pipeline."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

import rehabcoder
from rehabcoder import CodedNote, Coder, Note
from rehabcoder.errors import ModelError, PolicyError, UsageError
from rehabcoder.predict.store import default_model_path

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(SAMPLE.glob("*.txt"))]
NOTE = (SAMPLE / "wrong-label.txt").read_text(encoding="utf-8")


@cache
def coder() -> Coder:
    return rehabcoder.load()


@cache
def pipeline() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("rehab_services")
    nlp.add_pipe("rehab_findings")
    return nlp


def coded(text: str) -> CodedNote:
    """What the coder says, as it is stored: probabilities with four digits."""
    [row] = coder().code([Note("doc", text)])
    return CodedNote.from_json(row.to_json())


class TestServices:
    def test_one_line_is_enough(self) -> None:
        nlp = spacy.blank("en")
        nlp.add_pipe("rehab_services")
        doc = nlp("Ther Ex 97110, 15 min: squats 3x10 for quadriceps strength.")
        [span] = doc.spans["rehab_services"]
        assert (span.label_, span._.rehab_minutes, span._.rehab_labelled) == ("97110", 15, "97110")

    def test_spans_carry_what_the_coder_says(self) -> None:
        for text in TEXTS:
            doc, row = pipeline()(text), coded(text)
            assert doc._.rehab == row
            spans = list(doc.spans["rehab_services"])
            assert [span.label_ for span in spans] == [service.code for service in row.interventions]
            for span, service in zip(spans, row.interventions, strict=True):
                assert span.start_char <= service.start < service.end <= span.end_char
                assert span._.rehab_minutes == service.minutes
                assert span._.rehab_labelled == service.labelled
                assert span._.rehab_confidence == service.confidence
                assert span._.rehab_needs_review == service.needs_review
                assert span._.rehab_review_reasons == service.review_reasons
                assert span._.rehab_alternatives == [list(pair) for pair in service.alternatives]
                assert span._.rehab_why == service.why
                assert len(span._.rehab_activities) == len(service.activities)

    def test_findings_point_at_words(self) -> None:
        doc, row = pipeline()(NOTE), coded(NOTE)
        spans = list(doc.spans["rehab_findings"])
        pointed = [flag for flag in row.flags if flag.start is not None]
        assert pointed
        assert [span.label_ for span in spans] == [flag.id for flag in pointed]
        assert [span._.rehab_message for span in spans] == [flag.message for flag in pointed]
        assert spans[0]._.rehab_severity == "high"

    def test_spans_are_widened_to_whole_tokens(self) -> None:
        @Language.component("one_token_a_line")
        def _merge(doc: Doc) -> Doc:
            with doc.retokenize() as retokenizer:
                begin = 0
                for token in doc:
                    if "\n" in token.text or token.i == len(doc) - 1:
                        if token.i - begin > 1:
                            retokenizer.merge(doc[begin : token.i])
                        begin = token.i + 1
            return doc

        nlp = spacy.blank("en")
        nlp.add_pipe("one_token_a_line")
        nlp.add_pipe("rehab_services")
        doc = nlp(NOTE)
        services = coded(NOTE).interventions
        for span, service in zip(doc.spans["rehab_services"], services, strict=True):
            assert service.text in span.text
            assert span._.rehab_minutes == service.minutes

    def test_other_spans_and_documents_without_services_have_none(self) -> None:
        doc = pipeline()("Cancelled today.")
        assert len(doc.spans["rehab_services"]) == 0
        assert doc[:1]._.rehab_minutes is None
        assert doc[:1]._.rehab_why == []
        assert spacy.blank("en")("Cancelled")._.rehab is None

    def test_facts_beside_the_text_come_in_with_the_document(self) -> None:
        nlp = pipeline()
        doc = nlp.make_doc(NOTE)
        doc._.rehab_input = {"note_id": "a-17", "date_of_service": "2024-05-31"}
        [expected] = coder().code([Note("a-17", NOTE, date_of_service="2024-05-31")])
        assert nlp(doc)._.rehab == CodedNote.from_json(expected.to_json())
        wrong = nlp.make_doc(NOTE)
        wrong._.rehab_input = {"colour": "red"}
        with pytest.raises(UsageError, match="a note does not have"):
            nlp(wrong)


class TestPipelines:
    def test_many_documents_as_one_by_one(self) -> None:
        together = [doc._.rehab for doc in pipeline().pipe(TEXTS, batch_size=7)]
        assert together == [coded(text) for text in TEXTS]

    def test_in_several_processes(self) -> None:
        docs = list(pipeline().pipe(TEXTS[:6], n_process=2, batch_size=2))
        assert [doc._.rehab for doc in docs] == [coded(text) for text in TEXTS[:6]]
        assert all(doc.spans["rehab_services"][0]._.rehab_confidence for doc in docs if doc._.rehab.interventions)

    def test_with_other_components_in_another_language(self) -> None:
        nlp = spacy.blank("de")
        nlp.add_pipe("sentencizer")
        nlp.add_pipe("rehab_services", name="billing", config={"spans_key": "codes"})
        doc = nlp(NOTE)
        assert [span.label_ for span in doc.spans["codes"]] == [s.code for s in coded(NOTE).interventions]
        assert len(list(doc.sents)) > 1

    def test_a_document_keeps_its_answers(self) -> None:
        doc = pipeline()(NOTE)
        again = Doc(pipeline().vocab).from_bytes(doc.to_bytes())
        assert again._.rehab == doc._.rehab
        minutes = [span._.rehab_minutes for span in again.spans["rehab_services"]]
        assert minutes == [service.minutes for service in coded(NOTE).interventions]

    def test_findings_without_services_are_refused(self) -> None:
        nlp = spacy.blank("en")
        nlp.add_pipe("rehab_services")  # the module that knows both is loaded by the first
        nlp.remove_pipe("rehab_services")
        nlp.add_pipe("rehab_findings")
        assert "doc._.rehab" in (nlp.analyze_pipes() or {})["problems"]["rehab_findings"]
        with pytest.raises(UsageError, match="was not coded"):
            nlp(NOTE)

    def test_spacy_finds_nothing_wrong_with_the_two_together(self) -> None:
        assert not any((pipeline().analyze_pipes() or {})["problems"].values())


class TestSettings:
    def test_the_policy(self) -> None:
        nlp = spacy.blank("en")
        nlp.add_pipe("rehab_services", config={"policy": "commercial-midpoint"})
        assert nlp(NOTE)._.rehab.rule == "midpoint"

    def test_a_wrong_policy_is_told_at_once(self) -> None:
        with pytest.raises(PolicyError):
            spacy.blank("en").add_pipe("rehab_services", config={"policy": "nowhere"})

    def test_a_wrong_model_is_told_at_the_first_document(self) -> None:
        nlp = spacy.blank("en")
        nlp.add_pipe("rehab_services", config={"model": "nowhere"})
        with pytest.raises(ModelError):
            nlp(NOTE)

    def test_a_saved_pipeline_is_the_same_pipeline(self, tmp_path: Path) -> None:
        pipeline().to_disk(tmp_path / "nlp")
        assert not list((tmp_path / "nlp").rglob("*.zip"))
        again = spacy.load(tmp_path / "nlp")
        assert again.pipe_names == ["rehab_services", "rehab_findings"]
        assert again(NOTE)._.rehab == coded(NOTE)

    def test_a_saved_pipeline_carries_its_own_model(self, tmp_path: Path) -> None:
        model = tmp_path / "mine" / "model.zip"
        model.parent.mkdir()
        shutil.copyfile(default_model_path(), model)
        nlp = spacy.blank("en")
        nlp.add_pipe("rehab_services", config={"model": str(model)})
        nlp.to_disk(tmp_path / "nlp")
        model.unlink()
        assert spacy.load(tmp_path / "nlp")(NOTE)._.rehab == coded(NOTE)


@settings(max_examples=40)
@given(st.text(max_size=200).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text)))
def test_any_text_goes_through(text: str) -> None:
    doc = pipeline()(text)
    assert doc.text == text
    assert doc._.rehab == coded(text)
