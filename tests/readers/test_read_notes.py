"""What a path stands for, and what becomes of a file that cannot be read."""

from __future__ import annotations

import gzip
import io
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehabcoder.errors import UsageError
from rehabcoder.note import Note
from rehabcoder.readers import FORMATS, read_notes, sources


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def one(path: str, data: bytes | str) -> Note:
    Path(path).write_bytes(data.encode() if isinstance(data, str) else data)
    [note] = read_notes([path])
    return note


def test_a_text_file_is_one_note_untouched() -> None:
    note = one("walk-12.txt", "S: ok\r\nO: squats 3x10 🙂 שלום\r\n")
    assert (note.note_id, note.source, note.error) == ("walk-12", "walk-12.txt", None)
    assert note.text == "S: ok\r\nO: squats 3x10 🙂 שלום\r\n"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfbridging", "bridging"),
        ("bridging é".encode("utf-16"), "bridging é"),
        ("bridging é".encode("utf-16-le"), "bridging é"),
        (b"caf\xe9 \x93ok\x94", "café “ok”"),
        (b"caf\xc3\xa9\nna\xefve\n", "café\nnaïve\n"),  # pasted together from two exports
        (b"undefined in cp1252: \x81", "undefined in cp1252: \x81"),
        (b"a NUL \x00 in the middle", "a NUL \x00 in the middle"),
    ],
)
def test_encodings(data: bytes, text: str) -> None:
    assert one("n.txt", data).text == text


def test_a_guessed_encoding_is_told_once_with_its_place() -> None:
    Path("n.txt").write_bytes(b"ok\ncaf\xe9\ncaf\xe9\n")
    told: list[str] = []
    list(read_notes(["n.txt"], tell=told.append))
    assert told == ["n.txt: lines that are not UTF-8, read as Windows-1252: 2 (the first: line 2)."]


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("e.txt", b"", "the file is empty"),
        ("w.txt", b" \n\t\n", "the file is empty"),
        ("b.txt", bytes(range(256)) * 4, "binary"),
        ("photo.txt", b"\0\1\2", "binary"),
        ("b.csv", bytes(range(256)) * 4, "binary"),
        ("n.rtf", rb"{\rtf1 hello}", "Save it as .docx or as plain text"),
        ("n.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Word document"),
        ("n.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "encrypted"),
        ("scan.tif", b"II*\x00" + bytes(90), "text recognition (OCR)"),
        ("n.csv", b"id,text\n", "holds no notes"),
        ("n.jsonl", b"\n\n", "holds no notes"),
        ("n.txt", b"x " * 3_000_000, "6,000,000 characters, more than one session's note can"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_failed_row(name: str, data: bytes, what: str) -> None:
    note = one(name, data)
    assert note.text == ""
    assert note.error is not None
    assert note.error.startswith(f"{name}: ")
    assert what in note.error


def test_paths_that_lead_nowhere_fail_and_the_rest_goes_through() -> None:
    Path("empty").mkdir()
    Path("ok.txt").write_text("bridging")
    notes = list(read_notes(["nope.txt", "*.zzz", "empty", "ok.txt"]))
    assert [(note.source, bool(note.error)) for note in notes] == [
        ("nope.txt", True), ("*.zzz", True), ("empty", True), ("ok.txt", False),
    ]  # fmt: skip


def test_a_file_without_the_right_to_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, *_: object, **__: object) -> io.BytesIO:  # modes do not keep root out
        raise PermissionError(13, "Permission denied", name)

    Path("n.txt").write_text("x")
    monkeypatch.setattr(sources, "open", refuse, raising=False)
    [note] = read_notes(["n.txt"])
    assert "may not be read by this user" in (note.error or "")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_a_pipe_in_a_folder_is_not_waited_for() -> None:
    os.makedirs("in")
    os.mkfifo("in/a.txt")
    Path("in/b.txt").write_text("squats", encoding="utf-8")
    pipe, note = read_notes(["in"])
    assert pipe.error == "in/a.txt: it is a pipe or a device, no file. Name it to have it read."
    assert note.text == "squats"


def test_folders_are_read_in_order_and_what_is_left_out_is_told() -> None:
    for name in ("b/2.txt", "b/1.txt", "a.txt", ".hidden.txt", "b/.x/3.txt", "c.dat", "d.rtf"):
        path = Path("inbox", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(r"{\rtf1}" if name == "d.rtf" else "note " + name)
    told: list[str] = []
    notes = list(read_notes(["inbox"], tell=told.append))
    assert [note.source for note in notes] == ["inbox/a.txt", "inbox/d.rtf", "inbox/b/1.txt", "inbox/b/2.txt"]
    assert [note.error is None for note in notes] == [True, False, True, True]
    assert told == ["inbox: left out files of no known format, by suffix: .dat (1). Name one to have it read."]


def test_patterns_and_a_name_that_looks_like_one() -> None:
    for name in ("1.txt", "2.txt", "[3].txt", "sub/4.txt"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("note")
    assert [note.source for note in read_notes(["[12].txt"])] == ["1.txt", "2.txt"]
    assert [note.source for note in read_notes(["[3].txt"])] == ["[3].txt"]
    assert [note.source for note in read_notes(["**/*.txt"])] == ["1.txt", "2.txt", "[3].txt", "sub/4.txt"]
    assert [note.source for note in read_notes(["s*"])] == ["sub/4.txt"]


def test_the_same_file_twice_is_read_twice() -> None:
    Path("n.txt").write_text("note")
    assert [note.source for note in read_notes(["n.txt", "n.txt"])] == ["n.txt", "n.txt"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"S: ok. O: squats.", [("stdin", "S: ok. O: squats.", "-")]),
        (b'{"id": "7", "text": "bridging"}\n', [("7", "bridging", "-#1")]),
        (b"id\tnote\n7\tbridging\n", [("7", "bridging", "-#2")]),
    ],
)
def test_standard_input(data: bytes, expected: list[tuple[str, str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))
    assert [(note.note_id, note.text, note.source) for note in read_notes(["-"])] == expected
    assert not sys.stdin.buffer.closed


def test_gzip_whole_and_broken_off() -> None:
    rows = b"".join(b'{"id": "%d", "text": "note %d"}\n' % (i, i * 7919) for i in range(5000))
    Path("n.jsonl.gz").write_bytes(gzip.compress(rows))
    assert len(list(read_notes(["n.jsonl.gz"]))) == 5000
    Path("cut.jsonl.gz").write_bytes(gzip.compress(rows)[:10_000])
    *read, last = read_notes(["cut.jsonl.gz"])
    assert 100 < len(read) < 5000
    assert all(note.error is None for note in read)
    assert last.error is not None
    assert f"breaks off after line {len(read)}" in last.error


def test_usage() -> None:
    with pytest.raises(UsageError, match="Formats are txt, csv"):
        list(read_notes(["x"], format="word"))
    with pytest.raises(UsageError, match="Fields are note_id, text"):
        list(read_notes(["x"], columns={"labels": "x"}))


def test_a_format_named_by_the_user_wins() -> None:
    Path("table.txt").write_text("id,text\n7,bridging\n")
    [as_text] = read_notes(["table.txt"])
    [as_table] = read_notes(["table.txt"], format="csv")
    assert as_text.text == "id,text\n7,bridging\n"
    assert (as_table.note_id, as_table.text) == ("7", "bridging")


@settings(max_examples=150)
@given(data=st.binary(max_size=400), kind=st.sampled_from(FORMATS))
def test_no_bytes_make_a_reader_raise(data: bytes, kind: str) -> None:
    Path("any").write_bytes(data)
    notes = list(read_notes(["any"], format=kind))
    assert notes
    assert all(note.error or note.text.strip() for note in notes)
