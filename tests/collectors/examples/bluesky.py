"""https://pds.example and the AppView behind it: a small network that answers as Bluesky does.

The stream's promises are kept by platforms/test_bluesky_jetstream.py.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.collectors.examples import Example
from tests.collectors.servers import NOON

HANDLE = "warga.pds.example"
_TAG = "BanjirKota"


def did(name: str) -> str:
    """Give the identifier of an account."""
    return f"did:plc:{name:a<24}"


def uri(name: str, number: int) -> str:
    """Give the address of a post."""
    return f"at://{did(name)}/app.bsky.feed.post/3l{number:04}"


def moment(minutes: float) -> str:
    """Give a time before noon, as the network writes it."""
    at = (NOON - timedelta(minutes=minutes)).astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def person(name: str, **fields: Any) -> dict[str, Any]:
    """Give an account as it is shown."""
    return {
        "did": did(name),
        "handle": f"{name}.pds.example",
        "displayName": name.title(),
        "createdAt": "2024-11-08T07:58:52.616Z",
        "labels": [],
    } | fields


def post(name: str, number: int, *, minutes: float, text: str, **record: Any) -> dict[str, Any]:
    """Give a post as it is shown. Its hashtags are those of the text."""
    return {
        "uri": uri(name, number),
        "cid": f"bafy{number}",
        "author": person(name),
        "record": {
            "$type": "app.bsky.feed.post",
            "text": text,
            "createdAt": moment(minutes),
            "langs": ["id"],
        }
        | record,
        "replyCount": 1,
        "repostCount": 2,
        "likeCount": 3,
        "quoteCount": 0,
        "indexedAt": moment(minutes - 0.01),
    }


POSTS = [
    post("sari", 1, minutes=5, text=f"Air naik #{_TAG}"),
    post("budi", 2, minutes=10, text=f"Jalan ditutup #{_TAG.lower()}"),
    post("sari", 3, minutes=15, text="Lain lagi #BanjirKotaLama"),
    post("wayan", 4, minutes=20, text="Tagar hanya di luar teks", tags=[_TAG]),
    post("budi", 5, minutes=25, text=f"#{_TAG} surut?"),
]
_SLICE = 4  # posts after which this search stops, as the real one does near 10,000


def answer(request: httpx.Request) -> httpx.Response:
    """Answer as an account's server does."""
    match request.url.path:
        case "/xrpc/com.atproto.server.createSession":
            return httpx.Response(200, json={"accessJwt": "access", "refreshJwt": "refresh"})
        case "/xrpc/app.bsky.feed.searchPosts":
            if request.headers.get("Authorization") != "Bearer access":
                return httpx.Response(401, json={"error": "AuthMissing", "message": "no token"})
            return _search(request.url.params)
    return httpx.Response(404, json={"error": "XRPCNotSupported"})


def _search(params: httpx.QueryParams) -> httpx.Response:
    before = datetime.fromisoformat(params.get("until", "2100-01-01T00:00:00Z"))
    tag = params["q"].lstrip("#").lower()
    found = [
        row
        for row in POSTS
        if datetime.fromisoformat(row["record"]["createdAt"]) < before
        and tag in f"{row['record']['text']} {row['record'].get('tags')}".lower()
    ][:_SLICE]
    start = int(params.get("cursor", "0"))
    rest = found[start : start + 2]
    more = {"cursor": str(start + 2)} if start + 2 < len(found) else {}
    return httpx.Response(200, json={"posts": rest, **more})


EXAMPLE = Example(
    settings={"jetstream": [], "appview": "", "handle": HANDLE, "server": "https://pds.example"},
    answering=answer,
    matched=6,
    received=7,
)
