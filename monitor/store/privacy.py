"""Takes people out of the store for good, and keeps a record of that and of what left."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from collectors.page import Page
from monitor.naming import HOSTS, Known, Naming
from monitor.store.cutting import CUT_LEDGER
from monitor.store.database import Database
from monitor.store.erasing import ERASE_POSTS, erase
from monitor.store.erasing import Gone as Gone
from monitor.store.keeping_out import KeepingOut
from monitor.store.standing import OBSERVER

_EVERY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Rewriting:
    """Whether what was taken out is still in the free blocks of the file."""

    wanted_at: datetime | None = None  # something was erased or purged, and may still be there
    removed_at: datetime | None = None  # something was last taken out, here or by its platform
    tried_at: datetime | None = None
    done_at: datetime | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether there is something to clear."""
        return self.wanted_at is not None or (
            self.removed_at is not None and (self.done_at is None or self.removed_at > self.done_at)
        )

    def is_due(self, *, now: datetime) -> bool:
        """Whether the daemon is to do it now: once a day, for it costs reading the whole file."""
        return self.is_wanted and (
            self.tried_at is None or not timedelta(0) <= now - self.tried_at < _EVERY
        )


class Privacy:
    """The tables meta, erased and audit, and what they mean for all others."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._keeping_out = KeepingOut(database)

    def salt(self) -> str:
        """Give the store's salt; the first to ask makes it, and needs the store for writing."""
        known = self._db.value("select max(value) from meta where key = 'salt'")
        if known is None:
            known = secrets.token_hex(16)
            self._db.run("insert into meta values ('salt', $salt)", salt=known)
        return str(known)

    def known_as(self, keys: Sequence[str]) -> dict[str, Known]:
        """Return what is known of accounts beside their keys, by the word of their homes."""
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
        """Take an account out, with all that it wrote and did, and keep it out.

        What others wrote stays, without its names, links to it and its words.
        """
        salt = self.salt()
        traces, gone = erase(self._db, key, pseudonym=Naming(salt).pseudonym(key))
        self._keeping_out.remember(traces, salt=salt, now=now)
        return gone

    def erased_before(self, text: str) -> list[str]:
        """Return by key the accounts that were erased and that a key or handle may mean.

        Others may have written of them since, or version 0.1.0 left it: erasing again takes it out.
        """
        if not self._db.value("select count(*) from erased"):
            return []
        rows = self._db.rows("select distinct platform from posts")
        platforms = {*HOSTS, *(row["platform"] for row in rows)}
        by_handle = (f"{platform}:@{text.lstrip('@').lower()}" for platform in platforms)
        return sorted(self._keeping_out.erased({text, *by_handle}, salt=self.salt()))

    def without_erased(self, page: Page) -> Page:
        """Keep those out who were erased, and their names out of what others wrote."""
        if not self._db.value("select count(*) from erased"):
            return page
        return self._keeping_out.of(page, salt=self.salt())

    def raw_without_erased(self, rejected: pl.DataFrame) -> pl.DataFrame:
        """Keep out records that could not be read and that speak of somebody who was erased."""
        if not self._db.value("select count(*) from erased"):
            return rejected
        said = rejected.select(said=pl.concat_str("locator", "reason", "raw", separator=" "))
        return rejected.filter(
            self._keeping_out.speaking_of_nobody(said.to_series(), salt=self.salt())
        )

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
            for statement in (*CUT_LEDGER, *ERASE_POSTS):
                self._db.run(statement)
        acts = self._db.run(
            "delete from interactions where first_seen_at < $before", before=posts_before
        )
        self._db.run("delete from findings where updated_at < $before", before=posts_before)
        self._db.run(
            "update outbox set body_text = '', body_html = '' "
            "where coalesce(sent_at, dead_at) < $before",
            before=posts_before,
        )
        authors = self._db.run(_ERASE_IDLE_AUTHORS)
        self._db.run(_ERASE_IDLE_HIDDEN)
        for statement in _ERASE_IDLE_WORDS:
            self._db.run(statement, before=posts_before)
        return Gone(posts=posts.height, authors=authors, interactions=acts, raw=raw)

    def tidied_at(self) -> datetime | None:
        """Tell when what is old was last looked for."""
        return self._when("tidied_at")

    def tidied(self, *, now: datetime) -> None:
        """Note that what is old was looked for."""
        self._note_when("tidied_at", now)

    def rewriting(self) -> Rewriting:
        """Return what is known of rewriting the file."""
        return Rewriting(
            wanted_at=self._when("rewrite_wanted_at"),
            # Version 0.1.0 erased and purged, and did not say that anything is left to do.
            removed_at=self._db.rows(
                "select greatest((select max(applied_at) from removals), "
                "(select max(noted_at) from audit where action in ('erase', 'purge'))) as at"
            )[0]["at"],
            tried_at=self._when("rewrite_tried_at"),
            done_at=self._when("rewritten_at"),
        )

    def want_rewriting(self, *, now: datetime) -> None:
        """Note that something was taken out that is still in the file's free blocks."""
        self._note_when("rewrite_wanted_at", now)

    def tried_to_rewrite(self, *, now: datetime) -> None:
        """Note that the file was about to be written anew."""
        self._note_when("rewrite_tried_at", now)

    def rewritten(self, *, now: datetime) -> None:
        """Note, in the new file, that it holds only what is in it."""
        self._db.run("delete from meta where key = 'rewrite_wanted_at'")
        self._note_when("rewritten_at", now)

    def _when(self, key: str) -> datetime | None:
        said = self._db.value("select max(value) from meta where key = $key", key=key)
        return datetime.fromisoformat(said) if said else None

    def _note_when(self, key: str, now: datetime) -> None:
        self._db.run(
            "insert into meta values ($key, $at) on conflict do update set value = excluded.value",
            key=key,
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
# Whom nobody has here any more is not on record as away, deleted or contradicted either.
_ERASE_IDLE_WORDS = tuple(
    f"delete from {table} where {when} < $before "  # noqa: S608
    "and key not in (select post_key from posts) "
    "and key not in (select author_key from authors) "
    "and key not in (select record_key from interactions where record_key is not null)"
    for table, when in (("removals", "applied_at"), ("contradictions", "noted_at"))
)
