"""Reads what a beginning is told of, from the store or files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from analysis.graphs.cascade.through import via_authors
from monitor.engines import Engine
from monitor.genesis.begun import POST_COLUMNS, Asked, genesis
from monitor.genesis.cascades import largest
from monitor.genesis.names import Names
from monitor.genesis.records import Genesis, News, NewsSource
from monitor.inputs import Input
from monitor.naming import Naming
from monitor.store import StoreFile

_WEEK = timedelta(days=7)
_HOUR = timedelta(hours=1)
_MOST = 1_000  # outlets
_SHOWN = 120  # letters of a title


def told_of(
    source: Input,
    asked: Asked,
    *,
    stores: StoreFile | None,
    naming: Naming | None = None,
    acts: pl.DataFrame | None = None,
    posts: pl.DataFrame | None = None,
    engine: Engine | None = None,
    on_read: Callable[[], None] = lambda: None,
) -> Genesis | None:
    """Tell how it began; None without a post. stores: None where the posts are of a file.

    naming: with it, accounts have the names that they have outside. acts, posts: those of the
    source, where they were read already. engine: what looks for the largest cascades; None: Polars.
    on_read: is called once all is read.
    """
    posts = source.posts(*POST_COLUMNS) if posts is None else posts
    acts = source.acts() if acts is None else acts
    on_read()
    if posts.is_empty():
        return None
    top = largest(acts, asked.cascades, engine)
    names = _names(source, posts, top, stores, naming)
    told = genesis(posts, acts, asked, names, top)
    if told is None:
        return None
    news, unknown = _news(source, stores, told.first_at)
    notes = [*told.notes, *source.notes]
    aside = getattr(source, "aside", 0)  # of files: what could not be read
    if aside:
        notes.append(f"{aside:,} records could not be read.")
    return replace(told, news=news, news_unknown=unknown, notes=notes)


def _names(
    source: Input,
    posts: pl.DataFrame,
    top: pl.DataFrame,
    stores: StoreFile | None,
    naming: Naming | None,
) -> Names:
    """Name all who may be shown: who posted, and who is in the cascades only."""
    handles = dict(posts.select("author_key", "handle").drop_nulls().unique("author_key").rows())
    in_top = top.select("author_key", "target_author_key", via_authors())
    others = {key for column in in_top for key in column.drop_nulls()}
    handles |= source.handles(sorted(others - handles.keys()))
    if naming is None or stores is None:
        return Names(handles, naming)
    with stores.open(read_only=True) as store:
        known = store.privacy.known_as(sorted(others | set(posts["author_key"])))
    return Names(handles, naming, known)


def _news(source: Input, stores: StoreFile | None, begun: datetime) -> tuple[News | None, str]:
    """Give the first article of each news source, or why there is none to give."""
    if stores is None:
        return None, "a file holds no news articles"
    target, until = source.wanted.target, source.wanted.until
    with stores.open(read_only=True) as store:
        before = store.queries.pick_up(target.selection(begun - _WEEK, begun), _MOST)
        after = store.queries.pick_up(target.selection(begun, until), _MOST)
        streams = store.coverage.streams(hashtags=target.hashtags or None)
    if not before and not after and not any(one.source.startswith("news") for one in streams):
        return None, "no news sources watched"
    rows = [
        NewsSource(
            outlet=row["outlet"].partition(":")[2],
            first_at=row["first_at"],
            hours=round((row["first_at"] - begun) / _HOUR, 2),
            articles=row["articles"],
            linked_by=row["linked_by"],
            title=(row["title"] or "").split("\n", 1)[0][:_SHOWN] or None,
            url=row["url"],
        )
        for row in after
    ]
    return News(before=[row["outlet"].partition(":")[2] for row in before], after=rows), ""
