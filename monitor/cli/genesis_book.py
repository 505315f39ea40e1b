"""The answer of `gaung genesis` as a workbook: a sheet for each list."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.cli.books import rows_of, write
from monitor.genesis import records
from monitor.sheets.book import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from monitor.genesis import Genesis


def write_genesis_book(told: Genesis, output: Path, *, zone: ZoneInfo) -> None:
    """Write all lists, whichever rows were asked for."""
    amplifiers = [
        {"rank": n, "post": one.post, **asdict(amplifier)}
        for n, one in enumerate(told.cascades, 1)
        for amplifier in one.amplifiers
    ]
    names = [field.name for field in fields(records.Amplifier)]
    write(
        output,
        [
            _sheet("first posts", told.first, records.FirstPost),
            _sheet("hours", told.hourly, records.Hour),
            _sheet("picked up by", told.picked_up, records.PickedUp),
            _sheet("hashtags of the first hour", told.first_hour_hashtags, records.Riding),
            _sheet("links of the first hour", told.first_hour_links, records.Riding),
            _sheet("cascades", told.cascades, records.Cascade, without=("amplifiers",)),
            Sheet("amplifiers", ["rank", "post", *names],
                  rows_of(amplifiers, ["rank", "post", *names])),
            _sheet("other communities", told.crossings or [], records.Crossing),
            _sheet("news", [] if told.news is None else told.news.after, records.NewsSource),
            Sheet("platforms", ["platform", "first at"], sorted(told.platforms.items())),
        ],
        about=[
            ("beginning of", told.target),
            ("posts in these hours", str(told.posts)),
            ("accounts", str(told.authors)),
            *([("it began before", told.already_running)] if told.already_running else []),
            *([("communities", told.origin_unknown)] if told.origin_unknown else []),
            *([("news", told.news_unknown)] if told.news_unknown else []),
        ],
        notes=told.notes,
        zone=zone,
    )  # fmt: skip


def _sheet(name: str, rows: Sequence[Any], of: Any, *, without: tuple[str, ...] = ()) -> Sheet:
    columns = [field.name for field in fields(of) if field.name not in without]
    return Sheet(name, columns, rows_of([asdict(row) for row in rows], columns))
