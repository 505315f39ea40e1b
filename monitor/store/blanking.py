"""Keeps secrets out of what servers say of posts and accounts, and finds those in a store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from collectors.page import Page
from monitor import secrets
from monitor.store.database import Database

_OF_POSTS = ("text", "url")
_LISTS_OF_POSTS = ("urls", "hashtags_raw")
_OF_AUTHORS = ("handle", "display_name", "url")
_ERRORS = (
    ("gaps", "detail"),
    ("findings", "evidence"),
    ("outbox", "last_error"),
    ("runs", "detail"),
    ("runs", "locator"),
    ("rejected", "locator"),
    ("rejected", "reason"),
    ("rejected", "raw"),
    ("removals", "reason"),
    ("contradictions", "reason"),
    ("unanswered", "why"),
)
_TEXTS = (
    ("outbox", "subject"),
    ("outbox", "body_text"),
    ("outbox", "body_html"),
    ("kept_reports", "report"),
    # What is hidden for a time comes back as it was.
    *((table, column) for table in ("posts", "hidden") for column in _OF_POSTS),
    *(("authors", column) for column in _OF_AUTHORS),
    *(("hidden_authors", column) for column in _OF_AUTHORS[1:]),
)
_LISTS = tuple((table, column) for table in ("posts", "hidden") for column in _LISTS_OF_POSTS)


def without_secrets(page: Page) -> Page:
    """Blank our own secrets in posts and profiles: a server may write there what it was sent."""
    pattern = secrets.known(in_posts=True)
    if pattern is None:
        return page
    in_list = pl.element().str.replace_all(pattern, secrets.REDACTED)
    return replace(
        page,
        posts=page.posts.with_columns(
            pl.col(*_OF_POSTS).str.replace_all(pattern, secrets.REDACTED),
            pl.col(*_LISTS_OF_POSTS).list.eval(in_list),
        ),
        authors=page.authors.with_columns(
            pl.col(*_OF_AUTHORS).str.replace_all(pattern, secrets.REDACTED)
        ),
    )


def holding_secrets(database: Database) -> list[str]:
    """Return the columns that hold a secret which was read, as `table.column`."""
    return [
        f"{one.table}.{one.column}"
        for one in _wanted()
        if database.value(
            f"select count(*) from {one.table} where {one.holds}",  # noqa: S608
            pattern=one.pattern,
        )
    ]


def blank_secrets(database: Database) -> int:
    """Blank each secret that was read, wherever it stands; return the number of texts."""
    return sum(
        database.run(
            f"update {one.table} set {one.column} = {one.blanked} where {one.holds}",  # noqa: S608
            pattern=one.pattern,
            redacted=secrets.REDACTED,
        )
        for one in _wanted()
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """A column, what in it is a secret, and SQL for it."""

    table: str
    column: str
    pattern: str
    is_list: bool = False

    @property
    def holds(self) -> str:
        said = f"array_to_string({self.column}, chr(10))" if self.is_list else self.column
        return f"regexp_matches({said}, $pattern)"

    @property
    def blanked(self) -> str:
        one = "lambda one: regexp_replace(one, $pattern, $redacted, 'g')"
        if self.is_list:
            return f"list_transform({self.column}, {one})"
        return f"regexp_replace({self.column}, $pattern, $redacted, 'g')"


def _wanted() -> Iterator[_Place]:
    in_errors, in_posts = secrets.known(in_posts=False), secrets.known(in_posts=True)
    if in_errors is not None:
        yield from (_Place(table, column, in_errors) for table, column in _ERRORS)
    if in_posts is not None:
        yield from (_Place(table, column, in_posts) for table, column in _TEXTS)
        yield from (_Place(table, column, in_posts, is_list=True) for table, column in _LISTS)
