"""What is said of a group: who, when, what it pushed, how much of the traffic it is."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

import polars as pl

from monitor.coordination.found import Group, Meeting, Pushed

_MOST_PUSHED = 10


def portraits(accounts: pl.DataFrame, evidence: pl.DataFrame, posts: int) -> list[Group]:
    """Describe each group. accounts: ACCOUNTS; evidence: EVIDENCE; posts: of everybody."""
    numbers = accounts["group"].drop_nulls().unique().sort()
    return [
        _portrait(
            number,
            accounts.filter(pl.col("group") == number),
            evidence.filter(pl.col("group") == number),
            posts,
        )
        for number in numbers
    ]


def _portrait(number: int, members: pl.DataFrame, met: pl.DataFrame, posts: int) -> Group:
    together = pl.concat([met["first_post"], met["then_post"]]).n_unique()
    written = int(members["posts"].sum())
    times = pl.concat([met["first_at"], met["then_at"]])
    delay = met["delay"].median()
    kinds = met["by"].value_counts(sort=True)
    return Group(
        number=number,
        accounts=members.sort("q", "account")["account"].to_list(),
        q=_number(members["q"].max()),
        posts=written,
        share=written / posts if posts else 0.0,
        together=together,
        first_at=_time(times.min()),
        last_at=_time(times.max()),
        median_delay=_number(delay),
        mean_delay=_number(met["delay"].mean()),
        leader=_leader(met),
        by=dict(kinds.sort("count", "by", descending=[True, False]).iter_rows()),
        pushed=_pushed(met),
    )


def _leader(met: pl.DataFrame) -> str | None:
    """Give who came first in more than half of the meetings that it was in, and in the most."""
    first = met.group_by(account="first_account").agg(first=pl.len())
    then = met.group_by(account="then_account").agg(then=pl.len())
    counted = first.join(then, on="account", how="left").with_columns(pl.col("then").fill_null(0))
    leading = counted.filter(pl.col("first") > pl.col("then")).sort(
        "first", "account", descending=[True, False]
    )
    return None if leading.is_empty() else str(leading["account"][0])


def _pushed(met: pl.DataFrame) -> list[Pushed]:
    ends = pl.concat(
        [
            met.select("by", "what", account=f"{end}_account", post=f"{end}_post", at=f"{end}_at")
            for end in ("first", "then")
        ]
    )
    things = (
        ends.group_by("by", "what")
        .agg(
            accounts=pl.col("account").n_unique(),
            posts=pl.col("post").n_unique(),
            first_at=pl.col("at").min(),
        )
        .sort("accounts", "posts", "by", "what", descending=[True, True, False, False])
        .head(_MOST_PUSHED)
    )
    return [
        Pushed(
            by=row["by"],
            what=row["what"] or "",
            accounts=row["accounts"],
            posts=row["posts"],
            first_at=row["first_at"],
            shown=_first_meeting(met, row["by"], row["what"]),
        )
        for row in things.iter_rows(named=True)
    ]


def _first_meeting(met: pl.DataFrame, by: str, what: str | None) -> Meeting:
    """Give the first two posts that share a thing. One of them may say it in other words."""
    of = met.filter(pl.col("by") == by, pl.col("what").eq_missing(pl.lit(what, pl.String)))
    row = of.sort("first_at", "then_at", "first_post", "then_post").row(0, named=True)
    return Meeting(**{field.name: row[field.name] for field in fields(Meeting)})


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _time(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError("a group has at least one meeting")
    return value
