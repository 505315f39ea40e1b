"""A turn of the daemon on 200,000 posts of a day: `python -m bench.turns [--quick] [--viral]`.

Simulated posts (`bench.posts`) are squeezed into a day of a watch. What a turn costs that goes on
from the last one is set beside computing all anew; both must find the same groups.
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import closing, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import polars as pl

from bench.posts import written
from collectors.page import page_of
from collectors.records import Post
from monitor.coordination import Asked, Found, Moving, coordinated
from monitor.engines import engine_of
from monitor.inputs import Wanted
from monitor.inputs.stored import StoreInput
from monitor.store import Store, StoreFile

_FROM, _DAY, _WEEK = datetime(2026, 8, 17, tzinfo=UTC), timedelta(days=1), 7
_TURNS = 5
_START = 1_700_000_000  # of the simulation
_MOST_RATIO = 0.8  # of the processor time of computing anew


def main() -> int:
    """Measure and print; 1 if a turn costs too much or finds something else."""
    count = 20_000 if "--quick" in sys.argv else 200_000
    with tempfile.TemporaryDirectory() as folder:
        files = written(Path(folder), count, viral=10 if "--viral" in sys.argv else 0)
        with StoreFile(Path(folder) / "s.duckdb").open() as store:
            _fill(store, files.csv)
            return _measured(store, count)


def _measured(store: Store, count: int) -> int:
    moving, seconds, read = Moving(), [], []
    for turn in range(_TURNS + 1):
        wanted = _wanted(_FROM + _DAY - (_TURNS - turn) * timedelta(minutes=2))
        begun = time.process_time()
        found = moving.found(store, wanted)
        seconds.append(time.process_time() - begun)
        read.append(moving.read)
    begun = time.process_time()
    anew = _anew(store, wanted)
    whole, taken = time.process_time() - begun, median(seconds[1:])
    same = _members(found) == _members(anew)
    print(
        f"turn: {found.posts:,} of {count:,} posts in the day, {median(read[1:]):.0f} new: "
        f"{taken:.2f} s of processor time (the first {seconds[0]:.2f}); all anew {whole:.2f} s; "
        f"{len(found.groups)} groups, the same: {same}"
    )
    return 0 if same and taken <= _MOST_RATIO * whole else 1


def _members(found: Found) -> list[tuple[str, ...]]:
    return [tuple(group.accounts) for group in found.groups]


def _wanted(until: datetime) -> Wanted:
    return Wanted("air", ("air",), watch="air", since=until - _DAY, until=until)


def _anew(store: Store, wanted: Wanted) -> Found:
    with closing(engine_of("polars")) as engine:
        return coordinated(
            StoreInput(lambda: nullcontext(store), wanted), Asked(keyed=True), engine
        )


def _fill(store: Store, csv: Path) -> None:
    posts = [_post(row) for row in pl.read_csv(csv, infer_schema=False).iter_rows(named=True)]
    for begin in range(0, len(posts), 20_000):
        with store.transaction():
            page = page_of(posts=posts[begin : begin + 20_000])
            store.posts.add(page, source="x", now=_FROM + _DAY)


def _post(row: dict[str, str | None]) -> Post:
    text = row["message"] or ""
    tags = [word[1:] for word in text.split() if word.startswith("#")]
    passed_on, answered = row["repost_id"], row["reply_id"]
    seconds = (int(row["timestamp"] or 0) - _START) // _WEEK
    return Post(
        post_key=f"x:{row['message_id']}",
        platform="x",
        author_key=f"x:{row['user_id']}",
        kind="repost" if passed_on else "reply" if answered else "original",
        created_at=_FROM + timedelta(seconds=seconds),
        text=text,
        hashtags_raw=("air", *tags),
        urls=tuple((row["urls"] or "").split()),
        repost_of_key=f"x:{passed_on}" if passed_on else None,
        reply_to_key=f"x:{answered}" if answered else None,
    )


if __name__ == "__main__":
    sys.exit(main())
