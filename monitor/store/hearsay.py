"""Weighs what sources say of posts and accounts that are not theirs; notes what is not taken."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

import polars as pl

from collectors.page import REMOVALS
from monitor.store import standing
from monitor.store.database import Database
from monitor.store.standing import HOME, Followers, Saying, followers_seen

_SOURCE = pl.col("source")


class Hearsay:
    """The table contradictions, and what posts and authors are by whose word."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def shown(self, posts: pl.DataFrame, *, source: str) -> None:
        """Take in that a source shows posts: it no longer says that they are gone.

        What was gone by the word of others only, and is shown, is there: the page fills it anew.
        """
        if posts.is_empty() or source.startswith("import/"):
            return
        with self._db.given("shown_posts", posts.select("post_key").unique()):
            if self._db.value("select count(*) from contradictions"):
                self._db.run(
                    "delete from contradictions where source = $source and what = 'gone' "
                    "and key in (select post_key from shown_posts)",
                    source=source,
                )
            if not self._db.value("select count(*) from removals"):
                return
            gone = self._db.frame(
                "select p.post_key, p.author_key, r.source from posts p join removals r "
                "on r.kind = 'post' and r.key = p.post_key "
                "where p.removed_at is not null "
                "and p.post_key in (select post_key from shown_posts)"
            )
        by_others = gone.filter(standing.of_posts(_SOURCE) != HOME)
        if by_others.is_empty():
            return
        with self._db.given("back_posts", by_others):
            for statement in _BACK:
                self._db.run(statement)

    def heard(self, removals: pl.DataFrame, *, source: str, now: datetime) -> pl.DataFrame:
        """Return the removals that take effect; note the others."""
        if removals.is_empty():
            return removals
        is_of_post = pl.col("kind").is_in(("post", "hidden"))
        posts = self._of_posts(removals.filter(is_of_post), source=source)
        accounts = self._of_accounts(removals.filter(~is_of_post), source=source)
        told = pl.concat([posts, accounts])
        # Others' words are kept also where they count: who shows it afterwards is weighed anew.
        self._note(told.filter(~pl.col("is_home")), what="gone", source=source, now=now)
        with self._db.given("final_removals", told.filter("is_home")):
            # Its home's word takes the place of another's: nobody takes that back.
            self._db.run(
                "delete from removals where source <> $source "
                "and (kind, key) in (select (kind, key) from final_removals)",
                source=source,
            )
            self._db.run(
                "delete from contradictions where what = 'gone' "
                "and key in (select key from final_removals)"
            )
        return told.filter("counts").select(REMOVALS.names())

    def _of_posts(self, removals: pl.DataFrame, *, source: str) -> pl.DataFrame:
        """Return removals of posts with whether they count."""
        with self._db.given("said_gone", removals.select("key").unique()):
            witnesses = self._db.frame(_WITNESSES)
        here = pl.lit(source)
        is_home = standing.of_posts(here, key="key", author=None) == HOME
        told = removals.join(
            witnesses.group_by("key").agg(pl.col("author_key").first()), on="key", how="left"
        ).with_columns(
            # Of a post that is not here, its address is all that tells whose it is.
            is_home=pl.when(pl.col("author_key").is_null())
            .then(is_home)
            .otherwise(standing.of_posts(here, key="key") == HOME)
        )
        gone = self._gone_by_all(witnesses, told.filter(~pl.col("is_home")), source=source)
        counts = pl.col("is_home") | pl.col("key").is_in(gone)
        return told.select(*REMOVALS.names(), "is_home", counts=counts)

    def _gone_by_all(
        self, witnesses: pl.DataFrame, removals: pl.DataFrame, *, source: str
    ) -> list[str]:
        """Return the posts that are gone with what a source says that is not their home."""
        told = removals.join(witnesses, on="key", suffix="_of").with_columns(
            standing=standing.of_posts(_SOURCE, key="key"),
            mine=standing.of_posts(pl.lit(source), key="key"),
        )
        rows = told.sort("key").iter_rows(named=True)
        gone = []
        for key, ofs in groupby(rows, key=lambda row: row["key"]):
            said = list(ofs)
            sayings = [Saying(r["source"], r["standing"], r["at"], r["is_gone"]) for r in said]
            latest = max(said[0]["removed_at"], *(one.at for one in sayings))
            mine = Saying(source, said[0]["mine"], latest, is_gone=True)
            if standing.is_gone([*sayings, mine]):
                gone.append(key)
        return gone

    def _of_accounts(self, removals: pl.DataFrame, *, source: str) -> pl.DataFrame:
        """Return removals of accounts, and of acts, with whether they count: by the same rule."""
        if removals.is_empty():
            return removals.with_columns(is_home=pl.lit(value=True), counts=pl.lit(value=True))
        with self._db.given("said_gone", removals.select("key").unique()):
            held = self._db.frame(_HELD, source=source)["key"]
        is_home = standing.of_accounts(pl.lit(source), key="key") == HOME
        return removals.with_columns(
            is_home=is_home, counts=is_home | ~pl.col("key").is_in(held.implode())
        )

    def edited(self, posts: pl.DataFrame, *, source: str, now: datetime) -> None:
        """Note posts that a source says were edited, where the words here are another's."""
        claims = posts.filter(pl.col("edited_at").is_not_null() & (pl.col("standing") < HOME))
        if claims.is_empty():
            return
        with self._db.given("edited_posts", claims):
            against = self._db.frame(
                """
                select p.post_key as key, 'edited' as reason, e.edited_at as removed_at
                from edited_posts e join posts p using (post_key)
                where p.removed_at is null and p.said_by <> $source
                  and e.edited_at > coalesce(p.edited_at, '-infinity'::timestamptz)
                  and e.text is distinct from p.text
                """,
                source=source,
            )
        self._note(against, what="words", source=source, now=now)

    def followers(self, authors: pl.DataFrame, *, now: datetime) -> None:
        """Take in how many follow accounts, of which their home says so."""
        told = authors.filter(
            (pl.col("standing") == HOME) & pl.col("followers").is_not_null()
        ).select("author_key", "followers")
        if told.is_empty():
            return
        with self._db.given("told_followers", told):
            known = self._db.rows(
                "select a.author_key, t.followers, watched_followers, watched_at, proven_followers "
                "from authors a join told_followers t using (author_key)"
            )
        changed = [
            {"author_key": row["author_key"], "watched": after.watched, "since": after.since,
             "proven": after.proven}
            for row in known
            if (after := followers_seen(_before(row), row["followers"], now=now)) != _before(row)
        ]  # fmt: skip
        if not changed:
            return
        with self._db.given("seen_followers", pl.DataFrame(changed, schema=_SEEN)):
            self._db.run(
                "update authors set watched_followers = s.watched, watched_at = s.since, "
                "proven_followers = s.proven from seen_followers s "
                "where authors.author_key = s.author_key"
            )

    def _note(self, said: pl.DataFrame, *, what: str, source: str, now: datetime) -> None:
        if said.is_empty():
            return
        with self._db.given("noted", said.unique("key")):
            self._db.run(
                "insert into contradictions "
                "select key, $source, $what, reason, removed_at, $now from noted "
                "on conflict do update set reason = excluded.reason, said_at = excluded.said_at",
                source=source,
                what=what,
                now=now,
            )


def with_standing(posts: pl.DataFrame, *, source: str) -> pl.DataFrame:
    """Return posts with the standing of what a source says of them."""
    if source.startswith("import/"):  # of a million posts, and none needs to be looked at
        return posts.with_columns(standing=pl.lit(standing.FILE, pl.Int16))
    return posts.with_columns(standing.of_posts(pl.lit(source)))


def with_standing_of(authors: pl.DataFrame, *, source: str) -> pl.DataFrame:
    """Return accounts with the standing of what a source says of them; null: it says nothing."""
    says = pl.any_horizontal(pl.col(name).is_not_null() for name in _SAID)
    of_accounts = standing.of_accounts(pl.lit(source))
    return authors.with_columns(pl.when(says).then(of_accounts).alias("standing"))


def _before(row: dict[str, object]) -> Followers | None:
    since, watched, proven = row["watched_at"], row["watched_followers"], row["proven_followers"]
    if isinstance(since, datetime) and isinstance(watched, int) and isinstance(proven, int):
        return Followers(watched, since, proven)
    return None


_SAID = ("handle", "display_name", "is_bot", "followers", "following", "posts")
_SEEN = pl.Schema(
    {
        "author_key": pl.String(),
        "watched": pl.Int64(),
        "since": pl.Datetime("us", "UTC"),
        "proven": pl.Int64(),
    }
)
# Who has shown a post: live sources by their sightings, and whose record of it is kept.
_WITNESSES = """
with shown as (
    select s.post_key, s.source, s.first_seen_at from sightings s
    where s.post_key in (select key from said_gone)
    union
    select p.post_key, unnest([p.source, p.said_by]), p.first_seen_at from posts p
    where p.post_key in (select key from said_gone)
)
select s.post_key as key, p.author_key, s.source,
       max(coalesce(c.said_at, s.first_seen_at)) as at, bool_or(c.key is not null) as is_gone
from shown s join posts p using (post_key)
left join contradictions c on c.key = s.post_key and c.source = s.source and c.what = 'gone'
where s.source is not null
group by all
"""
# Accounts and acts that another source has shown, and does not say to be gone.
_HELD = """
with shown as (
    select p.author_key as key, s.source from posts p join sightings s using (post_key)
    where p.author_key in (select key from said_gone)
    union
    select record_key, source from interactions where record_key in (select key from said_gone)
)
select distinct key from shown
where source <> $source and not starts_with(source, 'import/')
  and not exists (from contradictions c
                  where c.key = shown.key and c.source = shown.source and c.what = 'gone')
"""
_BACK = (
    "update interactions set removed_at = null "
    "where removed_at is not null and post_key in (select post_key from back_posts)",
    # Who asked for it, and was shown it, is in the sightings.
    """
    update posts set removed_at = null, removed_why = null, said_by = null, standing = null,
        captured_as = case when post_key in (select post_key from sightings) then 'matched'
                           else 'referenced' end
    where post_key in (select post_key from back_posts)
    """,
    "delete from removals where kind = 'post' and key in (select post_key from back_posts)",
)
