"""What each burst was about: the words that mark it, who was busiest, what was passed on most."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from analysis.words import marking_words
from monitor.page.names import Shown
from monitor.page.story import BurstStory, PostShown
from monitor.report.report import BurstRow


def burst_stories(
    bursts: Sequence[BurstRow], posts: pl.DataFrame, acts: pl.DataFrame, shown: Shown
) -> list[BurstStory]:
    """Tell each burst. posts: author_key, platform, sort_at, post_key, text; acts: ACTS."""
    words = _words(bursts, posts) if shown.naming is None else {}
    return [
        _story(burst, posts, acts, shown, words.get(place, []))
        for place, burst in enumerate(bursts)
    ]


def _words(bursts: Sequence[BurstRow], posts: pl.DataFrame) -> dict[int, list[str]]:
    """Give the words of each burst that mark it among the posts of all other times."""
    group = pl.lit(-1)
    for place, burst in enumerate(bursts):
        group = pl.when(_within(burst)).then(pl.lit(place)).otherwise(group)
    said = posts.select(group=group.cast(pl.Int64), text="text")
    found: dict[int, list[str]] = {}
    for place, word in marking_words(said, top=5).select("group", "word").iter_rows():
        found.setdefault(place, []).append(word)
    return found


def _within(burst: BurstRow, at: str = "sort_at") -> pl.Expr:
    begun = pl.col(at) >= burst.start
    return begun if burst.end is None else begun & (pl.col(at) < burst.end)


def _story(
    burst: BurstRow, posts: pl.DataFrame, acts: pl.DataFrame, shown: Shown, words: list[str]
) -> BurstStory:
    here = posts.filter(_within(burst))
    busiest = here.group_by("author_key").len().sort("len", "author_key", descending=[True, False])
    passed = (
        acts.filter(_within(burst, "acted_at"), pl.col("target_post_key").is_not_null())
        .group_by("target_post_key")
        .len()
        .join(posts, left_on="target_post_key", right_on="post_key")
        .sort("len", "sort_at", "target_post_key", descending=[True, False, False])
    )
    top = next(passed.head(1).iter_rows(named=True), None)
    return BurstStory(
        words=words,
        busiest=shown.account(busiest["author_key"][0]) if busiest.height else None,
        busiest_posts=int(busiest["len"][0]) if busiest.height else 0,
        post=None if top is None else PostShown(
            at=top["sort_at"],
            account=shown.account(top["author_key"]),
            platform=top["platform"],
            text=shown.text(top["text"]),
        ),
        passed_on=0 if top is None else int(top["len"]),
    )  # fmt: skip
