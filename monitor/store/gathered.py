"""What graphs are made of: the posts of a selection, and who acted on whom in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from analysis.frames import ACTS, POSTS
from monitor.store.database import Database
from monitor.store.queries import Selection

# Where each column of POSTS stands: p is the post, a its author.
_OF_POSTS = {
    "handle": "a.handle",
    "media": "null::text[]",
    "followers": "a.followers",
    "author_created_at": "a.created_at",
    "mentions": "coalesce(m.mentions, [])",
}
_OF_BOOSTS = {
    "post_key": "i.interaction_key",
    "kind": "'repost'",
    "sort_at": "i.acted_at",
    "text": "null::text",
    "hashtags": "[]::text[]",
    "urls": "[]::text[]",
    "mentions": "[]::text[]",
    "repost_of_key": "i.target_post_key",
    "reply_to_key": "null::text",
    "quote_of_key": "null::text",
    **{name: _OF_POSTS[name] for name in ("handle", "media", "followers", "author_created_at")},
}
# Who wrote a post may be known only from the post.
_OF_ACTS = {"target_author_key": "coalesce(i.target_author_key, t.author_key)"}
_MENTIONS = """
left join (
    select post_key, list(target_author_key order by target_author_key) as mentions
    from interactions
    where kind = 'mention' and post_key is not null and target_author_key is not null
      and removed_at is null
    group by post_key
) m on m.post_key = p.post_key
"""


def _posts(selection: Selection, columns: Sequence[str], *, of: str = "is not null") -> str:
    """Give the question for posts, and for reposts that are no posts of their own.

    of: what their keys must be.
    """
    of_posts = ", ".join(f"{_OF_POSTS.get(name, f'p.{name}')} as {name}" for name in columns)
    of_boosts = ", ".join(f"{_OF_BOOSTS.get(name, f'i.{name}')} as {name}" for name in columns)
    return f"""
        select {of_posts}
        from (select * from posts where post_key {of} and {selection.where()}) p
        left join authors a on a.author_key = p.author_key
        {_MENTIONS if "mentions" in columns else ""}
        union all
        select {of_boosts}
        from interactions i left join authors a on a.author_key = i.author_key
        where i.kind = 'repost' and i.post_key is null and i.removed_at is null
          and i.interaction_key {of}
          and i.acted_at is not null and {selection.acted().replace("acted_at", "i.acted_at")}
          and i.target_post_key in (select post_key from posts
                                    where {selection.any_time().where()})
        """  # noqa: S608


class Gathered:
    """Reads a selection as a whole, batch by batch."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def posts(self, selection: Selection, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Give these columns of POSTS: posts, and reposts that are no posts of their own."""
        types = pl.Schema({name: POSTS[name] for name in columns})
        batches = self._db.frames(_posts(selection, columns), **selection.values())
        return (batch.cast(dict(types)) for batch in batches)  # type: ignore[arg-type]

    def some(
        self, selection: Selection, columns: Sequence[str], keys: pl.Series
    ) -> Iterator[pl.DataFrame]:
        """Give the same of those that have one of these post keys."""
        types = pl.Schema({name: POSTS[name] for name in columns})
        sql = _posts(selection, columns, of="in (select post_key from wanted_keys)")
        with self._db.given("wanted_keys", keys.unique().to_frame("post_key")):
            for batch in self._db.frames(sql, **selection.values()):
                yield batch.cast(dict(types))  # type: ignore[arg-type]

    def marks(self, selection: Selection, columns: Sequence[str]) -> pl.DataFrame:
        """Give a number for each post that is another once one of these columns has changed.

        post_key, mark. Numbers hold for as long as the process lives.
        """
        return self._db.frame(
            f"select post_key, hash({', '.join(columns)}) as mark "  # noqa: S608
            f"from ({_posts(selection, ['post_key', *columns])})",
            **selection.values(),
        )

    def acts(self, selection: Selection, *, undated: bool = False) -> pl.DataFrame:
        """Give who acted on whom by or on these posts, as ACTS; unknown times are null.

        undated: only those of which nobody knows when they were.
        """
        chosen = selection.any_time() if undated else selection
        time = "acted_at is null" if undated else selection.acted()
        columns = ", ".join(_OF_ACTS.get(name, f"i.{name}") + f" as {name}" for name in ACTS)
        frame = self._db.frame(
            f"""
            select {columns}
            from interactions i left join posts t on t.post_key = i.target_post_key
            where i.removed_at is null and ({time.replace("acted_at", "i.acted_at")})
              and coalesce(i.post_key, i.target_post_key) in (
                select post_key from posts where {selection.any_time().where()})
            """,  # noqa: S608
            **chosen.values(),
        )
        return frame.cast(ACTS)

    def days(self) -> pl.DataFrame:
        """Give how much there is of each day (UTC): day, rows of `posts` and `acts` of all."""
        everything = Selection(hashtags=())
        return self._db.frame(
            f"""
            select day, count(*) as rows from (
                select cast(sort_at as date) as day from posts where {everything.where()}
                union all
                select cast(acted_at as date) from interactions
                where removed_at is null and acted_at is not null
            ) group by day order by day
            """  # noqa: S608
        )

    def undated(self, selection: Selection) -> int:
        """Count the reposts whose time is unknown, and which therefore no graph has."""
        return int(
            self._db.value(
                f"""
                select count(*) from interactions
                where kind = 'repost' and post_key is null and removed_at is null
                  and acted_at is null and target_post_key in (
                      select post_key from posts where {selection.any_time().where()})
                """,  # noqa: S608
                **selection.any_time().values(),
            )
        )
