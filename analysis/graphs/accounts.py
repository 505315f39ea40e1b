"""How an account is named outside: by the platform's own identifier, else by its handle."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_PREFIX = r"^[^:]*:@?"


def account_of(author_key: str) -> str:
    """Give the platform's identifier of an author, or the handle where no identifier is known.

    >>> account_of("x:12345"), account_of("bluesky:did:plc:abc"), account_of("x:@someone")
    ('12345', 'did:plc:abc', 'someone')
    """
    return author_key.partition(":")[2].removeprefix("@")


def accounts(column: str) -> pl.Expr:
    """Give the same for a column of author keys.

    >>> import polars as pl
    >>> keys = pl.DataFrame({"key": ["x:12345", "x:@someone"]})
    >>> keys.select(accounts("key"))["key"].to_list()
    ['12345', 'someone']
    """
    import polars as pl  # slow to load, and one name is told without it

    return pl.col(column).str.replace(_PREFIX, "")
