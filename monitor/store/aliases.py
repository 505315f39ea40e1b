"""Brings together the two names of an account: its id, and its handle where only that is known.

Some files know accounts by handle only (a reply's target in a CSV, an id ruined by a spreadsheet).
Their key is '{platform}:@{handle}', until any source tells the id; from then on the id is the key.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from collectors.page import Page
from monitor.store import standing
from monitor.store.database import Database

# Mastodon's handles hold their server and never change: there the handle is the key for good.
_BY_ID = "platform not in ('mastodon')"


class Aliases:
    """Resolves handles to ids, in pages before they are saved and in what was saved before."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def resolve(self, page: Page, *, source: str) -> Page:
        """Give the page with ids wherever they are known, and mend stored handles it resolves."""
        known = self._uncontested(self._told_by(page), source=source)
        if not known.is_empty():
            self._mend_stored(known)
        handles = _handle_keys(page)
        if handles.is_empty():
            return page
        return _replaced(page, pl.concat([known, self._stored(handles)]).unique("alias"))

    def _told_by(self, page: Page) -> pl.DataFrame:
        """Give alias and author_key of the accounts whose id and handle the page tells."""
        return (
            page.authors.lazy()
            .filter(
                pl.col("handle").is_not_null()
                & (pl.col("platform") != "mastodon")
                & ~pl.col("author_key").str.contains(":@", literal=True)
            )
            .select(
                pl.concat_str(
                    pl.col("platform"), pl.lit(":@"), pl.col("handle").str.to_lowercase()
                ).alias("alias"),
                "author_key",
            )
            .unique("alias", keep="last", maintain_order=True)
            .collect()
        )

    def _uncontested(self, known: pl.DataFrame, *, source: str) -> pl.DataFrame:
        """Leave out whose handle it is by word of another, where its home says otherwise."""
        is_home = standing.of_accounts(pl.lit(source)) == standing.HOME
        by_others = known.filter(~is_home)
        if by_others.is_empty() or not self._db.value(
            "select exists (from authors where standing = 2)"
        ):
            return known
        with self._db.given("known", by_others):
            contested = self._db.frame(
                "select k.alias from known k join authors a "
                "on a.platform || ':@' || lower(a.handle) = k.alias "
                "where a.standing = 2 and a.author_key <> k.author_key and a.author_key <> k.alias"
            )["alias"]
        return known.filter(~pl.col("alias").is_in(contested.implode()))

    def _stored(self, handles: pl.DataFrame) -> pl.DataFrame:
        with self._db.given("handles", handles):
            return self._db.frame(
                f"""
                select h.alias, first(
                    a.author_key order by coalesce(a.standing, -1) desc, a.author_key desc
                ) as author_key
                from authors a join handles h on a.platform || ':@' || lower(a.handle) = h.alias
                where a.author_key <> h.alias and {_BY_ID}
                group by h.alias
                """  # noqa: S608  # a constant of this file
            )

    def _mend_stored(self, known: pl.DataFrame) -> None:
        with self._db.given("known", known):
            stubs = self._db.frame(
                "select k.alias, k.author_key from known k semi join authors a "
                "on a.author_key = k.alias"
            )
        if stubs.is_empty():
            return
        with self._db.given("stubs", stubs):
            for table, column in (
                ("posts", "author_key"),
                ("interactions", "author_key"),
                ("interactions", "target_author_key"),
            ):
                self._db.run(
                    f"update {table} set {column} = stubs.author_key from stubs "  # noqa: S608
                    f"where {table}.{column} = stubs.alias"
                )
            self._db.run("delete from authors using stubs where authors.author_key = stubs.alias")


def _handle_keys(page: Page) -> pl.DataFrame:
    columns = (
        page.posts["author_key"],
        page.authors["author_key"],
        page.interactions["author_key"],
        page.interactions["target_author_key"],
    )
    keys = pl.concat([c.rename("alias") for c in columns]).drop_nulls().unique()
    return keys.filter(
        keys.str.contains(":@", literal=True) & ~keys.str.starts_with("mastodon:")
    ).to_frame()


def _replaced(page: Page, known: pl.DataFrame) -> Page:
    if known.is_empty():
        return page
    old, new = known["alias"], known["author_key"]

    def swap(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
        return frame.with_columns(pl.col(c).replace(old, new) for c in columns)

    return replace(
        page,
        posts=swap(page.posts, "author_key"),
        # The page's own record of the account under its id says more than the bare handle.
        authors=page.authors.filter(~pl.col("author_key").is_in(old.implode())),
        interactions=swap(page.interactions, "author_key", "target_author_key"),
    )
