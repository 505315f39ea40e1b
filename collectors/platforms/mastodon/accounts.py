"""Accounts into authors, and the keys that all parts of the platform share."""

from __future__ import annotations

from collectors import moments
from collectors.errors import RecordError
from collectors.platforms.mastodon.bridges import (
    original_author,
    original_handle,
    original_page,
)
from collectors.platforms.mastodon.payloads import Account
from collectors.records import Author, Rejected, raw_of

PLATFORM = "mastodon"


def handle(acct: str, host: str) -> str:
    """Give the whole handle: a server leaves its own name off.

    >>> handle("Akun_A", "a.example"), handle("akun_b@b.example", "a.example")
    ('Akun_A@a.example', 'akun_b@b.example')
    """
    return acct if "@" in acct else f"{acct}@{host}"


def author_key(acct: str, host: str) -> str:
    """Give the key of an account: its handle, the only name that mentions carry too.

    >>> author_key("Akun_A", "a.example")
    'mastodon:@akun_a@a.example'
    """
    return original_author(acct, None) or f"{PLATFORM}:@{handle(acct, host).lower()}"


def account_key(account: Account, host: str) -> str:
    """Give the key of an account that is shown whole."""
    return original_author(account.acct, account.uri) or author_key(account.acct, host)


def author_of(account: Account, host: str) -> Author:
    """Read an account into a record. Raises `RecordError`."""
    key = account_key(account, host)
    if (bridged := original_handle(account.acct)) is not None:
        # The bridge's numbers, date and kind of the copy are not those of the account.
        return Author(
            author_key=key,
            platform=platform_of(key),
            handle=bridged,
            display_name=account.display_name,
            url=original_page(account.url),
        )
    return Author(
        author_key=key,
        platform=PLATFORM,
        handle=handle(account.acct, host),
        display_name=account.display_name,
        url=account.url,
        created_at=moments.known_at(account.created_at),
        is_bot=account.bot,
        followers=_unless_hidden(account.followers_count),
        following=_unless_hidden(account.following_count),
        posts=_unless_hidden(account.statuses_count),
    )


def platform_of(key: str) -> str:
    """Give the platform that a key is of."""
    return key.partition(":")[0]


def set_aside(row: object, locator: str, error: RecordError) -> Rejected:
    """Keep what could not be read, with the reason."""
    raw = raw_of(row)
    return Rejected(locator=locator, reason=error.reason, raw=raw, field=error.field)


def _unless_hidden(count: int) -> int | None:
    return None if count < 0 else count
