"""The rows of a report: windows, bursts, gaps, rankings, communities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from monitor.report.report import (
    AmplifiedRow,
    AuthorRow,
    CommunityRow,
    CountRow,
    GapRow,
    NewsRow,
    WindowRow,
)
from monitor.report.span import Span
from monitor.store import Store
from monitor.target import Target

if TYPE_CHECKING:
    from analysis.graphs.partition import Grouped

TOP = 10
MOST_COMMUNITIES = 10


@dataclass(frozen=True, slots=True)
class Ranked:
    authors: list[AuthorRow]
    amplified: list[AmplifiedRow]
    hashtags: list[CountRow]
    links: list[CountRow]


def ranked_rows(store: Store, target: Target, span: Span, edges: pl.DataFrame) -> Ranked:
    """Give who and what is at the top. edges: EDGES, all of them."""
    from analysis.graphs.ranking import top_amplified

    # Counting who amplified each of them takes long: only of those who may be at the top.
    totals = amplified(edges)
    least = totals["total"].top_k(TOP).min() or 0  # none at all, where nobody was amplified
    chosen = totals.filter(pl.col("total") >= least).select("account")
    most = edges.join(chosen, left_on="target_author_key", right_on="account", how="semi")
    selection = target.selection(span.since, span.until)
    leading = top_amplified(most, TOP).to_dicts()
    handles = store.queries.handles([row["author_key"] for row in leading])
    return Ranked(
        authors=[
            AuthorRow(
                author=row["author_key"],
                handle=row["handle"] or written_in(row["author_key"]),
                posts=row["posts"],
                reposts=row["reposts"],
                followers=row["followers"],
            )
            for row in store.queries.top_authors(selection, TOP)
        ],
        amplified=[
            AmplifiedRow(
                author=row["author_key"],
                handle=handles.get(row["author_key"]) or written_in(row["author_key"]),
                total=row["total"],
                reposts=row["repost"],
                quotes=row["quote"],
                replies=row["reply"],
                mentions=row["mention"],
                forwards=row["forward"],
                amplifiers=row["counterparties"],
            )
            for row in leading
        ],
        hashtags=[_count(row) for row in store.queries.top_hashtags(selection, TOP)],
        links=[_count(row) for row in store.queries.top_links(selection, TOP)],
    )


def _count(row: dict[str, object]) -> CountRow:
    return CountRow(
        name=str(row["value"]), posts=int(str(row["posts"])), authors=int(str(row["authors"]))
    )


def amplified(edges: pl.DataFrame) -> pl.DataFrame:
    """Tell how often each account was amplified: account, total. edges: EDGES."""
    from analysis.graphs.ranking import pairs

    return pairs(edges).group_by(account="target_author_key").agg(total=pl.col("count").sum())


def grouped_acts(edges: pl.DataFrame) -> Grouped:
    """Group the accounts of all EDGES."""
    from analysis.graphs.community import weighted
    from analysis.graphs.partition import grouped

    return grouped(weighted(edges))


def community_rows(
    edges: pl.DataFrame, found: Grouped, label: Callable[[list[str]], dict[str, str]]
) -> tuple[list[CommunityRow], dict[str, int]]:
    """Give the largest communities, and the size of the graph. edges: EDGES, all of them.

    label: gives the names of accounts by their keys.
    """
    from analysis.graphs.ranking import pairs

    shown = found.communities.head(MOST_COMMUNITIES)
    counted = pairs(edges).select("author_key", "target_author_key").unique().height
    top = (
        found.partition.filter(pl.col("community") <= MOST_COMMUNITIES)
        .join(amplified(edges), on="account", how="left")
        .sort(pl.col("total").fill_null(0), "account", descending=[True, False])
        .group_by("community")
        .agg(pl.col("account").head(5))
    )
    leading: dict[int, list[str]] = dict(top.iter_rows())
    names = label([key for _, keys in sorted(leading.items()) for key in keys])
    rows = [
        CommunityRow(
            number=number,
            size=size,
            share=round(share, 4),
            inside=round(inside, 4),
            top=[names.get(key) or written_in(key) or key for key in leading[number]],
        )
        for number, size, share, inside in shown.iter_rows()
    ]
    return rows, {"edges": counted, "communities": found.communities.height}


def news_rows(store: Store, target: Target, span: Span) -> list[NewsRow]:
    """Give the outlets that wrote of it; titles without their summary."""
    return [
        NewsRow(
            outlet=row["outlet"].partition(":")[2],
            first_at=row["first_at"],
            articles=row["articles"],
            linked_by=row["linked_by"],
            title=(row["title"] or "").split("\n", 1)[0][:120] or None,
            url=row["url"],
        )
        for row in store.queries.pick_up(target.selection(span.since, span.until), TOP)
    ]


def gap_rows(store: Store, target: Target, span: Span, series: list[WindowRow]) -> list[GapRow]:
    rows = [
        GapRow(
            source=gap.source,
            hashtag=gap.hashtag,
            start=gap.from_at,
            end=gap.to_at,
            reason=gap.reason,
            detail=gap.detail,
        )
        for gap in store.coverage.gaps_between(target.hashtags, span.since, span.until)
    ]
    silent: list[GapRow] = []
    for row in series:
        if row.posts is not None or row.coverage is not None:
            continue
        end = row.start + span.window
        goes_on = bool(silent) and silent[-1].end == row.start
        start = silent.pop().start if goes_on else row.start
        silent.append(
            GapRow(
                source=None,
                hashtag=None,
                start=start,
                end=end,
                reason="improbable silence",
                detail="imported posts, and none where their rate makes that unlikely",
            )
        )
    return sorted([*rows, *silent], key=lambda gap: gap.start)


def written_in(author_key: str) -> str | None:
    """Give the handle that a key is made of, where nothing but the handle is known."""
    _, at, handle = author_key.partition(":@")
    return handle if at else None


def rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)
