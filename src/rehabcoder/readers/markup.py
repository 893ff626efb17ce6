"""XML and HTML as text: blocks as lines, table rows as lines with cells parted by ` | `.

Entities, document types and the network are never followed.
"""

from __future__ import annotations

import re
from typing import Any

from rehabcoder.errors import ReadError
from rehabcoder.readers.extras import need

_BLOCKS = frozenset(
    {
        *("p", "paragraph", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "item", "tr", "caption", "title"),
        *("section", "article", "table", "thead", "tbody", "ul", "ol", "list", "dl", "dt", "dd", "blockquote"),
        *("pre", "text", "body", "header", "footer", "hr"),
    }
)
_CELLS = frozenset(("td", "th"))
_SKIPPED = frozenset(("script", "style", "head", "footnote"))
_SPACE = re.compile(r"[ \t\r\n\f\v]+")  # not the no-break space, which stands in notes on purpose
_CELL = "\x1f"  # stands between cells until the row is put together


def parse_xml(data: bytes) -> Any:
    """The root element of an XML document.

    Raises:
        ReadError: broken XML, a document type (which is how entity bombs come), or a part over 10 MB.
    """
    etree = need("lxml.etree", "lxml", "Reading XML")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    if b"<!DOCTYPE" in data[:100_000] or b"<!ENTITY" in data[:100_000]:
        raise ReadError("its XML declares entities, which no export does", remedy="Ask where it came from.")
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ReadError(f"broken XML at line {error.lineno}", remedy="Export it again.") from error


def html_text(data: str | bytes) -> str:
    """The text of a web page or a stretch of one.

    Raises:
        ReadError: nothing of it can be read.
    """
    html = need("lxml.html", "lxml", "Reading HTML")
    etree = need("lxml.etree", "lxml", "Reading HTML")
    try:
        return narrative(html.fromstring(data))
    except (etree.ParserError, ValueError) as error:
        raise ReadError("its HTML holds no text", remedy="Export it again, or as plain text.") from error


def narrative(element: Any) -> str:
    """The text below `element` (the narrative of a C-CDA section, XHTML, HTML), one line a block.

    Where there is no markup at all, line ends are kept: it is preformatted then.
    """
    if not len(element):
        return "\n".join(line.strip() for line in (element.text or "").strip().splitlines())
    pieces: list[str] = []
    _gather(element, pieces)
    lines = (_line(line) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _gather(element: Any, pieces: list[str]) -> None:
    name = element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
    if name and name not in _SKIPPED:
        block = name in _BLOCKS
        if block:
            pieces.append("\n")
        pieces.append(_SPACE.sub(" ", element.text or ""))
        for child in element:
            _gather(child, pieces)
        if name in _CELLS:
            pieces.append(_CELL)
        elif block or name == "br":
            pieces.append("\n")
    pieces.append(_SPACE.sub(" ", element.tail or ""))


def _line(line: str) -> str:
    cells = [_SPACE.sub(" ", cell).strip(" ") for cell in line.split(_CELL)]
    return " | ".join(cells[:-1] if len(cells) > 1 and not cells[-1] else cells).strip(" ")
