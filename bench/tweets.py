"""The posts of `generate` as the files that X's clients write, at their real size."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

_BIO = "Warga kota, ibu dari dua anak, suka kopi dan hujan. Cuitan pribadi, bukan kantor. "
_PAGE = 100
_HARVEST = (
    "created_at;id_str;full_text;quote_count;reply_count;retweet_count;favorite_count;lang;"
    "user_id_str;conversation_id_str;username;tweet_url"
)


def write_v1(posts: pl.DataFrame, path: Path) -> None:
    """Write API v1.1, one tweet a line, with its author and, in a repost, the original."""
    originals = _originals(posts)
    with path.open("wb") as file:
        for row in posts.iter_rows(named=True):
            tweet = _v1(row)
            original = originals.get(row["repost_of_id"])
            if original is not None:
                tweet["retweeted_status"] = _v1(original)
            file.write(msgspec.json.encode(tweet) + b"\n")


def write_v2(posts: pl.DataFrame, path: Path) -> None:
    """Write API v2 as twarc does: a page of 100 tweets a line, with what they refer to."""
    originals = _originals(posts)
    with path.open("wb") as file:
        for at in range(0, posts.height, _PAGE):
            rows = posts[at : at + _PAGE].to_dicts()
            file.write(msgspec.json.encode(_v2_page(rows, originals)) + b"\n")


def write_harvest(posts: pl.DataFrame, path: Path) -> None:
    """Write the CSV of tweet-harvest; it holds no reposts."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(_HARVEST + "\n")
        rows = csv.writer(file, delimiter=";", lineterminator="\n")
        rows.writerows(_harvest(row) for row in posts.iter_rows(named=True))


def _originals(posts: pl.DataFrame) -> dict[str, dict[str, Any]]:
    wanted = posts["repost_of_id"].drop_nulls().unique().implode()
    found = posts.filter(pl.col("post_id").is_in(wanted))
    return {row["post_id"]: row for row in found.iter_rows(named=True)}


def _v1_time(moment: datetime) -> str:
    return f"{moment:%a %b %d %H:%M:%S +0000 %Y}"


def _places(text: str, word: str) -> list[int]:
    start = max(text.find(word), 0)
    return [start, start + len(word)]


def _v1(row: dict[str, Any]) -> dict[str, Any]:
    text, answers = row["text"], row["reply_to_id"]
    mentions = [
        {"screen_name": name, "name": name, "id": 0, "id_str": "0", "indices": _places(text, name)}
        for name in row["mentions"]
    ]
    return {
        "created_at": _v1_time(row["created_at"]),
        "id": int(row["post_id"]),
        "id_str": row["post_id"],
        "full_text": text,
        "truncated": False,
        "display_text_range": [0, len(text)],
        "entities": {
            "hashtags": [{"text": t, "indices": _places(text, t)} for t in row["hashtags"]],
            "symbols": [],
            "user_mentions": mentions,
            "urls": [
                {"url": u, "expanded_url": u, "display_url": u, "indices": _places(text, u)}
                for u in row["urls"]
            ],
        },
        "source": '<a href="http://twitter.com/download/android" rel="nofollow">Android</a>',
        "in_reply_to_status_id": int(answers) if answers else None,
        "in_reply_to_status_id_str": answers,
        "in_reply_to_user_id": None,
        "in_reply_to_user_id_str": None,
        "in_reply_to_screen_name": row["reply_to_author"],
        "user": _v1_user(row),
        **dict.fromkeys(("geo", "coordinates", "place", "contributors")),
        "is_quote_status": False,
        "retweet_count": row["repost_count"],
        "favorite_count": row["like_count"],
        **dict.fromkeys(("favorited", "retweeted", "possibly_sensitive"), False),
        "lang": row["lang"],
    }


def _v1_user(row: dict[str, Any]) -> dict[str, Any]:
    image = f"https://pbs.example/profile_images/{row['author_id']}/foto_normal.jpg"
    colors = {
        f"profile_{part}_color": "1DA1F2" for part in ("link", "sidebar_border", "text", "bg")
    }
    flags = dict.fromkeys(
        ("protected", "geo_enabled", "verified", "contributors_enabled", "is_translator",
         "is_translation_enabled", "profile_background_tile", "profile_use_background_image",
         "has_extended_profile", "default_profile", "default_profile_image", "following",
         "follow_request_sent", "notifications"),
        False,
    )  # fmt: skip
    return {
        "id": int(row["author_id"]),
        "id_str": row["author_id"],
        "name": row["author"].replace("_", " ").title(),
        "screen_name": row["author"],
        "location": "Bandung, Jawa Barat",
        "description": _BIO * 2,
        "url": None,
        "entities": {"description": {"urls": []}},
        "followers_count": row["author_followers"],
        "friends_count": row["author_following"],
        "listed_count": 3,
        "created_at": "Fri Nov 18 00:00:00 +0000 2016",
        "favourites_count": 1200,
        **dict.fromkeys(("utc_offset", "time_zone", "lang")),
        "statuses_count": row["author_posts"],
        **flags,
        **colors,
        **dict.fromkeys(
            ("profile_background_image_url", "profile_background_image_url_https",
             "profile_image_url", "profile_image_url_https", "profile_banner_url"),
            image,
        ),
        "translator_type": "none",
        "withheld_in_countries": [],
    }  # fmt: skip


def _v2_page(rows: list[dict[str, Any]], originals: dict[str, dict[str, Any]]) -> dict[str, Any]:
    cited = {row["repost_of_id"]: originals.get(row["repost_of_id"]) for row in rows}
    included = [row for row in cited.values() if row is not None]
    users = {row["author_id"]: _v2_user(row) for row in (*rows, *included)}
    return {
        "data": [_v2(row) for row in rows],
        "includes": {"users": list(users.values()), "tweets": [_v2(row) for row in included]},
        "meta": {
            "newest_id": rows[-1]["post_id"],
            "oldest_id": rows[0]["post_id"],
            "result_count": len(rows),
        },
        "__twarc": {
            "url": "https://api.twitter.com/2/tweets/search/recent",
            "version": "2.14.0",
            "retrieved_at": "2026-11-01T00:00:00+00:00",
        },
    }


def _v2(row: dict[str, Any]) -> dict[str, Any]:
    text = row["text"]
    cited = [("retweeted", row["repost_of_id"]), ("replied_to", row["reply_to_id"])]
    context = [
        {
            "domain": {"id": "66", "name": "Interests and Hobbies Category", "description": "All"},
            "entity": {"id": "847090575954272256", "name": "Air bersih", "description": "Air"},
        }
    ] * 3
    references = [{"type": kind, "id": key} for kind, key in cited if key]
    return {
        "context_annotations": context,
        "author_id": row["author_id"],
        "text": text,
        "entities": {
            "hashtags": [dict(_span(text, tag), tag=tag) for tag in row["hashtags"]],
            "mentions": [dict(_span(text, n), username=n, id="1") for n in row["mentions"]],
            "urls": [dict(_span(text, u), url=u, expanded_url=u) for u in row["urls"]],
        },
        **({"referenced_tweets": references} if references else {}),
        "reply_settings": "everyone",
        "conversation_id": row["reply_to_id"] or row["post_id"],
        "possibly_sensitive": False,
        "source": "Twitter for Android",
        "public_metrics": {
            "retweet_count": row["repost_count"],
            "reply_count": row["reply_count"],
            "like_count": row["like_count"],
            "quote_count": row["quote_count"],
        },
        "lang": row["lang"],
        "id": row["post_id"],
        "created_at": _iso(row["created_at"]),
    }


def _span(text: str, word: str) -> dict[str, Any]:
    start, end = _places(text, word)
    return {"start": start, "end": end}


def _v2_user(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": row["author"].replace("_", " ").title(),
        "verified": False,
        "description": _BIO * 2,
        "protected": False,
        "id": row["author_id"],
        "username": row["author"],
        "profile_image_url": f"https://pbs.example/profile_images/{row['author_id']}/foto.jpg",
        "url": "",
        "created_at": "2016-11-18T00:00:00.000Z",
        "public_metrics": {
            "followers_count": row["author_followers"],
            "following_count": row["author_following"],
            "tweet_count": row["author_posts"],
            "listed_count": 3,
        },
    }


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def _harvest(row: dict[str, Any]) -> Iterator[Any]:
    yield _v1_time(row["created_at"])
    yield row["post_id"]
    yield row["text"]
    for name in ("quote_count", "reply_count", "repost_count", "like_count"):
        yield row[name]
    yield row["lang"]
    yield row["author_id"]
    yield row["reply_to_id"] or row["post_id"]
    yield row["author"]
    yield f"https://x.com/{row['author']}/status/{row['post_id']}"
