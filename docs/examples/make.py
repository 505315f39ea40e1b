"""Write posts.csv, the file that the tutorial imports: python -m docs.examples.make.

Two days of calm and one of a push, out of the demo's made-up campaign: no account and no event is
real.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.demo.campaign import campaign
from monitor.demo.records import Campaign, Status

_FILE = Path(__file__).with_name("posts.csv")
_COLUMNS = ("post_id", "created_at", "author", "text", "repost_of_id", "repost_of_author")
_CALM = timedelta(days=2.5)  # before the push: what is usual is learnt from it
_AFTER = timedelta(hours=14)


def rows(made: Campaign) -> Iterator[tuple[datetime, tuple[str, ...]]]:
    """Give each post and each boost around the push with its time, in no order."""
    since, until = made.planted.push_from - _CALM, made.planted.push_from + _AFTER
    for post in made.statuses:
        if since <= post.created_at < until:
            said = (str(post.id), _clock(post.created_at), post.author.acct, _said(post), "", "")
            yield post.created_at, said
    for boost in made.boosts:
        if since <= boost.created_at < until and boost.status.created_at >= since:
            of = boost.status
            text = f"RT @{of.author.acct}: {_said(of)}"
            done = (str(boost.id), _clock(boost.created_at), boost.author.acct, text)
            yield boost.created_at, (*done, str(of.id), of.author.acct)


def main() -> None:
    """Write the file anew, the same each time."""
    with _FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(row for _, row in sorted(rows(campaign())))


def _said(post: Status) -> str:
    missing = [f"#{tag}" for tag in post.tags if f"#{tag.lower()}" not in post.text.lower()]
    return " ".join([post.text, *missing])


def _clock(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


if __name__ == "__main__":
    main()
