"""Reads posts: the frames of analysis, and the lists of reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.store.database import Database
from monitor.store.left_out import LEFT_OUT, pairs_of

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which posts: with one of the hashtags, or given to the watch, within a time; else all."""

    hashtags: tuple[str, ...]
    watch: str | None = None
    since: datetime | None = None  # included
    until: datetime | None = None  # excluded

    def where(self, *, time: str = "sort_at", articles: bool = False) -> str:
        """Give the condition on `posts`, to be used with `values`.

        What news sites write is pick-up, not part of the volume: it is chosen by `articles` only.
        """
        terms = ["captured_as = 'matched'", f"kind {'=' if articles else '<>'} 'article'"]
        # One by one: list_has_any takes twice as long.
        wanted = " or ".join(
            f"list_contains(hashtags, $hashtag{n})" for n in range(len(self.hashtags))
        )
        if self.watch is not None:
            wanted += " or post_key in (select post_key from matches where watch = $watch)"
        if wanted:  # else all posts
            terms.append(f"({wanted})")
        if self.since is not None:
            terms.append(f"{time} >= $since")
        if self.until is not None:
            terms.append(f"{time} < $until")
        return " and ".join(terms)

    def any_time(self) -> Selection:
        """Give the same posts of all times: an act counts when it happened."""
        return Selection(hashtags=self.hashtags, watch=self.watch)

    def acted(self) -> str:
        """Give the condition on `interactions.acted_at`."""
        terms = ["acted_at >= $since"] if self.since is not None else []
        terms += ["acted_at < $until"] if self.until is not None else []
        return " and ".join(terms) or "true"

    def values(self) -> dict[str, Any]:
        """Give the values of the condition."""
        given: dict[str, Any] = {f"hashtag{n}": tag for n, tag in enumerate(self.hashtags)}
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

    def activity(
        self,
        selection: Selection,
        *,
        only: Sequence[tuple[str, str]] = (),
        without: Sequence[tuple[str, str]] = (),
    ) -> pl.DataFrame:
        """Return every act as `analysis.frames.ACTIVITY`: posts, and reposts that are no posts.

        without: streams (source and hashtag) whose posts are left out, unless a stream of `only`
            has shown them too.
        """
        from analysis.frames import ACTIVITY, require

        left = f" and post_key not in ({LEFT_OUT})" if without else ""
        pairs = {"only": pairs_of(only), "without": pairs_of(without)} if without else {}
        where = selection.where() + left
        frame = self._db.frame(
            f"""
            select sort_at, hash(author_key) as author_id, true as is_post,
                   kind = 'repost' as is_repost, text_id
            from posts where {where}
            union all
            select acted_at, hash(i.author_key), false, true, null
            from interactions i
            where i.kind = 'repost' and i.post_key is null and i.removed_at is null
              and {selection.acted()}
              and i.target_post_key in (select post_key from posts
                                        where {selection.any_time().where()}{left})
            """,  # noqa: S608
            **selection.values(),
            **pairs,
        )
        return require(frame.cast(ACTIVITY), ACTIVITY)

    def span(self, selection: Selection) -> tuple[datetime | None, datetime | None]:
        """Give the time of the first post and of the last."""
        row = self._db.rows(
            f"""
            select min(sort_at) as first_at, max(sort_at) as last_at
            from posts where {selection.where()}
            """,  # noqa: S608
            **selection.values(),
        )[0]
        return row["first_at"], row["last_at"]

    def posts(self, selection: Selection) -> int:
        """Count the posts."""
        return int(
            self._db.value(
                f"select count(*) from posts where {selection.where()}",  # noqa: S608
                **selection.values(),
            )
        )

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
        """Give the other hashtags of the posts: value, posts, authors."""
        return self._top_of_list(selection, "hashtags", limit, selection.hashtags)

    def top_links(self, selection: Selection, limit: int) -> list[dict[str, Any]]:
        """Give the links shared most: value, posts, authors."""
        return self._top_of_list(selection, "urls", limit)

    def _top_of_list(
        self, selection: Selection, column: str, limit: int, without: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        # First who is at the top, then by how many: distinct authors of all would take seconds.
        return self._db.rows(
            f"""
            with top as (
                select value, count(*) as posts
                from (select unnest({column}) as value from posts where {selection.where()})
                where not list_contains($without, value)
                group by value order by posts desc, value limit $limit
            )
            select value, any_value(top.posts) as posts,
                   count(distinct hash(author_key)) as authors
            from posts join top on list_contains({column}, value)
            where {selection.where()} group by value order by posts desc, value
            """,  # noqa: S608
            limit=limit,
            without=list(without),
            **selection.values(),
        )

    def sources(self, selection: Selection) -> list[str]:
        """Give who gave the posts: sources, and formats of files as 'import/csv'."""
        rows = self._db.rows(
            f"select distinct source from posts where {selection.where()} order by source",  # noqa: S608
            **selection.values(),
        )
        return [row["source"] for row in rows]

    def seen_by(self, selection: Selection) -> list[int]:
        """Count the posts of the fediverse that exactly 1, 2, … of its servers have shown us.

        As many numbers as servers were asked; empty if none was.
        """
        rows = self._db.rows(
            f"""
            with seen as (
                select post_key, source from sightings semi join
                    (select post_key from posts
                     where platform = 'mastodon' and {selection.where()}) using (post_key)
            ), often as (select post_key, count(*) as times from seen group by post_key)
            select n, (select count(*) from often where times = n) as posts
            from range(1, (select count(distinct source) from seen) + 1) t(n) order by n
            """,  # noqa: S608
            **selection.values(),
        )
        return [row["posts"] for row in rows]

    def pick_up(self, selection: Selection, limit: int) -> list[dict[str, Any]]:
        """Give the news outlets that wrote of it, the first first: outlet, first_at, articles,
        title and url of their first one, and linked_by, the posts that link to any of theirs.
        """
        return self._db.rows(
            f"""
            with articles as (
                select author_key as outlet, sort_at, text as title, url,
                       {_PLAIN_LINK} as link
                from (select *, unnest(urls) as written from posts
                      where {selection.where(articles=True)})
            ), linking as (
                select a.outlet, count(distinct p.post_key) as linked_by
                from (
                    select post_key, {_PLAIN_LINK} as link
                    from (select post_key, unnest(urls) as written from posts
                          where {selection.where()})
                ) p join articles a using (link) group by a.outlet
            )
            select outlet, min(sort_at) as first_at, count(distinct url) as articles,
                   arg_min(title, sort_at) as title, arg_min(url, sort_at) as url,
                   coalesce(any_value(linked_by), 0) as linked_by
            from articles left join linking using (outlet)
            group by outlet order by first_at, outlet limit $limit
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
              and i.removed_at is null
            group by all order by passed_on desc, p.sort_at limit $limit
            """,  # noqa: S608
            limit=limit,
            **selection.values(),
        )

    def texts(self, keys: Sequence[str]) -> dict[str, str]:
        """Give what posts say, those that are still there; reposts say what they pass on."""
        if not keys:
            return {}
        rows = self._db.rows(
            """
            select k.post_key, coalesce(p.text, o.text) as text
            from (select unnest($keys) as post_key) k
            left join posts p on p.post_key = k.post_key
            left join interactions i on i.interaction_key = k.post_key and i.removed_at is null
            left join posts o on o.post_key = coalesce(p.repost_of_key, i.target_post_key)
            where p.removed_at is null and coalesce(p.text, o.text) is not null
            """,
            keys=list(keys),
        )
        return {row["post_key"]: row["text"] for row in rows}

    def hashtags(self) -> list[str]:
        """Give every hashtag of a stored post."""
        return self._db.frame("select distinct unnest(hashtags) as hashtag from posts order by 1")[
            "hashtag"
        ].to_list()


# How people share an address is not how its outlet writes it: with tracking, without www.
_PLAIN_LINK = r"""
regexp_replace(
    regexp_replace(written, '^https?://(www\.|m\.|amp\.)?', ''),
    '([?&](utm_[a-z]+|fbclid|gclid|igshid|page|ref|source)=[^&#]*)+|#.*$|/(amp/?)?$', '', 'g')
"""
