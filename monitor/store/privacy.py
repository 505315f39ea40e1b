"""Takes people out of the store for good, and keeps a record of that and of what left."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import polars as pl

from collectors.page import Page
from monitor.naming import Known
from monitor.store.cutting import CUT_LEDGER
from monitor.store.database import Database
from monitor.store.evidence import without
from monitor.store.standing import OBSERVER

# Through whose repost another one came: the address holds the account.
_VIA = pl.col("via_key").str.replace(r"^(\w+:)at://([^/]+)/.*$", "${1}${2}")


@dataclass(frozen=True, slots=True)
class Gone:
    """What was taken out."""

    posts: int = 0
    authors: int = 0
    interactions: int = 0
    raw: int = 0  # records that had been set aside

    @property
    def is_nothing(self) -> bool:
        """Whether there was nothing to take out."""
        return self == Gone()


class Privacy:
    """The tables meta, erased and audit, and what they mean for all others."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def salt(self) -> str:
        """Give the store's salt; the first to ask makes it, and needs the store for writing."""
        known = self._db.value("select max(value) from meta where key = 'salt'")
        if known is None:
            known = secrets.token_hex(16)
            self._db.run("insert into meta values ('salt', $salt)", salt=known)
        return str(known)

    def known_as(self, keys: Sequence[str]) -> dict[str, Known]:
        """Give what is known of accounts beside their keys, by the word of their homes."""
        rows = self._db.rows(
            "select author_key, handle, proven_followers, standing from authors "
            "where author_key in (select unnest($keys))",
            keys=list(keys),
        )
        return {
            row["author_key"]: Known(
                row["handle"], row["proven_followers"], is_its_handle=row["standing"] != OBSERVER
            )
            for row in rows
        }

    def find(self, text: str) -> list[dict[str, Any]]:
        """Find accounts by key or handle: author_key, handle, platform, posts."""
        return self._db.rows(
            """
            with known as (
                select author_key, any_value(handle) as handle, any_value(platform) as platform
                from (
                    select author_key, handle, platform from authors
                    union all select distinct author_key, null, platform from posts
                    union all select distinct author_key, null, platform from interactions
                    union all select distinct target_author_key, null, platform from interactions
                    where target_author_key is not null
                )
                group by author_key
            )
            select author_key, handle, platform,
                   (select count(*) from posts p where p.author_key = known.author_key) as posts
            from known
            where author_key = $text or lower(handle) = $handle
               or lower(author_key) like '%:@' || $handle
            order by author_key
            """,
            text=text,
            handle=text.lstrip("@").lower(),
        )

    def erase(self, key: str, *, now: datetime) -> Gone:
        """Take an account out, with all that it wrote and did, and keep it out."""
        known = self.known_as([key]).get(key, Known())
        with self._db.given("erased_authors", pl.DataFrame({"author_key": [key]})):
            posts = self._db.frame(
                "select post_key from posts where author_key in (from erased_authors)"
            )
            with self._db.given("erased_posts", posts):
                acts = self._db.run(_ERASE_ACTS)
                self._db.run(_ERASE_VIA)
                for statement in _ERASE_POSTS:
                    self._db.run(statement)
            for statement in _ERASE_AUTHORS:
                self._db.run(statement)
        raw = self._forget_names([key.partition(":")[2].lstrip("@"), known.handle])
        # By its handle too: a file may know it by nothing else.
        by_handle = f"{key.partition(':')[0]}:@{(known.handle or '').lower()}"
        for name in {key, by_handle} if known.handle else {key}:
            self._db.run(
                "insert into erased values ($hash, $now) on conflict do nothing",
                hash=self._hash(name),
                now=now,
            )
        return Gone(posts=posts.height, authors=1, interactions=acts, raw=raw)

    def _forget_names(self, names: Sequence[str | None]) -> int:
        """Take a name out of what others wrote, of evidence and of what was set aside."""
        raw = 0
        for name in {n for n in names if n and len(n) >= 3}:
            raw += self._db.run("delete from rejected where contains(raw, $name)", name=name)
            for table in ("posts", "hidden"):
                self._db.run(
                    f"update {table} set text = replace(text, '@' || $name, '@…') "  # noqa: S608
                    "where contains(text, '@' || $name)",
                    name=name,
                )
            self._forget_in_evidence(name)
        return raw

    def _forget_in_evidence(self, name: str) -> None:
        """Take a name out of the words of evidence: a number may look the same, and stays."""
        rows = self._db.rows(
            "select finding_key, evidence from findings where contains(evidence, $name)", name=name
        )
        for row in rows:
            evidence = without(json.loads(row["evidence"]), name)
            self._db.run(
                "update findings set evidence = $evidence where finding_key = $key",
                evidence=json.dumps(evidence, ensure_ascii=False, sort_keys=True),
                key=row["finding_key"],
            )

    def without_erased(self, page: Page) -> Page:
        """Keep those out who were erased."""
        if not self._db.value("select count(*) from erased"):
            return page
        keys = pl.concat(
            [
                page.posts["author_key"],
                page.authors["author_key"],
                page.interactions["author_key"],
                page.interactions["target_author_key"].rename("author_key"),
                page.interactions.select(author_key=_VIA).to_series(),
            ]
        ).drop_nulls()
        hashes = {key: self._hash(key) for key in keys.unique()}
        asked = "select author_hash from erased where author_hash in (select unnest($hashes))"
        rows = self._db.rows(asked, hashes=list(hashes.values()))
        gone = {row["author_hash"] for row in rows}
        erased = [key for key, digest in hashes.items() if digest in gone]
        if not erased:
            return page
        is_by = pl.col("author_key").is_in(erased)
        posts = page.posts.filter(is_by)["post_key"].to_list()
        return replace(
            page,
            posts=page.posts.filter(~is_by),
            authors=page.authors.filter(~is_by),
            interactions=page.interactions.filter(
                ~is_by
                & ~pl.col("target_author_key").is_in(erased).fill_null(value=False)
                & ~pl.col("target_post_key").is_in(posts).fill_null(value=False)
            ).with_columns(pl.when(~_VIA.is_in(erased)).then("via_key").alias("via_key")),
            engagement=page.engagement.filter(~pl.col("post_key").is_in(posts)),
        )

    def _hash(self, key: str) -> str:
        return hashlib.sha256(f"{self.salt()}|{key}".encode()).hexdigest()

    def purge(self, *, posts_before: datetime | None, raw_before: datetime | None) -> Gone:
        """Take out what was collected, and what was set aside, before a time.

        The ledger is cut too: what is taken out is unknown from then on, and not zero.
        """
        raw = 0
        if raw_before is not None:
            raw = self._db.run("delete from rejected where seen_at < $before", before=raw_before)
        if posts_before is None:
            return Gone(raw=raw)
        posts = self._db.frame(
            "select post_key from posts where first_seen_at < $before and sort_at < $before",
            before=posts_before,
        )
        with self._db.given("erased_posts", posts):
            for statement in (*CUT_LEDGER, *_ERASE_POSTS):
                self._db.run(statement)
        acts = self._db.run(
            "delete from interactions where first_seen_at < $before", before=posts_before
        )
        self._db.run("delete from findings where updated_at < $before", before=posts_before)
        self._db.run(
            "update outbox set body_text = '', body_html = '' where sent_at < $before",
            before=posts_before,
        )
        authors = self._db.run(_ERASE_IDLE_AUTHORS)
        self._db.run(_ERASE_IDLE_HIDDEN)
        return Gone(posts=posts.height, authors=authors, interactions=acts, raw=raw)

    def tidied_at(self) -> datetime | None:
        """Tell when what is old was last looked for."""
        said = self._db.value("select max(value) from meta where key = 'tidied_at'")
        return datetime.fromisoformat(said) if said else None

    def tidied(self, *, now: datetime) -> None:
        """Note that what is old was looked for."""
        self._db.run(
            "insert into meta values ('tidied_at', $at) "
            "on conflict do update set value = excluded.value",
            at=now.isoformat(),
        )

    def note(self, action: str, subject: str, *, who: str, now: datetime, detail: str = "") -> None:
        """Write into the audit log."""
        self._db.run(
            "insert into audit (noted_at, who, action, subject, detail) "
            "values ($now, $who, $action, $subject, $detail)",
            now=now,
            who=who,
            action=action,
            subject=subject,
            detail=detail,
        )

    def noted(self, *, action: str | None = None, limit: int = 1_000) -> list[dict[str, Any]]:
        """Read the audit log, newest first: noted_at, who, action, subject, detail."""
        return self._db.rows(
            """
            select noted_at, who, action, subject, detail from audit
            where $action is null or action = $action order by audit_id desc limit $limit
            """,
            action=action,
            limit=limit,
        )


_ERASE_ACTS = """
delete from interactions
where author_key in (from erased_authors) or target_author_key in (from erased_authors)
   or post_key in (from erased_posts) or target_post_key in (from erased_posts)
"""
# Others' reposts no longer say through whom they came.
_ERASE_VIA = """
update interactions set via_key = null
where regexp_replace(via_key, '^(\\w+:)at://([^/]+)/.*$', '\\1\\2') in (from erased_authors)
"""
_ERASE_AUTHORS = (
    "delete from authors where author_key in (from erased_authors)",
    "delete from hidden_authors where author_key in (from erased_authors)",
    "delete from removals where key in (from erased_authors)",
    "delete from contradictions where key in (from erased_authors)",
)
_OF_POSTS = ("engagement", "sightings", "matches", "expansions", "checks", "hidden", "unanswered")
_ERASE_POSTS = (
    *(f"delete from {table} where post_key in (from erased_posts)" for table in _OF_POSTS),  # noqa: S608
    "delete from removals where key in (from erased_posts)",
    "delete from contradictions where key in (from erased_posts)",
    "delete from posts where post_key in (from erased_posts)",
    # Others' posts keep their text, and no longer say whom they answered.
    *(
        f"update posts set {column} = null where {column} in (from erased_posts)"  # noqa: S608
        for column in ("reply_to_key", "quote_of_key", "repost_of_key")
    ),
)
_ERASE_IDLE_AUTHORS = """
delete from authors
where author_key not in (select author_key from posts)
  and author_key not in (select author_key from interactions)
  and author_key not in (
      select target_author_key from interactions where target_author_key is not null)
"""
_ERASE_IDLE_HIDDEN = (
    "delete from hidden_authors where author_key not in (select author_key from authors)"
)
