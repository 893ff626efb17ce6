"""How many services a note lists apart from their descriptions: minutes by line or by row, codes that it bills."""

from __future__ import annotations

from rehabcoder.language.foot_minutes import foot_list
from rehabcoder.language.footers import footer_rows
from rehabcoder.language.reading import Reading


def listed(reading: Reading) -> int:
    """The entries of the longest line or table that gives several services their minutes; 0 where there is none."""
    foot = foot_list(reading.low)
    most = max(len(foot.entries) if foot else 0, len(reading.charges), *map(len, footer_rows(reading)), 0)
    return most if most > 1 else 0
