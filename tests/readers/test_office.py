"""Parquet, spreadsheets, Word and PDF."""

from __future__ import annotations

import base64
import datetime as dt
import io
import random
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import documents
import docx
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rehabcoder.note import Note
from rehabcoder.readers import docx as docx_reader
from rehabcoder.readers import extras, pdf, read_notes, xlsx


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def notes_of(name: str, data: bytes) -> list[Note]:
    Path(name).write_bytes(data)
    return list(read_notes([name]))


def one(name: str, data: bytes) -> Note:
    [note] = notes_of(name, data)
    return note


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_parquet() -> None:
    table = pa.table(
        {
            "note_id": pa.array([17, 18]),
            "text": pa.array(["squats\r\n3x10", None]),
            "dos": pa.array([1_726_660_800_000_000_001, None], pa.timestamp("ns")),
            "billed_units": pa.array([[("97110", 2)], None], pa.map_(pa.string(), pa.int32())),
            "interventions": pa.array(["label", "label"]),
        }
    )
    pq.write_table(table, "n.parquet")
    first, second = read_notes(["n.parquet"])
    assert first == Note("17", "squats\r\n3x10", "n.parquet#1", date_of_service="2024-09-18", billed_units={"97110": 2})
    assert (second.note_id, second.source) == ("18", "n.parquet#2")
    assert second.error == ("n.parquet#2: the column 'text' is empty. Export the note again, or leave the record out.")


def test_parquet_text_as_bytes_or_dictionary_or_large() -> None:
    for values in (
        pa.array([b"caf\xe9"], pa.binary()),
        pa.array(["café"]).dictionary_encode(),
        pa.array(["café"], pa.large_string()),
    ):
        pq.write_table(pa.table({"text": values}), "n.parquet")
        assert [note.text for note in read_notes(["n.parquet"])] == ["café"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [(pa.array([1]), "int64"), (pa.array([["a"]]), "list<element: string>"), (pa.array([None]), "null")],
)
def test_parquet_of_the_wrong_type(values: pa.Array, kind: str) -> None:
    pq.write_table(pa.table({"text": values}), "n.parquet")
    [note] = read_notes(["n.parquet"])
    assert note.error is not None
    assert note.error.startswith(f"n.parquet: the column 'text' holds {kind}, not text.")


def test_parquet_cut_off() -> None:
    pq.write_table(pa.table({"text": ["squats"] * 1000}), "n.parquet")
    data = Path("n.parquet").read_bytes()
    assert "damaged, encrypted or not Parquet" in (one("cut.parquet", data[: len(data) // 2]).error or "")


def test_spreadsheets() -> None:
    rows = [
        ["Export of 9/18/2024"], [],
        ["Note ID", "DOS", "Progress Note", "Units"],
        [17, dt.datetime(2024, 9, 18), "squats\n3x10", "97110:2"],
        [None, None, None, None],
        [18.0, "9/19/24", 45.0, None],
    ]  # fmt: skip
    Path("n.xlsx").write_bytes(workbook(Cover=[["About"], ["made by"]], Notes=rows))
    told: list[str] = []
    first, second = read_notes(["n.xlsx"], tell=told.append)
    assert first == Note(
        "17", "squats\n3x10", "n.xlsx#Notes!4", date_of_service="2024-09-18", billed_units={"97110": 2}
    )
    assert (second.note_id, second.source, second.date_of_service) == ("18", "n.xlsx#Notes!6", "2024-09-19")
    assert "the column 'Progress Note' holds a number, not text" in (second.error or "")
    assert told[0] == "n.xlsx#Cover: left out, since no column looks like the text of notes."


def test_large_sheets_are_streamed_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[list[Any]] = [["ID", "Text"], *([i, f"note {i}"] for i in range(500))]
    Path("n.xlsx").write_bytes(workbook(Notes=rows))
    loaded = list(read_notes(["n.xlsx"]))
    monkeypatch.setattr(xlsx, "_HUGE", 0)
    assert list(read_notes(["n.xlsx"])) == loaded
    assert len(loaded) == 500


@pytest.mark.parametrize("far", ["XFD1048576", "XFD3", "A1048576", "ZZZ4294967295"])
def test_a_stray_cell_far_from_the_others_costs_no_memory_and_no_note(far: str) -> None:
    """Loaded as a rectangle the first of these takes half a terabyte, and the library ends the process."""
    whole = documents.unpacked(workbook(Notes=[["ID", "Text"], [1, "squats"], [2, "lunges"]]))
    name = "xl/worksheets/sheet1.xml"
    row = far.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    stray = f'<row r="{row}"><c r="{far}"><v>7</v></c></row></sheetData>'.encode()
    whole[name] = whole[name].replace(b"</sheetData>", stray)
    Path("n.xlsx").write_bytes(documents.packed(whole))
    notes = list(read_notes(["n.xlsx"]))
    assert [(n.note_id, n.text, n.error) for n in notes[:2]] == [("1", "squats", None), ("2", "lunges", None)]
    # A cell under a name belongs to a record, which then lacks its text; one beside the names belongs to none.
    assert len(notes) == (3 if far.startswith("A") else 2)


def test_sheets_as_rectangles_of_many_cells_are_streamed_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    data = workbook(Notes=[["ID", "Text"], *([i, f"note {i}"] for i in range(50))])
    Path("n.xlsx").write_bytes(data)
    loaded = list(read_notes(["n.xlsx"]))
    monkeypatch.setattr(xlsx, "can_be_loaded", lambda _: False)
    assert list(read_notes(["n.xlsx"])) == loaded
    assert len(loaded) == 50


def test_a_sheet_in_open_document_that_would_fill_the_memory_is_refused() -> None:
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="3000"><text:p>x</text:p>'
    row = f'<table:table-row table:number-rows-repeated="3000">{cell}</table:table-cell></table:table-row>'
    assert "so long and wide that they fill the memory" in (one("n.ods", documents.ods(row)).error or "")
    small = row.replace("3000", "3").replace(">x<", ">text<")
    assert [note.text for note in notes_of("n.ods", documents.ods(small))] == [
        "text",
        "text",
    ]  # the first of three rows is the header


def test_a_workbook_without_notes() -> None:
    note = one("n.xlsx", workbook(Cover=[["Visit", "Remarks"], [1, "x"]]))
    assert "no column looks like the text of the notes; the columns are 'Visit', 'Remarks'" in (note.error or "")


def test_a_member_that_unpacks_to_more_than_it_says() -> None:
    """Also where its checksum fits what it says, so that nothing but unpacking it whole finds out."""
    claimed = b"<a>" + b" " * 50_000
    data = documents.packed({"word/document.xml": claimed + b" " * (80 * 2**20)})
    [info] = zipfile.ZipFile(io.BytesIO(data)).infolist()
    true = struct.pack("<LLL", info.CRC, info.compress_size, info.file_size)
    false = struct.pack("<LLL", zlib.crc32(claimed), info.compress_size, len(claimed))
    assert data.count(true) == 2
    forged = data.replace(true, false)
    with zipfile.ZipFile(io.BytesIO(forged)) as archive:
        assert archive.testzip() is None  # nobody else minds
    tracemalloc.start()
    try:
        for name in ("n.docx", "n.xlsx"):
            assert "damaged or was not copied whole" in (one(name, forged).error or "")
        assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["n.xlsx", "n.docx"])
@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK\x03\x04 and nothing", "damaged"),
        (documents.packed({"xl/a.bin": bytes(200 * 2**20)}), "unpacked it would fill"),
        (
            documents.packed({"xl/workbook.xml": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "a">]><l>&a;</l>'}),
            "entities",
        ),
        (documents.packed({"word/a.bin": b"  <a>" + b" " * 70_000 + b"<!DOCTYPE l>"}), "entities"),
        (documents.packed({"xl/a.xml": "<a><!ENTITY a 'a'></a>".encode("utf-16")}), "entities"),
        (documents.packed({"hello.txt": b"x"}), "damaged"),
    ],
)
def test_office_files_that_are_refused(name: str, data: bytes, what: str) -> None:
    assert what in (one(name, data).error or "")


def test_a_small_bomb_within_the_limits_is_still_just_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "_SMALL", 100)
    assert "unpacked it would fill" in (one("n.docx", documents.packed({"a": bytes(100_000)})).error or "")


def test_word_documents_in_order_with_tables_and_tracked_changes() -> None:
    document = docx.Document()
    document.add_paragraph("S: ok today")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("CPT", "Min"), ("97110", "15")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    paragraph = document.add_paragraph("A: better")
    paragraph.add_run("\tthan last time")
    deleted = paragraph._p.makeelement(docx.oxml.ns.qn("w:del"), {})
    run = document.add_paragraph("deleted words").runs[0]._r
    deleted.append(run)
    paragraph._p.append(deleted)
    document.save("n.docx")
    [note] = read_notes(["n.docx"])
    assert note.text.split("\n")[:4] == ["S: ok today", "CPT | Min", "97110 | 15", "A: better\tthan last time"]
    assert "deleted" not in note.text


def test_pictures_in_a_word_document_take_no_memory() -> None:
    document = docx.Document()
    document.add_paragraph("squats")
    for width in range(1, 5):
        header = b"IHDR" + struct.pack(">LLBBBBB", width, 1, 8, 0, 0, 0, 0)
        chunks = (struct.pack(">L", len(c) - 4) + c + struct.pack(">L", zlib.crc32(c)) for c in (header, b"IEND"))
        document.add_picture(io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"".join(chunks)))
    document.save("n.docx")
    members = documents.unpacked(Path("n.docx").read_bytes())
    padded = {name: data + bytes(15 * 2**20) if name.endswith(".png") else data for name, data in members.items()}
    data = documents.packed(padded)
    tracemalloc.start()
    try:
        assert one("n.docx", data).text.strip() == "squats"
        assert tracemalloc.get_traced_memory()[1] < 12 * 2**20
    finally:
        tracemalloc.stop()


def test_an_empty_word_document() -> None:
    docx.Document().save("n.docx")
    [note] = read_notes(["n.docx"])
    assert note.error == "n.docx: the document is empty. Export the note again, or leave the record out."


def test_a_word_document_longer_than_a_note_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    document = docx.Document()
    document.add_paragraph("squats " * 20_000)
    document.save("n.docx")
    [note] = read_notes(["n.docx"])
    assert note.error is None
    monkeypatch.setattr(docx_reader, "_MOST_XML", 100_000)
    [note] = read_notes(["n.docx"])
    assert "longer than one note can be" in (note.error or "")


def test_pdf() -> None:
    assert one("n.pdf", documents.pdf(["S: ok\nO: squats (3x10)", "P: go on"])).text == (
        "S: ok\nO: squats (3x10)\nP: go on"
    )


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (documents.pdf(["S: ok", None]), "page 2 is scanned: a picture without text"),
        (documents.pdf(["S: ok"], encrypted=True), "encrypted"),
        (b"%PDF-1.4 and nothing else", "damaged or no PDF"),
        (documents.pdf(["x"] * 501), "it has 501 pages"),
        (documents.drawn(b"BT /F 11 Tf 40 750 Td (x) Tj ET " * 1_100_000), "longer than one note can be"),
        (documents.pdf([" "]), "the document is empty"),
    ],
)
def test_pdf_that_is_refused(data: bytes, what: str) -> None:
    assert what in (one("n.pdf", data).error or "")


def test_a_pdf_with_large_pictures_and_packed_pages_is_read() -> None:
    assert one("n.pdf", documents.drawn(b"BT /F 11 Tf 40 750 Td (S: ok) Tj ET", picture=40 * 2**20)).text == "S: ok"


PAGE = b"BT /F 11 Tf 40 750 Td (S: ok) Tj ET\n"


@pytest.fixture(scope="module")
def swollen() -> bytes:
    """A page, packed, that unpacks to 400 MB."""
    packer = zlib.compressobj(1)
    pieces = [packer.compress(piece) for piece in (PAGE, *[b" " * 2**20] * 400)]
    return b"".join((*pieces, packer.flush()))


@pytest.mark.parametrize(
    ("filters", "pack"),
    [
        (b"[/FlateDecode/FlateDecode]", zlib.compress),
        (b"[ /Fl % twice\n /Fl ]", zlib.compress),
        (b"[/ASCIIHexDecode/FlateDecode]", lambda data: data.hex().encode() + b">"),
        (b"[/A85 /Fl]", lambda data: base64.a85encode(data) + b"~>"),
        (b"/#46late#44ecode", bytes),
        (b"/FlateDecode /Subtype /Image", bytes),
    ],
)
def test_a_pdf_that_fills_the_memory_however_it_is_packed(
    filters: bytes, pack: Callable[[bytes], bytes], swollen: bytes
) -> None:
    note = one("n.pdf", documents.drawn(pack(swollen), filters=filters))
    assert note.error == "n.pdf: it is longer than one note can be. Split it into notes."


@pytest.mark.parametrize(
    ("filters", "packed"),
    [
        (b"[/ASCII85Decode /FlateDecode]", base64.a85encode(zlib.compress(PAGE)) + b"~>"),
        (b"[/FlateDecode/FlateDecode]", zlib.compress(zlib.compress(PAGE))),
        (b"/AHx", PAGE.hex().encode() + b">"),
    ],
)
def test_a_pdf_packed_in_a_rare_way_is_read(filters: bytes, packed: bytes) -> None:
    assert one("n.pdf", documents.drawn(packed, filters=filters)).text == "S: ok"


def test_what_is_packed_in_a_pdf_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    given = 0
    make = zlib.decompressobj

    class Counted:
        def __init__(self) -> None:
            self.inflater = make()

        @property
        def eof(self) -> bool:
            return self.inflater.eof

        def decompress(self, data: bytes, most: int) -> bytes:
            nonlocal given
            given += len(data)
            return self.inflater.decompress(data, most)

    stream = b"1 0 obj << /Filter /FlateDecode >>\nstream\n" + zlib.compress(random.Random(1).randbytes(9000))
    hidden = (b"\0\0\0\xff\xff" * 40 + b"\0\x09\0\xf6\xffstream\n\x78\x9c") * 1000  # one begins within another
    for data in (b"%PDF-1.4\n" + stream * 200, b"%PDF-1.4\nstream\n\x78\x9c" + hidden):
        given = 0
        with monkeypatch.context() as counting:
            counting.setattr(pdf.zlib, "decompressobj", Counted)
            assert "damaged" in (one("n.pdf", data).error or "")
        assert given < 4 * len(data) + 4096


def test_a_pdf_is_not_read_beyond_what_a_note_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_NOTE", 15)
    monkeypatch.setattr(pdf, "_page", lambda _, __, number: ["squats 3x10", "lunges 3x10"][number])
    assert "longer than one note can be" in (one("n.pdf", documents.pdf(["1", "2", "3"])).error or "")


def test_the_first_bytes_win_over_a_wrong_suffix() -> None:
    assert one("n.txt", documents.pdf(["S: ok"])).text == "S: ok"
    assert one("n.csv", workbook(Notes=[["id", "text"], [1, "squats"]])).text == "squats"


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pypdfium2", None)
    assert one("n.pdf", documents.pdf(["x"])).error == (
        "n.pdf: Reading PDF needs the package pypdfium2, which is not installed. "
        "Install it with: pip install 'rehabcoder[io]'."
    )
