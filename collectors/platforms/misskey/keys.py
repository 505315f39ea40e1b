"""The keys of notes and accounts: those of the whole fediverse, so that a post is one everywhere.

Mastodon shows a note of a Misskey server by the same uri, and its author by the same handle; so the
platform of both is the fediverse's, which gaung calls `mastodon`.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from collectors.platforms.misskey.payloads import Note, User

PLATFORM = "mastodon"
# Bridgy Fed shows Bluesky's posts to the fediverse, and names the original in the copy's id:
# https://fed.brid.gy/docs#identity
_BRIDGE = "bsky.brid.gy"
_DID = r"did:(?:plc:[a-z2-7]{24}|web:[A-Za-z0-9.-]+)"
_COPY = re.compile(
    rf"https://(?:bsky|fed)\.brid\.gy/convert/ap/at:/{{1,2}}"
    rf"(?P<path>{_DID}/app\.bsky\.feed\.post/[A-Za-z0-9._~:-]+)"
)


def uri_of(note: Note, host: str) -> str:
    """Give the address by which all servers know a note."""
    return note.uri or f"https://{host}/notes/{note.id}"


def post_key(note: Note, host: str) -> str:
    """Give the key of a note, or of the Bluesky post that it is a copy of."""
    uri = uri_of(note, host)
    copied = _COPY.fullmatch(unquote(uri))
    return f"{PLATFORM}:{uri}" if copied is None else f"bluesky:at://{copied['path']}"


def handle(username: str, at: str) -> str:
    """Give a handle with its server, or without one if it is Bluesky's."""
    return username if at.lower() == _BRIDGE else f"{username}@{at}"


def author_key(username: str, at: str) -> str:
    """Give the key of an account by its name and server.

    >>> author_key("Akun_A", "a.example"), author_key("warga.example", "bsky.brid.gy")
    ('mastodon:@akun_a@a.example', 'bluesky:@warga.example')
    """
    platform = "bluesky" if at.lower() == _BRIDGE else PLATFORM
    return f"{platform}:@{handle(username, at).lower()}"


def key_of(user: User, host: str) -> str:
    """Give the key of an account that a server shows."""
    return author_key(user.username, user.host or host)


def platform_of(key: str) -> str:
    """Give the platform that a key is of."""
    return key.partition(":")[0]
