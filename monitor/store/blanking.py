"""Keeps secrets out of what servers say of posts and accounts, and finds those in a store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from collectors.page import Page
from monitor import secrets
from monitor.store.database import Database

_OF_POSTS = ("text", "url")
_OF_AUTHORS = ("handle", "display_name", "url")
_ERRORS = (
    ("gaps", "detail"),
    ("findings", "evidence"),
    ("outbox", "last_error"),
    ("runs", "detail"),
    ("rejected", "locator"),
    ("rejected", "reason"),
    ("rejected", "raw"),
)
_TEXTS = (
    ("outbox", "subject"),
    ("outbox", "body_text"),
    ("outbox", "body_html"),
    ("kept_reports", "report"),
    *(("posts", column) for column in _OF_POSTS),
    *(("authors", column) for column in _OF_AUTHORS),
)


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
            pl.col("urls").list.eval(in_list),
        ),
        authors=page.authors.with_columns(
            pl.col(*_OF_AUTHORS).str.replace_all(pattern, secrets.REDACTED)
        ),
    )


def holding_secrets(database: Database) -> list[str]:
    """Return the columns that hold a secret which was read, as `table.column`."""
    return [
        f"{table}.{column}"
        for table, column, pattern in _wanted()
        if database.value(
            f"select count(*) from {table} where regexp_matches({column}, $pattern)",  # noqa: S608
            pattern=pattern,
        )
    ]


def blank_secrets(database: Database) -> int:
    """Blank each secret that was read, wherever it stands; return the number of texts."""
    return sum(
        database.run(
            f"update {table} set {column} = "  # noqa: S608
            f"regexp_replace({column}, $pattern, $redacted, 'g') "
            f"where regexp_matches({column}, $pattern)",
            pattern=pattern,
            redacted=secrets.REDACTED,
        )
        for table, column, pattern in _wanted()
    )


def _wanted() -> Iterator[tuple[str, str, str]]:
    for places, in_posts in ((_ERRORS, False), (_TEXTS, True)):
        pattern = secrets.known(in_posts=in_posts)
        if pattern is not None:
            yield from ((table, column, pattern) for table, column in places)
