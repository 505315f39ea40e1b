"""Reads posts: the frames of analysis, and the lists of reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from analysis.frames import ACTIVITY, EDGES, require
from monitor.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which posts: those with one of the hashtags, or given to the watch, within a time."""

    hashtags: tuple[str, ...]
    watch: str | None = None
    since: datetime | None = None  # included
    until: datetime | None = None  # excluded

    def where(self, *, time: str = "sort_at") -> str:
        """Give the condition on `posts`, to be used with `values`."""
        terms = ["captured_as = 'matched'"]
        wanted = "list_has_any(hashtags, $hashtags)"
        if self.watch is not None:
            wanted += " or post_key in (select post_key from matches where watch = $watch)"
        terms.append(f"({wanted})")
        if self.since is not None:
            terms.append(f"{time} >= $since")
        if self.until is not None:
            terms.append(f"{time} < $until")
        return " and ".join(terms)

    def values(self) -> dict[str, Any]:
        """Give the values of the condition."""
        given: dict[str, Any] = {"hashtags": list(self.hashtags)}
        if self.watch is not None:
            given["watch"] = self.watch
        if self.since is not None:
            given["since"] = self.since
        if self.until is not None:
            given["until"] = self.until
        return given


class Queries:
    """Questions about stored posts. SQL is put together from constants only; values are bound."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def activity(self, selection: Selection) -> pl.DataFrame:
        """Give every act as `analysis.frames.ACTIVITY`: posts, and reposts that are no posts."""
        where = selection.where()
        frame = self._db.frame(
            f"""
            select sort_at, hash(author_key) as author_id, true as is_post,
                   kind = 'repost' as is_repost, text_id
            from posts where {where}
            union all
            select acted_at, hash(i.author_key), false, true, null
            from interactions i
            where i.kind = 'repost' and i.post_key is null and {_acted_within(selection)}
              and i.target_post_key in (select post_key from posts
                                        where {_any_time(selection).where()})
            """,  # noqa: S608
            **selection.values(),
        )
        return require(frame.cast(ACTIVITY), ACTIVITY)

    def edges(self, selection: Selection) -> pl.DataFrame:
        """Give who acted on whom as `analysis.frames.EDGES`, from acts on or by these posts."""
        where = _any_time(selection).where()
        frame = self._db.frame(
            f"""
            with chosen as (select post_key from posts where {where})
            select author_key, target_author_key, kind, count(*) as count,
                   min(acted_at) as first_at
            from interactions
            where target_author_key is not null and author_key <> target_author_key
              and {_acted_within(selection)}
              and (post_key in (select post_key from chosen)
                   or (post_key is null and target_post_key in (select post_key from chosen)))
            group by author_key, target_author_key, kind
            """,  # noqa: S608
            **selection.values(),
        )
        return require(frame.cast(EDGES), EDGES)

    def summary(self, selection: Selection) -> dict[str, Any]:
        """Give posts, authors, reposts (those that are posts), and the first and last time."""
        return self._db.rows(
            f"""
            select count(*) as posts, count(distinct author_key) as authors,
                   count(*) filter (kind = 'repost') as reposts,
                   min(sort_at) as first_post_at, max(sort_at) as last_post_at
            from posts where {selection.where()}
            """,  # noqa: S608
            **selection.values(),
        )[0]

    def interaction_counts(self, selection: Selection) -> dict[str, int]:
        """Give the number of interactions by kind, and of boosts that are no posts."""
        rows = self._db.rows(
            f"""
            with chosen as (select post_key from posts where {_any_time(selection).where()})
            select kind, count(*) as count, count(*) filter (post_key is null) as without_post
            from interactions
            where {_acted_within(selection)}
              and (post_key in (select post_key from chosen)
                   or (post_key is null and target_post_key in (select post_key from chosen)))
            group by kind
            """,  # noqa: S608
            **selection.values(),
        )
        counts = {row["kind"]: int(row["count"]) for row in rows}
        counts["boost"] = sum(int(row["without_post"]) for row in rows)
        return counts

    def top_authors(self, selection: Selection, limit: int) -> list[dict[str, Any]]:
        """Give the most active authors: author_key, handle, posts, reposts, followers."""
        return self._db.rows(
            f"""
            select p.author_key, a.handle, p.posts, p.reposts, a.followers, a.is_bot
            from (
                select author_key, count(*) as posts, count(*) filter (kind = 'repost') as reposts
                from posts where {selection.where()}
                group by author_key order by posts desc, author_key limit $limit
            ) p left join authors a using (author_key)
            order by p.posts desc, p.author_key
            """,  # noqa: S608
            limit=limit,
            **selection.values(),
        )

    def top_hashtags(self, selection: Selection, limit: int) -> list[dict[str, Any]]:
        """Give the hashtags that ride along: hashtag, posts, authors."""
        return self._top_of_list(selection, "hashtags", limit)

    def top_links(self, selection: Selection, limit: int) -> list[dict[str, Any]]:
        """Give the links shared most: url, posts, authors."""
        return self._top_of_list(selection, "urls", limit)

    def _top_of_list(self, selection: Selection, column: str, limit: int) -> list[dict[str, Any]]:
        return self._db.rows(
            f"""
            select value, count(*) as posts, count(distinct author) as authors from (
                select unnest(list_distinct({column})) as value, hash(author_key) as author
                from posts where {selection.where()}
            ) group by value order by posts desc, value limit $limit
            """,  # noqa: S608
            limit=limit,
            **selection.values(),
        )

    def handles(self, keys: list[str]) -> dict[str, str]:
        """Give the handles of accounts, as far as they are known."""
        if not keys:
            return {}
        rows = self._db.rows(
            "select author_key, handle from authors "
            "where handle is not null and author_key in (select unnest($keys))",
            keys=keys,
        )
        return {row["author_key"]: row["handle"] for row in rows}

    def examples(self, selection: Selection, limit: int) -> list[dict[str, Any]]:
        """Give the posts that were passed on most within the time, else the first ones."""
        return self._db.rows(
            f"""
            select p.text, p.author_key, p.url, p.sort_at, count(i.interaction_key) as passed_on
            from (
                select * from posts
                where kind <> 'repost' and text is not null and {selection.where()}
            ) p left join interactions i
              on i.target_post_key = p.post_key and i.kind in ('repost', 'quote')
            group by all order by passed_on desc, p.sort_at limit $limit
            """,  # noqa: S608
            limit=limit,
            **selection.values(),
        )

    def hashtags(self) -> list[str]:
        """Give every hashtag of a stored post."""
        return self._db.frame("select distinct unnest(hashtags) as hashtag from posts order by 1")[
            "hashtag"
        ].to_list()


def _any_time(selection: Selection) -> Selection:
    """An act counts when it happened, whenever its post was written."""
    return Selection(hashtags=selection.hashtags, watch=selection.watch)


def _acted_within(selection: Selection) -> str:
    terms = []
    if selection.since is not None:
        terms.append("acted_at >= $since")
    if selection.until is not None:
        terms.append("acted_at < $until")
    return " and ".join(terms) or "true"
