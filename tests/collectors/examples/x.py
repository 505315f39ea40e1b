"""https://api.x.com: seven posts of a hashtag on three pages, built here."""

from __future__ import annotations

from typing import Any

import httpx

from tests.collectors.examples import Example

PAGE = 3


def tweet(number: int, text: str = "Air naik lagi #BanjirKota", **fields: Any) -> dict[str, Any]:
    """Give a post as the API shows it; `number` is its hour on the first of March."""
    tags = [{"start": 0, "end": 1, "tag": "BanjirKota"}] if "#BanjirKota" in text else []
    return {
        "id": str(2_000_000_000_000_000_000 + number),
        "author_id": str(1000 + number % 3),
        "created_at": f"2026-03-01T{number:02}:00:00.000Z",
        "conversation_id": "1",
        "edit_history_tweet_ids": ["1"],
        "text": text,
        "lang": "in",
        "public_metrics": {
            "retweet_count": 22,
            "reply_count": 1,
            "like_count": 20,
            "quote_count": 0,
            "impression_count": 900,
        },
        "entities": {"hashtags": tags},
    } | fields


def listing(rows: list[dict[str, Any]], following: str | None = None) -> httpx.Response:
    """Give a page of them."""
    meta: dict[str, Any] = {"result_count": len(rows)}
    if following is not None:
        meta["next_token"] = following
    return httpx.Response(200, json={"data": rows, "meta": meta} if rows else {"meta": meta})


def usage(posts: int = 0, day: str = "2026-03-01") -> httpx.Response:
    """Give what the project was charged for."""
    days = [{"date": f"{day}T00:00:00.000Z", "usage": str(posts)}]
    data = {"project_usage": "12", "daily_project_usage": {"usage": days}}
    return httpx.Response(200, json={"data": data})


TWEETS = [
    tweet(11),
    tweet(10, "@akun_b setuju #BanjirKota", in_reply_to_user_id="1002"),
    tweet(9, "RT @akun_b: tanggul jebol di", referenced_tweets=[{"type": "retweeted", "id": "7"}]),
    tweet(8, created_at="kapan"),
    tweet(7),
    tweet(6, "Lihat #BanjirKota", referenced_tweets=[{"type": "quoted", "id": "5"}]),
    tweet(5),
]


def answer(request: httpx.Request) -> httpx.Response:
    """Answer as the API does."""
    match request.url.path:
        case "/2/usage/tweets":
            return usage()
        case "/2/tweets/counts/recent":
            return httpx.Response(200, json={"data": [], "meta": {"total_tweet_count": 7}})
        case "/2/tweets/search/recent":
            start = int(request.url.params.get("next_token", "t0")[1:])
            end = start + PAGE
            return listing(TWEETS[start:end], f"t{end}" if end < len(TWEETS) else None)
        case path if path.endswith("/retweeted_by"):
            users = [
                {"id": "41", "username": "penerus", "name": "P"},
                {"id": "42", "username": "q"},
            ]
            return listing(users)
        case path if path.endswith("/quote_tweets"):
            return listing([tweet(12, "Kata mereka")])
    return httpx.Response(404)


EXAMPLE = Example(
    settings={"token_env": "X_TOKEN", "terms_read": True, "dollars_per_day": 5, "expand": True},
    answering=answer,
    matched=6,
    received=7,
    rejected=1,
)
