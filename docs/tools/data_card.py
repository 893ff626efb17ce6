"""Counts what data/ holds and writes the tables of data/README.md between their markers.

    python docs/tools/data_card.py            says whether the tables are up to date
    python docs/tools/data_card.py --write    writes them anew

Of data/sealed only the number of notes is counted: nothing of it is looked at.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CARD = ROOT / "data" / "README.md"


def records(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    lines = [head, tuple("---" if column == 0 else "--:" for column in range(len(head))), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def notes_table() -> str:
    rows: list[tuple[object, ...]] = []
    total: Counter[str] = Counter()
    for path in sorted((ROOT / "data" / "notes").glob("*.jsonl")):
        found = records(path)
        count = Counter(
            notes=len(found),
            pt=sum(record["discipline"] == "PT" for record in found),
            ot=sum(record["discipline"] == "OT" for record in found),
            services=sum(len(record["interventions"]) for record in found),
            words=sum(len(record["text"].split()) for record in found),
        )
        total += count
        rows.append((f"`{path.name}`", *figures(count)))
    rows.append(("all", *figures(total)))
    return table(("file", "notes", "PT", "OT", "services", "mean words"), rows)


def figures(count: Counter[str]) -> tuple[object, ...]:
    return count["notes"], count["pt"], count["ot"], count["services"], round(count["words"] / count["notes"])


def codes_table() -> str:
    in_notes: Counter[str] = Counter()
    mislabelled: Counter[str] = Counter()
    for path in (ROOT / "data" / "notes").glob("*.jsonl"):
        for record in records(path):
            for service in record["interventions"]:
                in_notes[service["code"]] += 1
                mislabelled[service["code"]] += service["labelled"] not in (None, service["code"])
    in_snippets = Counter(
        record["code"] for path in (ROOT / "data" / "snippets").glob("services-*.jsonl") for record in records(path)
    )
    both = in_notes + in_snippets
    shown = [code for code, _ in both.most_common(12)]
    rows = [(f"`{code}`", in_notes[code], mislabelled[code], in_snippets[code]) for code in shown]
    rest = [code for code in both if code not in shown]
    rows.append((f"{len(rest)} others", *(sum(c[code] for code in rest) for c in (in_notes, mislabelled, in_snippets))))
    rows.append(("all", in_notes.total(), mislabelled.total(), in_snippets.total()))
    return table(("supported code", "services in notes", "of these labelled otherwise", "snippets"), rows)


def flags_table() -> str:
    flags = Counter(
        flag
        for path in (ROOT / "data" / "notes").glob("*.jsonl")
        for record in records(path)
        for flag in record["flags"]
    )
    return table(("finding", "notes"), [(f"`{flag}`", count) for flag, count in sorted(flags.items())])


def sentences_table() -> str:
    said = [record for path in (ROOT / "data" / "snippets").glob("sentences*.jsonl") for record in records(path)]
    elements = Counter(element for record in said for element in record["elements"])
    rows: list[tuple[object, ...]] = [
        *((f"`{element}`", count) for element, count in sorted(elements.items(), key=lambda each: (-each[1], each[0]))),
        ("none of these", sum(not record["elements"] for record in said)),
        ("all", len(said)),
    ]
    return table(("what the sentence says", "sentences"), rows)


def sealed_line() -> str:
    count = sum(1 for path in (ROOT / "data/sealed").glob("*.jsonl") for line in path.open("rb") if line.strip())
    return f"{count} notes."


TABLES = {
    "notes": notes_table,
    "codes": codes_table,
    "flags": flags_table,
    "sentences": sentences_table,
    "sealed": sealed_line,
}


def renewed(text: str) -> str:
    """`text` with every part between `<!-- NAME -->` and `<!-- end -->` counted anew."""
    for name, make in TABLES.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        if not pattern.search(text):
            raise ValueError(f"{CARD.name} has no place for the table {name!r}: <!-- {name} --> ... <!-- end -->")
        text = pattern.sub(rf"\g<1>{make()}\n\g<2>", text)
    return text


def main(arguments: list[str]) -> int:
    old = CARD.read_text(encoding="utf-8")
    new = renewed(old)
    if arguments == ["--write"]:
        CARD.write_text(new, encoding="utf-8")
        return 0
    if old != new:
        print("data/README.md counts something else than data/ holds; run `make docs`")
    return int(old != new)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
