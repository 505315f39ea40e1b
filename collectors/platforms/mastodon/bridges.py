"""Bluesky's posts and accounts as a bridge shows them to the fediverse: each is one, not two.

Bridgy Fed names the original in the ids of its copies: https://fed.brid.gy/docs#identity
"""

from __future__ import annotations

import re
from urllib.parse import unquote

_HANDLE = "@bsky.brid.gy"
_DID = r"did:(?:plc:[a-z2-7]{24}|web:[A-Za-z0-9.-]+)"
_POST = re.compile(
    # Some software folds the two slashes of an address within an address into one.
    rf"https://(?:bsky|fed)\.brid\.gy/convert/ap/at:/{{1,2}}"
    rf"(?P<path>{_DID}/app\.bsky\.feed\.post/[A-Za-z0-9._~:-]+)"
)
_ACCOUNT = re.compile(rf"https://bsky\.brid\.gy/ap/(?P<did>{_DID})")
_PAGE = re.compile(r"https://(?:bsky|fed)\.brid\.gy/r/(?=https://)")
_COPY = "https://bsky.brid.gy/convert/ap/"


def original_post(uri: str) -> str | None:
    """Give the key of the post that a status is a copy of, where that is certain.

    >>> uri = "https://bsky.brid.gy/convert/ap/at://did:web:warga.example/app.bsky.feed.post/3l"
    >>> original_post(uri)
    'bluesky:at://did:web:warga.example/app.bsky.feed.post/3l'
    """
    found = _POST.fullmatch(unquote(uri))
    return None if found is None else f"bluesky:at://{found['path']}"


def copy_of(post_key: str) -> str | None:
    """Give the uri of the copy of a post, if it is one that can have such a copy."""
    uri = post_key.removeprefix("bluesky:")
    return f"{_COPY}{uri}" if uri.startswith("at://") else None


def original_author(acct: str, uri: str | None) -> str | None:
    """Give the key of the account that an account is a copy of.

    >>> original_author("warga.example@bsky.brid.gy", "https://bsky.brid.gy/ap/did:web:warga.example")
    'bluesky:did:web:warga.example'
    >>> original_author("warga.example@bsky.brid.gy", None)
    'bluesky:@warga.example'
    """
    handle = original_handle(acct)
    if handle is None:
        return None
    found = _ACCOUNT.fullmatch(unquote(uri or ""))
    return f"bluesky:@{handle.lower()}" if found is None else f"bluesky:{found['did']}"


def original_handle(acct: str) -> str | None:
    """Give the handle of the account that an account is a copy of."""
    name = acct.lower().removesuffix(_HANDLE)
    return acct[: len(name)] if name and len(name) < len(acct) else None


def original_page(url: str | None) -> str | None:
    """Give the address that a bridge's address leads to."""
    return None if url is None else _PAGE.sub("", url)
