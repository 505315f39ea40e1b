"""`python -m bench.files KIND COUNT PATH` writes a file of posts."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from bench.generate import posts
from bench.tweets import write_harvest, write_v1, write_v2

_WRITERS = {
    "parquet": pl.DataFrame.write_parquet,
    "twitter-v1": write_v1,
    "twitter-v2": write_v2,
    "tweet-harvest": write_harvest,
}

if __name__ == "__main__":
    kind, count, path = sys.argv[1:]
    _WRITERS[kind](posts(int(count)), Path(path))
