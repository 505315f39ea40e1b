"""https://catatan.example: a Misskey server with seven notes of a hashtag, built here."""

from __future__ import annotations

import json
from typing import Any

import httpx

from tests.collectors.examples import Example

HOST = "catatan.example"


def user(name: str = "warga_a", host: str | None = None) -> dict[str, Any]:
    """Give an account as a note shows it."""
    return {
        "id": f"id-{name}",
        "name": name.replace("_", " ").title(),
        "username": name,
        "host": host,
        "avatarUrl": f"https://{HOST}/a.webp",
        "isBot": False,
        "isCat": True,
        "onlineStatus": "unknown",
    }


def note(number: int, text: str | None = "Air naik #BanjirKota", **fields: Any) -> dict[str, Any]:
    """Give a note as the server shows it; `number` is its hour on the first of March."""
    return {
        "id": f"9n{number:04}",
        "createdAt": f"2026-03-01T{number:02}:10:00.123Z",
        "userId": "id-warga_a",
        "user": user(),
        "text": text,
        "cw": None,
        "visibility": "public",
        "localOnly": False,
        "replyId": None,
        "renoteId": None,
        "mentions": [],
        "tags": ["banjirkota"] if text and "#" in text else [],
        "fileIds": [],
        "files": [],
        "poll": None,
        "reactions": {"❤": 3, ":banjir@lain.example:": 1},
        "reactionCount": 4,
        "renoteCount": 2,
        "repliesCount": 1,
    } | fields


def remote(number: int, name: str = "tetangga", **fields: Any) -> dict[str, Any]:
    """Give a note of another server."""
    address = f"https://lain.example/users/{name}/statuses/{number}"
    return (
        note(
            number,
            user=user(name, "lain.example"),
            uri=address,
            url=f"https://lain.example/@{name}/{number}",
        )
        | fields
    )


def error(code: str, status: int = 400) -> httpx.Response:
    """Give an error as the server says it."""
    return httpx.Response(status, json={"error": {"code": code, "message": code.title()}})


NOTES = [
    note(9),
    remote(8),
    note(7, "Setuju #BanjirKota", replyId="9n0006", reply=note(6, "Siapa bantu?")),
    note(5, createdAt="kapan-kapan"),
    note(4, "Lihat ini #BanjirKota", renoteId="9n0008", renote=remote(8)),
    note(3, visibility="home"),
    note(2),
]


def answer(request: httpx.Request) -> httpx.Response:
    """Answer as the server does."""
    asked = json.loads(request.content)
    match request.url.path:
        case "/api/notes/search-by-tag":
            until = asked.get("untilId", "a")
            rows = [row for row in NOTES if row["id"] < until]
            return httpx.Response(200, json=rows[: min(asked["limit"], 3)])
        case "/api/notes/renotes":
            if not asked["noteId"].startswith("9n"):
                return error("NO_SUCH_NOTE")
            rows = [
                note(10, None, renoteId=asked["noteId"], user=user("penerus"), tags=[]),
                note(11, "Baca", renoteId=asked["noteId"], user=user("pengutip")),
            ]
            return httpx.Response(200, json=rows)
        case "/api/notes/children":
            rows = [note(12, "Semangat", replyId=asked["noteId"], user=user("penjawab"))]
            return httpx.Response(200, json=rows)
        case "/api/meta":
            return httpx.Response(200, json={"version": "2025.8.0", "uri": f"https://{HOST}"})
    return error("NO_SUCH_ENDPOINT", 404)


EXAMPLE = Example(
    settings={"servers": [HOST]},
    answering=answer,
    matched=5,
    received=7,
    rejected=1,
)
