"""Takes away what its author or platform took away; that it was there stays on record."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from monitor.store.database import Database
from monitor.store.hiding import FORGET, PASSING


class Removals:
    """The table removals, and what it does to posts, authors and interactions."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def apply(self, removals: pl.DataFrame, *, source: str, now: datetime) -> int:
        """Blank what is named, and count it no longer. Gives the number of posts touched.

        What may be shown again is not gone: that is for `Hiding`.
        """
        removals = removals.filter(~pl.col("kind").is_in(PASSING))
        if removals.is_empty():
            return 0
        with self._db.given("page_removals", removals.unique(["kind", "key"])):
            self._db.run(
                "insert into removals "
                "select kind, key, reason, $source, removed_at, $now from page_removals "
                "on conflict do nothing",
                source=source,
                now=now,
            )
            self._db.run(_ACTS)
            self._db.run(_AUTHORS)
            for statement in FORGET:
                self._db.run(statement)
            return self._db.run(_POSTS)

    def apply_standing(self, posts: pl.DataFrame) -> int:
        """Keep out posts that another source still shows, or that come after their removal."""
        if posts.is_empty() or not self._db.value("select count(*) from removals"):
            return 0
        with self._db.given("page_keys", posts.select("post_key")):
            standing = self._db.frame(
                "select kind, key, reason, removed_at from removals "
                "where kind = 'post' and key in (select post_key from page_keys)"
            )
        if standing.is_empty():
            return 0
        with self._db.given("page_removals", standing):
            return self._db.run(_POSTS)


# An account that is back posts anew: what it posts after its removal is kept.
_POSTS = """
update posts set captured_as = 'removed', text = null, text_id = null, url = null, lang = null,
    urls = [], hashtags_raw = [], removed_at = r.removed_at, removed_why = r.reason
from page_removals r
where posts.removed_at is null
  and (r.kind = 'post' and posts.post_key = r.key
       or r.kind = 'author' and posts.author_key = r.key and posts.sort_at <= r.removed_at)
"""
_ACTS = """
update interactions set removed_at = r.removed_at from page_removals r
where interactions.removed_at is null
  and (r.kind = 'undone' and interactions.record_key = r.key
       or r.kind = 'post' and interactions.post_key = r.key
       or r.kind = 'author' and interactions.author_key = r.key)
"""
_AUTHORS = """
update authors set display_name = null, url = null, removed_at = r.removed_at
from page_removals r
where r.kind = 'author' and authors.author_key = r.key
"""
