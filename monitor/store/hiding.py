"""Hides what a platform does not show for a time, and brings it back when it is shown again.

An account that is suspended or deactivated may come back, and so may a video that was made
private: its posts are counted no longer and shown nowhere, and what they said is kept apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from collectors.page import Page
from monitor.store import standing
from monitor.store.database import Database

# The kinds of `Removal` that may end. All others are for good (`monitor.store.removals`).
PASSING = ("hidden", "away", "back")
# How often a source is asked whether it shows again what it hid.
ASKED_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Blanked:
    """Posts of one platform whose text was not kept."""

    platform: str
    posts: int
    accounts: int


class Hiding:
    """The tables hidden and hidden_authors, and what they mean for posts and interactions."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def apply(self, removals: pl.DataFrame, *, source: str, now: datetime) -> None:
        """Hide what is not shown now, and bring back accounts that are back; the last word counts.

        Nothing that is gone for good comes back.
        """
        passing = removals.filter(pl.col("kind").is_in(PASSING))
        if passing.is_empty():
            return
        last = passing.with_columns(about=pl.col("kind") == "hidden").unique(
            ["about", "key"], keep="last", maintain_order=True
        )
        self._bring_back_accounts(last.filter(kind="back").select(author_key="key"))
        away = last.filter(pl.col("kind") != "back").drop("about")
        if away.is_empty():
            return
        with self._db.given("page_hidden", away):
            self._db.run(_NOTE, source=source, now=now)
            self._hide()

    def hide_standing(self, posts: pl.DataFrame) -> None:
        """Hide posts of an account that is away which come only now, as out of a file."""
        if posts.is_empty() or not self._db.value(_ANY_AWAY):
            return
        with self._db.given("page_keys", posts.select("author_key").unique()):
            standing = self._db.frame(
                "select kind, key, reason, removed_at from removals "
                "where kind = 'away' and key in (select author_key from page_keys)"
            )
        if not standing.is_empty():
            with self._db.given("page_hidden", standing):
                self._hide()

    def bring_back(self, page: Page, *, source: str) -> None:
        """Bring back what a source shows again, with its whole account if that was away.

        A file tells how it was when it was made; a stream's page, how it was at that time.
        """
        if source.startswith("import/") or not self._db.value("select count(*) from hidden"):
            return
        shown = page.posts.select("post_key", at=pl.col("indexed_at"))
        if page.since_at is None:
            shown = pl.concat([shown, page.engagement.select("post_key", at=pl.col("taken_at"))])
            shown = shown.with_columns(at=pl.lit(None, shown.schema["at"]))
        with self._db.given("page_shown", shown):
            again = self._db.frame(_SHOWN_AGAIN)
        # A copy elsewhere does not end what its home has hidden.
        mine, other = standing.of_posts(pl.lit(source)), standing.of_posts(pl.col("hidden_by"))
        back = again.filter((mine >= other).fill_null(value=True))
        if back.is_empty():
            return
        with self._db.given("posts_back", back.select("post_key")):
            self._restore()
        self._bring_back_accounts(back.filter("by_account").select("author_key").unique())

    def damaged(self) -> list[Blanked]:
        """Count what version 0.1.0 blanked for a passing state and is not back yet."""
        rows = self._db.rows(
            "select p.platform, count(*) as posts, count(distinct p.author_key) as accounts "
            "from hidden h join posts p using (post_key) where not h.is_kept "
            "group by p.platform order by p.platform"
        )
        return [Blanked(**row) for row in rows]

    def _hide(self) -> None:
        for statement in (_KEEP_POSTS, _BLANK_POSTS, _KEEP_AUTHORS, _BLANK_AUTHORS, _HIDE_ACTS):
            self._db.run(statement)

    def _bring_back_accounts(self, accounts: pl.DataFrame) -> None:
        if accounts.is_empty():
            return
        with self._db.given("accounts_back", accounts):
            # What 0.1.0 blanked comes back with its text only: when it is shown itself.
            back = self._db.frame(
                "select h.post_key from hidden h join posts p using (post_key) "
                "where h.by_account and h.is_kept and p.author_key in (from accounts_back)"
            )
            with self._db.given("posts_back", back):
                self._restore()
            for statement in _RESTORE_ACCOUNTS:
                self._db.run(statement)

    def _restore(self) -> None:
        for statement in _RESTORE_POSTS:
            self._db.run(statement)


_ANY_AWAY = "select count(*) from removals where kind = 'away'"
# Removals of these kinds are on record as long as they hold.
_NOTE = """
insert into removals (kind, key, reason, source, removed_at, applied_at)
select kind, key, reason, $source, removed_at, $now from page_hidden
on conflict do update set reason = excluded.reason, source = excluded.source,
    removed_at = excluded.removed_at, applied_at = excluded.applied_at
"""
# What an account that is away posts later, it posts because it is back.
_MEANT = """
    (r.kind = 'hidden' and p.post_key = r.key
     or r.kind = 'away' and p.author_key = r.key and p.sort_at <= r.removed_at)
"""
_KEEP_POSTS = f"""
insert into hidden
select p.post_key, p.captured_as, r.kind = 'away', true, p.text, p.text_id, p.lang, p.url, p.urls,
       p.hashtags_raw
from posts p join page_hidden r on {_MEANT}
where p.removed_at is null
on conflict do nothing
"""  # noqa: S608
_BLANK_POSTS = f"""
update posts set captured_as = 'removed', text = null, text_id = null, url = null, lang = null,
    urls = [], hashtags_raw = [], removed_at = m.removed_at, removed_why = m.reason
from (select p.post_key, r.removed_at, r.reason from posts p join page_hidden r on {_MEANT}) m
where posts.post_key = m.post_key and posts.removed_at is null
"""  # noqa: S608
_KEEP_AUTHORS = """
insert into hidden_authors
select author_key, display_name, url from authors
where removed_at is null and author_key in (select key from page_hidden where kind = 'away')
on conflict do nothing
"""
_BLANK_AUTHORS = """
update authors set display_name = null, url = null, removed_at = r.removed_at
from page_hidden r
where r.kind = 'away' and authors.author_key = r.key and authors.removed_at is null
"""
_HIDE_ACTS = """
update interactions set removed_at = r.removed_at, hidden_at = r.removed_at from page_hidden r
where interactions.removed_at is null
  and (r.kind = 'hidden' and interactions.post_key = r.key
       or r.kind = 'away' and interactions.author_key = r.key
          and coalesce(interactions.acted_at, interactions.not_before, r.removed_at)
              <= r.removed_at)
"""
# A stream repeats the past: only what came after the hiding shows that it is over.
_SHOWN_AGAIN = """
select distinct h.post_key, p.author_key, h.by_account, r.source as hidden_by
from page_shown s join hidden h using (post_key) join posts p using (post_key)
left join removals r on r.kind = 'hidden' and r.key = h.post_key
    or r.kind = 'away' and r.key = p.author_key
where s.at is null or s.at > p.removed_at
"""
_RESTORE_POSTS = (
    """
    update posts set captured_as = h.captured_as, text = h.text, text_id = h.text_id, url = h.url,
        lang = h.lang, urls = coalesce(h.urls, []), hashtags_raw = coalesce(h.hashtags_raw, []),
        removed_at = null, removed_why = null
    from hidden h
    where posts.post_key = h.post_key and h.post_key in (select post_key from posts_back)
    """,
    """
    update interactions set removed_at = null, hidden_at = null
    where hidden_at is not null and post_key in (select post_key from posts_back)
    """,
    "delete from removals where kind = 'hidden' and key in (select post_key from posts_back)",
    "delete from hidden where post_key in (select post_key from posts_back)",
)
_RESTORE_ACCOUNTS = (
    """
    update interactions set removed_at = null, hidden_at = null
    where hidden_at is not null and author_key in (from accounts_back)
      and (post_key is null or post_key not in (select post_key from hidden))
    """,
    """
    update authors set removed_at = null,
        display_name = coalesce(h.display_name, authors.display_name),
        url = coalesce(h.url, authors.url)
    from hidden_authors h
    where authors.author_key = h.author_key and h.author_key in (from accounts_back)
    """,
    "delete from hidden_authors where author_key in (from accounts_back)",
    "delete from removals where kind = 'away' and key in (from accounts_back)",
)
_GONE = """
    select p.post_key, r.removed_at, r.reason from posts p join page_removals r
    on r.kind = 'post' and p.post_key = r.key
    or r.kind = 'author' and p.author_key = r.key and p.sort_at <= r.removed_at
"""
# Gone for good while it was hidden: nothing is kept of it. Reads `page_removals`.
FORGET = (
    f"""
    update posts set removed_at = gone.removed_at, removed_why = gone.reason from ({_GONE}) gone
    where posts.post_key = gone.post_key and posts.post_key in (select post_key from hidden)
    """,  # noqa: S608
    f"delete from hidden where post_key in (select post_key from ({_GONE}))",  # noqa: S608
    "delete from hidden_authors where author_key in "
    "(select key from page_removals where kind = 'author')",
    """
    update interactions set hidden_at = null from page_removals r
    where hidden_at is not null
      and (r.kind = 'undone' and interactions.record_key = r.key
           or r.kind = 'post' and interactions.post_key = r.key
           or r.kind = 'author' and interactions.author_key = r.key)
    """,
    "delete from removals where kind = 'away' "
    "and key in (select key from page_removals where kind = 'author')",
    "delete from removals where kind = 'hidden' "
    "and key in (select key from page_removals where kind = 'post')",
)
