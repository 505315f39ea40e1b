"""https://graph.threads.net: seven posts of a hashtag, in pages of three, built here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx

from tests.collectors.examples import Example


def thread(number: int, text: str = "Air naik #BanjirKota", **fields: Any) -> dict[str, Any]:
    """Give a post as the API shows it; `number` is its hour on the first of March."""
    return {
        "id": str(17_900_000_000_000_000 + number),
        "text": text,
        "media_type": "TEXT_POST",
        "permalink": f"https://www.threads.com/@akun_{number % 3}/post/C0de{number:02}",
        "timestamp": f"2026-03-01T{number:02}:00:00+0000",
        "username": f"akun_{number % 3}",
        "has_replies": False,
        "is_quote_post": False,
        "is_reply": False,
    } | fields


TOPICS = [
    thread(11, "Kabar pagi", topic_tag="Banjir Kota"),
    thread(6, "Kabar malam", topic_tag="Banjir Kota"),
]
WORDS = [
    thread(10),
    thread(9, "Kata banjir kota saja"),
    thread(8, timestamp="2026-03-01T08:00:00"),
    thread(7, "Lihat #BanjirKota", is_quote_post=True, quoted_post={"id": "5"}),
    thread(5, "Setuju @akun_2 #BanjirKota", is_reply=True, replied_to={"id": "4"}),
]


def search(rows: list[dict[str, Any]], params: httpx.QueryParams) -> list[dict[str, Any]]:
    """Give the newest rows until a time, as many as were asked for."""
    until = int(params.get("until", 2**40))
    times = [datetime.fromisoformat(f"{row['timestamp'][:19]}+00:00").timestamp() for row in rows]
    shown = [row for row, at in zip(rows, times, strict=True) if at < until]
    return shown[: int(params["limit"])]


def answer(request: httpx.Request) -> httpx.Response:
    """Answer as the API does."""
    match request.url.path:
        case "/v1.0/keyword_search":
            params = request.url.params
            rows = TOPICS if params["search_mode"] == "TAG" else WORDS
            return httpx.Response(200, json={"data": search(rows, params)})
        case "/v1.0/me":
            return httpx.Response(200, json={"id": "1", "username": "humas"})
        case "/v1.0/debug_token":
            scopes = ["threads_basic", "threads_keyword_search"]
            return httpx.Response(200, json={"data": {"scopes": scopes}})
    return httpx.Response(404)


EXAMPLE = Example(
    settings={"token_env": "THREADS_TOKEN", "page_size": 3},
    answering=answer,
    matched=5,
    received=7,
    rejected=1,
)
