"""What README.md and docs/ show is what happens: sessions, code blocks, and links."""

from __future__ import annotations

import doctest
import json
import re
import tomllib
from pathlib import Path
from textwrap import dedent

import console
import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ALL_TEXTS = [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", ROOT / "CHANGELOG.md", ROOT / "data" / "README.md"]
LANGUAGES = {"console", "python", "json", "toml", "csv", "text", "sh", "sql"}


def ids(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> list[str]:
    found = console.BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [block["body"] for block in found if block["language"] == language and not block["unrun"]]


@pytest.mark.parametrize("page", console.pages(), ids=ids)
def test_every_session_prints_what_the_page_shows(page: Path) -> None:
    # Mend a difference with `make docs`, after reading whether the new output is right.
    assert console.rerun(page) == page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_python_blocks_run_in_order(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    console.scratch_folder(tmp_path)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for body in blocks(page, "python"):
        if ">>> " not in body:
            exec(compile(body, ids(page), "exec"), names)
            continue
        example = doctest.DocTestParser().get_doctest(body, names, ids(page), str(page), 0)
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        report: list[str] = []
        runner.run(example, out=report.append, clear_globs=False)
        assert not runner.failures, "".join(report)
        names = example.globs


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_data_blocks_can_be_read(page: Path) -> None:
    for body in blocks(page, "json"):
        json.loads(body)
    for body in blocks(page, "toml"):
        tomllib.loads(body)


@pytest.mark.parametrize("page", ALL_TEXTS, ids=ids)
def test_no_place_that_figures_were_to_fill_is_empty(page: Path) -> None:
    assert not re.findall(r"<!-- .*? -->\s*<!-- end -->", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", ALL_TEXTS, ids=ids)
def test_every_block_names_its_language(page: Path) -> None:
    fences = re.findall(r"^ *(`{3,}.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    opened = fences[::2]
    assert fences[1::2] == ["```"] * len(opened)
    assert {fence.removeprefix("```") for fence in opened} <= LANGUAGES


@pytest.mark.parametrize("page", ALL_TEXTS, ids=ids)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, heading = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        assert place.exists(), target
        if heading:
            titles = re.findall(r"^#+ (.+)$", place.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}, (
                target
            )


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=ids)
def test_every_page_can_be_reached_from_the_readme(page: Path) -> None:
    linked = re.findall(r"\]\((docs/[^)#\s]+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert ids(page) in linked


class TestTheRunnerItself:
    """If the runner were blind, every page would pass."""

    def write(self, folder: Path, text: str) -> Path:
        page = folder / "page.md"
        page.write_text(dedent(text).lstrip(), encoding="utf-8")
        return page

    def test_a_wrong_output_is_replaced_by_the_true_one(self, tmp_path: Path) -> None:
        page = self.write(tmp_path, "```console\n$ echo one; echo two\none\n$ echo $?\n0\n```\n")
        assert console.rerun(page) == "```console\n$ echo one; echo two\none\ntwo\n$ echo $?\n0\n```\n"

    def test_a_right_output_stays_and_dots_stand_for_lines_left_out(self, tmp_path: Path) -> None:
        text = "```console\n$ seq 9\n1\n...\n9\n```\n"
        assert console.rerun(self.write(tmp_path, text)) == text
        wrong = text.replace("9\n```", "8\n```")
        assert "2\n3\n" in console.rerun(self.write(tmp_path, wrong))

    def test_errors_and_exit_status_are_part_of_the_output(self, tmp_path: Path) -> None:
        page = self.write(tmp_path, "```console\n$ echo oh >&2; exit_with() { return 3; }; exit_with\n$ echo $?\n```\n")
        assert "oh\n$ echo $?\n3\n" in console.rerun(page)

    def test_blocks_of_a_page_share_a_folder_that_is_not_the_checkout(self, tmp_path: Path) -> None:
        first, second = "$ echo kept > note\n", "$ cat note\nkept\n$ ls data/sample | wc -l\n18\n"
        text = f"```console\n{first}```\n\nwords between\n\n```console\n{second}```\n"
        assert console.rerun(self.write(tmp_path, text)) == text
        assert not (ROOT / "note").exists()

    def test_a_block_marked_as_not_run_is_left_alone(self, tmp_path: Path) -> None:
        text = "<!-- not run: it would take an hour -->\n```console\n$ false && sleep 3600\ndone\n```\n"
        assert console.rerun(self.write(tmp_path, text)) == text

    def test_a_session_that_starts_with_output_is_refused(self) -> None:
        with pytest.raises(ValueError, match="begins with 'hello'"):
            console.steps_of("hello\n$ echo hello\n")
