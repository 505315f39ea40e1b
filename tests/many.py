"""How many examples a property is tried with: all of them in `make fuzz`, which CI runs too."""

from __future__ import annotations

import os


def examples(most: int, *, least: int = 10) -> int:
    """Give a quarter of them where somebody waits; each run draws others.

    A test that asks carries the marker `fuzz`, so that `make fuzz` runs it.
    """
    return most if "FUZZ_COUNT" in os.environ else max(least, most // 4)
