"""FHIR R4, HL7 v2 and C-CDA."""

from __future__ import annotations

import base64
import copy
import gzip
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

import documents
import hl7 as oracle
import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.diagnosticreport import DiagnosticReport
from fhir.resources.R4B.documentreference import DocumentReference
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehabcoder.note import Note
from rehabcoder.readers import hl7, markup, pdf, read_notes, streams

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(name: str, data: bytes | str | dict[str, Any]) -> list[Note]:
    if isinstance(data, dict):
        data = json.dumps(data)
    Path(name).write_bytes(data.encode() if isinstance(data, str) else data)
    return list(read_notes([name]))


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def test_every_sample_is_read_or_refused_with_a_reason() -> None:
    outcome = {}
    for path in sorted(SAMPLES.iterdir()):
        if path.suffix != ".md":
            [note] = read_notes([str(path)])
            assert bool(note.text) != bool(note.error)
            outcome[path.name] = note.text or (note.error or "").partition(": ")[2]
    assert {name: said[:40] for name, said in outcome.items()} == {
        "MDM-T01-01.hl7": "the MDM^T01 message cannot be read: it h",
        "MDM-T02-02.hl7": "Toilet cylinder crackers model step-moth",
        "MDM-T02-03.hl7": "Toilet cylinder crackers model step-moth",
        "REF-I12-01.hl7": "the REF^I12 message cannot be read: it h",
        "hl7-Unstructured.xml": "its text is in another file, which the d",
        "kareo-ccd.ccd": "the document holds only lists (allergies",
        "mtuitive-opnote-knee.xml": "Operations Performed:\nArthroscopically a",
        "r4-bundle-batch-response.json": "it holds Observation (2), Patient (1) an",
        "stu3-Composition.json": "History of present illness:\nCode | Date ",
        "stu3-DocumentReference.json": "the DocumentReference cannot be read: it",
        "uscore-DocumentReference-soap-note.json": "S: Patient complained of sore toe after ",
    }


# --- FHIR ------------------------------------------------------------------------------------------------------------


def reference(**more: Any) -> dict[str, Any]:
    plain = {
        "resourceType": "DocumentReference", "id": "d1", "status": "current", "subject": {"reference": "Patient/p1"},
        "content": [{"attachment": {"contentType": "text/plain", "data": b64("squats 3x10\r\né")}}],
    }  # fmt: skip
    return plain | more


def test_a_document_reference_with_its_text() -> None:
    resource = reference(context={"period": {"start": "2024-09-18T10:00:00Z"}}, author=[{"display": "T. Example"}])
    DocumentReference.model_validate_json(json.dumps(resource))  # the oracle accepts what we read
    [note] = read("n.json", resource)
    assert note == Note(
        "d1", "squats 3x10\r\né", "n.json#1", date_of_service="2024-09-18", patient_id="p1", clinician="T. Example"
    )


def test_a_bundle_fills_in_patient_clinician_day_and_place() -> None:
    practitioner = {
        "resourceType": "Practitioner", "id": "t", "name": [{"given": ["Terry"], "family": "Example"}],
        "qualification": [{"code": {"text": "PTA"}}],
    }  # fmt: skip
    patient = {
        "resourceType": "Patient", "id": "p1",
        "identifier": [{"value": "other"}, {"type": {"coding": [{"code": "MR"}]}, "value": "0042"}],
    }  # fmt: skip
    encounter = {
        "resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "AMB"},
        "period": {"start": "2024-09-17"}, "serviceProvider": {"display": "North clinic"},
    }  # fmt: skip
    binary = {"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": b64("from the binary")}
    note = reference(
        author=[{"reference": "Practitioner/t"}],
        context={"encounter": [{"reference": "Encounter/e"}]},
        content=[{"attachment": {"url": "urn:uuid:1"}}],
    )
    bundle = {
        "resourceType": "Bundle", "type": "collection",
        "entry": [{"resource": r} for r in (note, practitioner, patient, encounter)]
        + [{"fullUrl": "urn:uuid:1", "resource": binary}],
    }  # fmt: skip
    Bundle.model_validate_json(json.dumps(bundle))
    assert read("n.json", bundle) == [
        Note(
            "d1", "from the binary", "n.json#1", date_of_service="2024-09-17", patient_id="0042",
            clinician="Terry Example", credential="PTA", clinic="North clinic",
        )
    ]  # fmt: skip


def test_a_bulk_export_finds_what_lies_beside() -> None:
    Path("export").mkdir()
    binaries = [{"resourceType": "Binary", "id": f"b{i}", "data": b64(f"note {i}")} for i in range(50)]
    Path("export/Binary.000.ndjson").write_text("".join(json.dumps(b) + "\n" for b in binaries))
    Path("export/Patient.ndjson").write_text(
        json.dumps({"resourceType": "Patient", "id": "p1", "identifier": [{"value": "0042"}]}) + "\n"
    )
    notes = [
        reference(id=f"d{i}", content=[{"attachment": {"url": f"https://host/fhir/Binary/b{i}"}}]) for i in (7, 49, 50)
    ]
    Path("export/DocumentReference.ndjson").write_text("".join(json.dumps(n) + "\n" for n in notes) + "{broken\n")
    told: list[str] = []
    first, second, missing, broken = read_notes(["export"], tell=told.append)
    assert [(n.note_id, n.text, n.patient_id) for n in (first, second)] == [
        ("d7", "note 7", "0042"), ("d49", "note 49", "0042"),
    ]  # fmt: skip
    assert "at an address outside the file" in (missing.error or "")
    assert (broken.error or "").startswith("export/DocumentReference.ndjson#4: broken JSON")
    assert [sentence.partition(":")[0] for sentence in told] == ["export/Binary.000.ndjson", "export/Patient.ndjson"]
    [named] = read_notes(["export/Patient.ndjson"])
    assert "it holds Patient (1) and no note" in (named.error or "")


@pytest.mark.parametrize("size", [200, 5_000, 60_000, 300_000])
@pytest.mark.parametrize("name", ["n.ndjson", "n.json", "n.ndjson.gz"])
@pytest.mark.parametrize("start", ["", "\ufeff", "\n \n"])
def test_a_bulk_export_with_first_lines_of_any_length(size: int, name: str, start: str) -> None:
    data = random.Random(1).randbytes(size)  # which gzip cannot make any shorter
    attachment = {"contentType": "text/plain", "data": b64("squats 3x10")}
    resources = [
        reference(id=f"d{i}", text={"div": base64.b64encode(data).decode()}, content=[{"attachment": attachment}])
        for i in range(3)
    ]
    content = (start + "".join(json.dumps(resource) + "\n" for resource in resources)).encode()
    notes = read(name, gzip.compress(content) if name.endswith(".gz") else content)
    assert [(note.note_id, note.text, note.error) for note in notes] == [
        ("d0", "squats 3x10", None), ("d1", "squats 3x10", None), ("d2", "squats 3x10", None),
    ]  # fmt: skip


def test_a_diagnostic_report_in_its_plainest_form() -> None:
    page = "<p>as <b>HTML</b></p><table><tr><td>97110</td><td>15</td></tr></table>"
    resource = {
        "resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": {"text": "Therapy"},
        "effectiveDateTime": "2024-09-18", "conclusion": "short",
        "presentedForm": [
            {"contentType": "application/pdf", "data": b64(documents.pdf(["as PDF"]))},
            {"contentType": "text/html", "data": b64(page)},
        ],
    }  # fmt: skip
    DiagnosticReport.model_validate_json(json.dumps(resource))
    assert [n.text for n in read("n.json", resource)] == ["as HTML\n97110 | 15"]
    resource["presentedForm"] = resource["presentedForm"][:1]
    assert [n.text for n in read("n.json", resource)] == ["as PDF"]
    del resource["presentedForm"]
    assert [n.text for n in read("n.json", resource)] == ["short"]


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"status": "entered-in-error"}, "its status is entered-in-error"),
        ({"content": []}, "it has no attachment"),
        ({"content": [{"attachment": {"data": "???"}}]}, "no valid base64"),
        (
            {"content": [{"attachment": {"contentType": "image/tiff", "data": b64("II*")}}]},
            "is image/tiff, which is not read",
        ),
        ({"content": [{"attachment": {"data": b64(rb"{\rtf1 x}")}}]}, "Rich Text"),
        ({"content": [{"attachment": {"contentType": "text/plain", "data": b64(" ")}}]}, "is empty"),
        ({"content": "x"}, "it has no attachment"),
        (
            {"content": [{"attachment": {"contentType": "application/pdf", "data": b64(documents.pdf([None]))}}]},
            "scanned",
        ),
    ],
)
def test_fhir_notes_that_are_refused(more: dict[str, Any], what: str) -> None:
    [note] = read("n.json", reference(**more))
    assert note.note_id == "d1"
    assert what in (note.error or "")


SOUND = {"content": [{"attachment": {"contentType": "text/plain", "data": b64("squats")}}]}
PATIENT = {
    "resourceType": "Patient", "id": "p", "identifier": [{"value": "0042", "type": {"coding": [{"code": "MR"}]}}],
}  # fmt: skip
ODD = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
ODD = st.recursive(ODD, lambda e: st.lists(e, max_size=2) | st.dictionaries(st.text(max_size=5), e, max_size=2))


@pytest.mark.parametrize("kind", ["ndjson", "json"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(0, 10**6), min_size=1, max_size=5), odd=ODD, which=st.integers(0, 1))
def test_whatever_stands_in_a_resource_costs_no_other_note(kind: str, steps: list[int], odd: Any, which: int) -> None:
    """An entry somewhere in the second note, or in the patient that all refer to, is something else."""
    subject = {"reference": "Patient/p"}
    bundle = [copy.deepcopy(r) for r in (reference(id="a", subject=subject, **SOUND), PATIENT)]
    bundle += [copy.deepcopy(reference(id=name, subject=subject, **SOUND)) for name in ("b", "c")]
    inner: Any = bundle[1 if which else 2]
    for step in steps:
        keys = sorted(inner) if isinstance(inner, dict) else range(len(inner))
        key = keys[step % len(keys)]
        if step == steps[-1] or not isinstance(inner[key], dict | list) or not inner[key]:
            inner[key] = odd
            break
        inner = inner[key]
    if kind == "ndjson":
        notes = read("n.ndjson", "".join(json.dumps(resource) + "\n" for resource in bundle))
    else:
        notes = read("n.json", {"resourceType": "Bundle", "entry": [{"resource": resource} for resource in bundle]})
    assert {"a", "c"} <= {note.note_id for note in notes if note.text == "squats"}


def test_bulk_exports_with_a_bundle_a_line_give_every_note_its_own_number() -> None:
    def bundle(day: int) -> dict[str, Any]:
        patient = PATIENT | {"id": f"p{day}"}
        notes = [reference(id=None, subject={"reference": f"Patient/p{day}"}, **SOUND) for _ in range(2)]
        return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in (patient, *notes)]}

    for name in ("n.ndjson", "n.jsonl", "n.json"):
        notes = read(name, "".join(json.dumps(bundle(day)) + "\n" for day in (1, 2)) + json.dumps(reference()))
        assert [note.source for note in notes] == [f"{name}#{number}" for number in (2, 3, 5, 6, 7)]
        assert len({note.note_id for note in notes}) == 5
        assert [note.patient_id for note in notes] == ["0042"] * 4 + ["p1"]
        assert [note.error for note in notes] == [None] * 5


@pytest.mark.parametrize("media", ["text/html", "application/pdf"])
def test_an_attachment_that_breaks_its_library_costs_one_note(media: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("squats, the text of a note")

    monkeypatch.setattr(markup, "html_text", broken)
    monkeypatch.setattr(pdf, "text_of", broken)
    data = b64("%PDF-1.4" if media.endswith("pdf") else "<p>x</p>")
    odd = reference(id="b", content=[{"attachment": {"contentType": media, "data": data}}])
    first, bad, last = read(
        "n.ndjson", "".join(json.dumps(r) + "\n" for r in (reference(id="a", **SOUND), odd, reference(id="c", **SOUND)))
    )
    assert first.text == last.text == "squats"
    assert "damaged or of an unknown kind (ZeroDivisionError)" in (bad.error or "")
    assert "squats" not in (bad.error or "")


def test_an_attachment_whose_package_is_missing_costs_one_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lxml.html", None)
    monkeypatch.setitem(sys.modules, "lxml.etree", None)
    odd = reference(id="b", content=[{"attachment": {"contentType": "text/html", "data": b64("<p>x</p>")}}])
    first, bad, last = read(
        "n.ndjson", "".join(json.dumps(r) + "\n" for r in (reference(id="a", **SOUND), odd, reference(id="c", **SOUND)))
    )
    assert first.text == last.text == "squats"
    assert "pip install 'rehabcoder[io]'" in (bad.error or "")


def test_a_fhir_document_that_is_c_cda() -> None:
    data = documents.ccda(documents.section("61149-1", "Objective", "squats"))
    resource = reference(content=[{"attachment": {"contentType": "application/xml", "data": b64(data)}}])
    assert [note.text for note in read("n.json", resource)] == ["Objective:\nsquats"]


# --- HL7 v2 ----------------------------------------------------------------------------------------------------------

HEADER = r"MSH|^~\&|EMR|NORTH|X|Y|20240919||MDM^T02|c1|P|2.5"
MDM = [
    HEADER,
    "PID|1||0042^^^EMR^MR||EXAMPLE^PAT",
    "PV1|1|O|GYM^^^North clinic",
    "IN1|1|A|B|Medicare",
    "FT1|1|||20240918||CG|97110||||2|||||||||||||||97110^x",
    "TXA|1|PN|TX|20240918103000|||||99^Example^Terry^^^^PTA|||doc-7",
    r"OBX|1|FT|1^note||S: ok\.br\O: squats 3x10 \T\ steps~second|",
    r"OBX|2|TX|1^note||5 \X2B\ 5 min C:\temp, 10% \H\bold\N\|",
]
MDM[4] = "FT1|1|||20240918||CG||||2" + "|" * 15 + "97110^x"


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_a_message_with_a_document(end: str) -> None:
    assert read("n.hl7", end.join(MDM) + end) == [
        Note(
            "doc-7", "S: ok\nO: squats 3x10 & steps\nsecond\n5 + 5 min C:\\temp, 10% bold", "n.hl7#1",
            date_of_service="2024-09-18", patient_id="0042", clinician="Terry Example", credential="PTA",
            clinic="North clinic", payer="Medicare", billed_units={"97110": 2},
        )
    ]  # fmt: skip


def test_a_batch_and_results_by_order() -> None:
    oru = [
        HEADER.replace("MDM^T02|c1", "ORU^R01|c2"), "PID|1||0043",
        "OBR|1|p1|f1|T^PT daily note|||20240918", "OBX|1|TX|n||first", "OBX|2|ST|n||line two", "NTE|1||aside",
        "OBR|2|p2|f2|T^labs|||20240918", "OBX|1|NM|n||5",
        "OBR|3|p3||T^OT daily note|||20240917", "OBX|1|TX|n||third",
    ]  # fmt: skip
    empty = [HEADER.replace("MDM^T02|c1", "ADT^A01|c3"), "PID|1||0044"]
    batch = ["FHS|^~\\&|EMR", "BHS|^~\\&|EMR", *MDM, *oru, *empty, "BTS|3", "FTS|1"]
    one, two, three, four = read("n.txt", "\x0b" + "\r".join(batch) + "\x1c\r")
    assert (one.note_id, one.source) == ("doc-7", "n.txt#1")
    assert (two.note_id, two.text, two.patient_id, two.source) == ("f1", "first\nline two", "0043", "n.txt#2")
    assert (three.note_id, three.text, three.date_of_service) == ("p3", "third", "2024-09-17")
    assert three.source == "n.txt#2.2"
    assert (four.error or "").startswith("n.txt#3: the ADT^A01 message cannot be read: it holds no text of a document.")


def charge(code: str, quantity: str) -> str:
    return f"FT1|1|||20240918||CG||||{quantity}" + "|" * 15 + code


@pytest.mark.parametrize(
    ("charges", "billed"),
    [
        ([("97110^x", "2.00"), ("97140-59", "1"), ("97110", "")], {"97110": 3, "97140": 1}),
        ([("97110", "2"), ("SUPPLY", "0.5")], {"97110": 2}),
        ([("97110", "1.5"), ("97140", "1")], None), ([("97110", "two")], None), ([("97110", "-1")], None),
    ],
)  # fmt: skip
def test_charges_by_code(charges: list[tuple[str, str]], billed: dict[str, int] | None) -> None:
    told: list[str] = []
    Path("n.hl7").write_text("\r".join([*MDM[:4], *(charge(*one) for one in charges), *MDM[5:]]))
    [note] = read_notes(["n.hl7"], tell=told.append)
    assert note.billed_units == billed
    left_out = (
        "n.hl7: messages with a charge (FT1) of no whole quantity, whose charges are left out: 1 (the first: n.hl7#1)."
    )
    assert told == ([] if billed else [left_out])


def test_charges_of_a_message_with_several_notes_count_once() -> None:
    orders = [
        "OBR|1|p1", "OBX|1|TX|n||   ", "OBR|2|p2", "OBX|1|TX|n||squats x 30 min", "OBR|3|p3", "OBX|1|TX|n||glides 15 min",
    ]  # fmt: skip
    charges = [charge("97110", "2"), charge("97140", "1")]
    notes = read("n.hl7", "\r".join([HEADER.replace("MDM^T02", "ORU^R01"), "PID|1||0043", *orders, *charges]))
    assert [(note.note_id, note.billed_units) for note in notes] == [
        ("p1", None), ("p2", {"97110": 2, "97140": 1}), ("p3", None),
    ]  # fmt: skip
    assert notes[0].error is not None


def test_attachments_and_line_ends_that_were_not_escaped() -> None:
    document = b64(documents.pdf(["from the PDF"]))
    pdf = [*MDM[:-2], f"OBX|1|ED|1^note||^application^pdf^Base64^{document}"]
    assert [note.text for note in read("n.hl7", "\r".join(pdf))] == ["from the PDF"]
    broken = [*MDM[:-2], "OBX|1|TX|1||S: ok", "O: squats", "97110 | 15 min"]
    assert [note.text for note in read("n.hl7", "\r\n".join(broken))] == ["S: ok\nO: squats\n97110 | 15 min"]


@pytest.mark.parametrize("end", ["\r", "\n"])
@pytest.mark.parametrize("long", [["OBX|1|TX|1||" + "x" * 5000], ["OBX|1|TX|1||" + "x" * 500] * 10, ["x" * 300] * 10])
def test_a_message_too_long_for_a_note_costs_no_other(
    end: str, long: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (streams, hl7):
        monkeypatch.setattr(module, "MAX_LINE", 2000)
    monkeypatch.setattr(streams, "_CHUNK", 700)
    first, bad, last = read("n.hl7", end.join([*MDM, HEADER, "OBX|1|TX|1||go", *long, "OBX|2|TX|1||more", *MDM]) + end)
    assert first.text == last.text != ""
    assert (first.source, bad.source, last.source) == ("n.hl7#1", "n.hl7#2", "n.hl7#3")
    assert (bad.error or "").startswith("n.hl7#2: the MDM^T02 message cannot be read: it is longer than 0 MB")
    assert bad.text == ""


def test_many_line_ends_that_were_not_escaped_take_no_time() -> None:
    begin = time.process_time()
    [note] = read("n.hl7", "\n".join([*MDM[:-2], "OBX|1|TX|1||S: ok", *["o: squats, lunges and stairs"] * 150_000]))
    assert note.text.count("\n") == 150_000
    assert time.process_time() - begin < 5  # put together one by one: minutes


def test_other_signs_than_the_usual_ones() -> None:
    text = "MSH#*!?@#EMR#N#X#Y#20240919##MDM*T02#c1#P#2.5\rOBX#1#TX#1##a ?S? b, c^d!e"
    assert [note.text for note in read("n.hl7", text)] == ["a * b, c^d\ne"]


@pytest.mark.parametrize("name", ["MDM-T02-02.hl7", "MDM-T02-03.hl7"])
def test_texts_agree_with_the_hl7_package(name: str) -> None:
    text = (SAMPLES / name).read_text()
    parsed = oracle.parse(text.replace("\n", "\r"))
    expected = "\n".join(str(segment[5]) for segment in parsed.segments("OBX"))
    [note] = read_notes([str(SAMPLES / name)])
    assert note.text == expected
    assert note.patient_id == parsed.extract_field("PID", 1, 3, 1, 1)


# --- C-CDA -----------------------------------------------------------------------------------------------------------


def test_sections_in_order_and_lists_left_out() -> None:
    head = (
        "<recordTarget><patientRole><id root='1' extension='0042'/></patientRole></recordTarget>"
        "<author><assignedAuthor><assignedPerson><name><given>Terry</given><family>Example</family><suffix>OTR/L</suffix>"
        "</name></assignedPerson><representedOrganization><name>North clinic</name></representedOrganization>"
        "</assignedAuthor></author><componentOf><encompassingEncounter><effectiveTime><low value='20240918103000'/>"
        "</effectiveTime></encompassingEncounter></componentOf>"
    )
    sections = (
        documents.section("61150-9", "Subjective", "<paragraph>ok   today</paragraph>")
        + documents.section("10160-0", "Medications", "aspirin")
        + documents.section(
            "61149-1", "",
            "<table><thead><tr><th>CPT</th><th>Min</th></tr></thead><tbody><tr><td>97110</td><td>15</td></tr></tbody></table>"
            "<list><item>squats<br/>3x10</item></list>",
        )
        + documents.section("18776-5", "Plan", "line one\n   line two")
    )  # fmt: skip
    Path("n.xml").write_bytes(documents.ccda(sections, head=head))
    told: list[str] = []
    [note] = read_notes(["n.xml"], tell=told.append)
    assert note == Note(
        "doc-1",
        "Subjective:\nok today\n\nObjective:\nCPT | Min\n97110 | 15\nsquats\n3x10\n\nPlan:\nline one\nline two",
        "n.xml", date_of_service="2024-09-18", patient_id="0042", clinician="Terry Example", credential="OTR/L",
        clinic="North clinic",
    )  # fmt: skip
    assert told == ["n.xml: sections left out, as lists that the record system adds: 1 (the first: medications)."]


def test_a_c_cda_document_under_the_name_of_text() -> None:
    assert [note.text for note in read("n.txt", documents.ccda(documents.section("51848-0", "A", "better")))] == [
        "A:\nbetter"
    ]


def test_an_unstructured_document() -> None:
    pdf = b64(documents.pdf(["S: ok"]))
    body = f'<nonXMLBody><text mediaType="application/pdf" representation="B64">{pdf}</text></nonXMLBody>'
    data = documents.ccda("").replace(b"<structuredBody></structuredBody>", body.encode())
    assert [note.text for note in read("n.xml", data)] == ["S: ok"]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"<ClinicalDocument xmlns='urn:hl7-org:v3'><component>", "broken XML at line 1"),
        (b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><l>&b;</l>', "declares entities"),
        (b'<!DOCTYPE l SYSTEM "file:///etc/passwd"><l/>', "declares entities"),
        (b"<Bundle xmlns='http://hl7.org/fhir'/>", "FHIR as XML"),
        (b"<feed/>", "XML of another kind (feed)"),
        (documents.ccda(""), "no section with text"),
    ],
)
def test_xml_that_is_refused(data: bytes, what: str) -> None:
    [note] = read("n.xml", data)
    assert what in (note.error or "")
