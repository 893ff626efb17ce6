"""Rebuilds models/default from data/: the one recipe of the shipped model. Run from the top of the checkout.

python training/build_model.py [--out models/default] [--jobs 2]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rehabcoder.training.build import build_model

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--out", type=Path, default=Path("models/default"))
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    path = build_model(options.data, options.out, jobs=options.jobs)
    print(f"wrote {path} ({path.stat().st_size / 2**20:.1f} MB)")
