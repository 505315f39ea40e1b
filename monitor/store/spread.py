"""Where posts were written, by whom, and with which hashtags beside: what arrivals are found in."""

from __future__ import annotations

import polars as pl

from analysis.frames import PLATFORM_ACTS, TAGS, require
from monitor.store.database import Database
from monitor.store.queries import Selection


class Spread:
    """Questions about the posts of a selection."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def platforms(self, selection: Selection) -> pl.DataFrame:
        """Give who wrote where and when: `analysis.frames.PLATFORM_ACTS`."""
        frame = self._db.frame(
            "select platform, sort_at, hash(author_key) as author_id from posts "  # noqa: S608
            f"where {selection.where()}",
            **selection.values(),
        )
        return require(frame.cast(PLATFORM_ACTS), PLATFORM_ACTS)

    def platform_names(self, selection: Selection) -> list[str]:
        """Give where the posts were written."""
        return self._db.frame(
            f"select distinct platform from posts where {selection.where()} order by 1",  # noqa: S608
            **selection.values(),
        )["platform"].to_list()

    def times(self, selection: Selection) -> pl.DataFrame:
        """Give when each post was written, as the column sort_at."""
        return self._db.frame(
            f"select sort_at from posts where {selection.where()}",  # noqa: S608
            **selection.values(),
        )

    def tags(self, selection: Selection) -> pl.DataFrame:
        """Give every hashtag of every post: `analysis.frames.TAGS`."""
        frame = self._db.frame(
            f"""
            select sort_at, hash(post_key) as post_id, hash(author_key) as author_id,
                   unnest(hashtags) as hashtag
            from posts where {selection.where()}
            """,  # noqa: S608
            **selection.values(),
        )
        return require(frame.cast(TAGS), TAGS)

    def authors(self, selection: Selection) -> list[str]:
        """Give everybody who wrote, passed on or was passed on in the posts."""
        return self._db.frame(
            f"""
            with chosen as (select post_key, author_key from posts where {selection.where()})
            select distinct author_key from chosen
            union
            select distinct i.author_key from interactions i join chosen on i.target_post_key =
                chosen.post_key
            """,  # noqa: S608
            **selection.values(),
        )["author_key"].to_list()
