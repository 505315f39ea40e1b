"""Saves posts, authors, interactions and engagement. Saving anything twice changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from collectors.page import Page
from monitor.store.aliases import Aliases
from monitor.store.blanking import without_secrets
from monitor.store.database import Database
from monitor.store.hearsay import Hearsay, with_standing, with_standing_of
from monitor.store.hiding import Hiding
from monitor.store.privacy import Privacy
from monitor.store.removals import Removals
from monitor.store.saying import INSERT_POSTS, ON_CONFLICT, UPSERT_AUTHORS

# Shorter texts are alike by accident ("amin", "setuju!").
_MIN_WORDS = 5
# From so many posts on, the whole table is read once rather than its index so many times.
_BULK = 5_000


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving a page has changed."""

    new: int = 0  # matched posts that were not known
    updated: int = 0  # matched posts that are fuller or newer than what was known
    interactions: int = 0  # new ones
    removed: int = 0  # posts that are gone
    noted: int = 0  # removals that do not count: another server's posts


class Posts:
    """The tables posts, authors, interactions, engagement and matches."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._aliases = Aliases(database)
        self._removals = Removals(database)
        self._hearsay = Hearsay(database)
        self._hiding = Hiding(database)
        self._privacy = Privacy(database)

    def add(self, page: Page, *, source: str, now: datetime, watch: str | None = None) -> Saved:
        """Save a page. What is known stays, what is fuller replaces what was poorer."""
        page = self._aliases.resolve(without_secrets(page), source=source)
        page = self._privacy.without_erased(page)
        self._hearsay.shown(page.posts, source=source)
        self._hiding.bring_back(page, source=source)
        before = self._matched()
        touched = self._add_posts(page.posts, source=source, now=now)
        new = self._matched() - before
        self._add_authors(page.authors, source=source, now=now)
        interactions = self._add_interactions(page.interactions, source=source, now=now)
        self._add_engagement(page.engagement)
        if not source.startswith("import/"):
            self._add_sightings(page, source=source, now=now)
        gone = self._hearsay.heard(page.removals, source=source, now=now)
        self._removals.apply(gone, source=source, now=now)
        self._removals.apply_standing(page.posts)
        self._hiding.apply(gone, source=source, now=now)
        self._hiding.hide_standing(page.posts)
        if watch is not None:
            self._add_matches(page.posts, watch=watch, via=source, now=now)
        return Saved(
            new=new,
            updated=max(0, touched - new),
            interactions=interactions,
            removed=gone.filter(kind="post").height,
            noted=page.removals.height - gone.height,
        )

    def _matched(self) -> int:
        return int(self._db.value("select count(*) from posts where captured_as = 'matched'"))

    def _add_posts(self, posts: pl.DataFrame, *, source: str, now: datetime) -> int:
        """Save posts, and give the number of matched ones that are new or changed."""
        if posts.is_empty():
            return 0
        frame = (
            with_standing(posts, source=source)
            .with_columns(
                # A post that shares a link twice shares it once.
                pl.col("urls").list.unique(maintain_order=True),
                pl.when(pl.col("kind") != "repost")
                .then(normalized_text(pl.col("text")))
                .alias("same_text"),
            )
            .unique(["post_key", "captured_as"], keep="last", maintain_order=True)
        )
        matched = frame.filter(pl.col("captured_as") == "matched")
        came_along = frame.filter(pl.col("captured_as") != "matched")
        self._upsert(came_along, source=source, now=now)
        touched = self._upsert(matched, source=source, now=now)
        self._hearsay.edited(frame, source=source, now=now)
        return touched

    def _upsert(self, posts: pl.DataFrame, *, source: str, now: datetime) -> int:
        if posts.is_empty():
            return 0
        with self._db.given("page_posts", posts):
            if posts.height < _BULK:
                return self._db.run(f"{INSERT_POSTS} {ON_CONFLICT}", source=source, now=now)
            # Looking for conflicts one by one takes twice as long as telling the known ones apart.
            known = self._db.frame(
                "select post_key from posts "
                "where hash(post_key) in (select hash(post_key) from page_posts)"
            )
        is_known = pl.col("post_key").is_in(known["post_key"].implode())
        changed = 0
        with self._db.given("page_posts", posts.filter(~is_known)):
            changed += self._db.run(INSERT_POSTS, source=source, now=now)
        with self._db.given("page_posts", posts.filter(is_known)):
            changed += self._db.run(f"{INSERT_POSTS} {ON_CONFLICT}", source=source, now=now)
        return changed

    def _add_authors(self, authors: pl.DataFrame, *, source: str, now: datetime) -> None:
        if authors.is_empty():
            return
        once = authors.unique("author_key", keep="last", maintain_order=True)
        told = with_standing_of(once, source=source)
        with self._db.given("page_authors", told):
            self._db.run(UPSERT_AUTHORS, source=source, now=now)
        self._hearsay.followers(told, now=now)

    def _add_interactions(self, frame: pl.DataFrame, *, source: str, now: datetime) -> int:
        if frame.is_empty():
            return 0
        keyed = frame.with_columns(_interaction_key()).unique(
            "interaction_key", keep="first", maintain_order=True
        )
        with self._db.given("page_interactions", keyed):
            return self._db.run(_INSERT_INTERACTIONS, source=source, now=now)

    def _add_engagement(self, engagement: pl.DataFrame) -> None:
        if engagement.is_empty():
            return
        once = engagement.unique(
            ["post_key", "observer", "taken_at"], keep="last", maintain_order=True
        )
        with self._db.given("page_engagement", once):
            self._db.run(_INSERT_ENGAGEMENT)

    def _add_sightings(self, page: Page, *, source: str, now: datetime) -> None:
        matched = page.posts.filter(pl.col("captured_as") == "matched").select("post_key").unique()
        if matched.is_empty():
            return
        ids = page.local_ids.unique("post_key", keep="last")
        with self._db.given("page_sightings", matched.join(ids, on="post_key", how="left")):
            self._db.run(
                """
                insert into sightings (post_key, source, first_seen_at, local_id)
                select post_key, $source, $now, local_id from page_sightings
                on conflict do update set local_id = excluded.local_id
                where excluded.local_id is not null
                  and excluded.local_id is distinct from sightings.local_id
                """,
                source=source,
                now=now,
            )

    def _add_matches(self, posts: pl.DataFrame, *, watch: str, via: str, now: datetime) -> None:
        matched = posts.filter(pl.col("captured_as") == "matched").select("post_key").unique()
        if matched.is_empty():
            return
        with self._db.given("page_matches", matched):
            self._db.run(
                """
                insert into matches select $watch, post_key, $via, $now from page_matches
                on conflict do nothing
                """,
                watch=watch,
                via=via,
                now=now,
            )


def normalized_text(text: pl.Expr) -> pl.Expr:
    """Give the text without case, links, mentions and extra space; null if it is too short."""
    # In Polars, not in SQL: DuckDB's \s knows ASCII only, and Indonesian posts hold NBSP.
    plain = (
        text.str.to_lowercase()
        .str.replace_all(r"https?://\S+|[@＠]\S+", "")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )
    return pl.when(plain.str.count_matches(" ") >= _MIN_WORDS - 1).then(plain)


def _interaction_key() -> pl.Expr:
    """Name an interaction: by the acting post where there is one, else by who and what.

    A post replies to, quotes or passes on one other post, by whatever key that one is known.
    """
    author, post = pl.col("author_key"), pl.col("post_key")
    whom = pl.col("target_author_key").fill_null("")
    what = pl.col("target_post_key").fill_null(whom)
    parts = (
        pl.when(pl.col("kind") == "mention")
        .then(pl.concat_str([post.fill_null(author), whom], separator="|"))
        .otherwise(post.fill_null(pl.concat_str([author, what], separator="|")))
    )
    return pl.concat_str([pl.col("kind"), parts], separator="|").alias("interaction_key")


# An author's clock may run ahead: an act is told by ours then, as a post is.
# A time that is known more exactly replaces one that is known less so.
_INSERT_INTERACTIONS = """
insert into interactions (
    interaction_key, kind, platform, author_key, target_author_key, post_key, target_post_key,
    acted_at, not_before, precision, source, first_seen_at, via_key, record_key
)
select interaction_key, kind, platform, author_key, target_author_key, post_key, target_post_key,
       case when acted_at > $now then $now else acted_at end, not_before, precision, $source,
       $now, via_key, record_key
from page_interactions
on conflict (interaction_key) do update set
    acted_at = excluded.acted_at, not_before = excluded.not_before,
    precision = excluded.precision,
    via_key = coalesce(excluded.via_key, interactions.via_key),
    record_key = coalesce(excluded.record_key, interactions.record_key),
    target_author_key = coalesce(interactions.target_author_key, excluded.target_author_key)
where interactions.precision <> 'exact' and excluded.precision = 'exact'
   or interactions.precision = 'unknown' and excluded.precision = 'bounded'
"""

_INSERT_ENGAGEMENT = """
insert into engagement
select p.* from page_engagement p
left join (
    select e.* from engagement e semi join page_engagement using (post_key, observer)
    qualify row_number() over (partition by e.post_key, e.observer order by e.taken_at desc) = 1
) last using (post_key, observer)
where last.post_key is null
   or (p.taken_at >= last.taken_at and (p.reposts, p.quotes, p.replies, p.likes, p.views)
       is distinct from (last.reposts, last.quotes, last.replies, last.likes, last.views))
-- Of one look, such as the pages of a file that holds a post twice, the highest counts.
on conflict do update set
    reposts = greatest(engagement.reposts, excluded.reposts),
    quotes = greatest(engagement.quotes, excluded.quotes),
    replies = greatest(engagement.replies, excluded.replies),
    likes = greatest(engagement.likes, excluded.likes),
    views = greatest(engagement.views, excluded.views)
"""
