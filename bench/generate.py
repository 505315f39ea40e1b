"""Makes posts for the benchmarks: seeded, heavy-tailed, about nobody."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

_WORDS = [
    "air",
    "bersih",
    "kampung",
    "warga",
    "jembatan",
    "jalan",
    "banjir",
    "pasar",
    "harga",
    "beras",
    "sekolah",
    "guru",
    "dokter",
    "bidan",
    "nelayan",
    "petani",
    "listrik",
    "pulsa",
    "hujan",
    "kemarau",
    "kantor",
    "desa",
    "kota",
    "rapat",
    "lapor",
    "tolong",
    "mati",
    "lagi",
]
_START = 1_767_225_600  # 2026-01-01
_SPAN = 30 * 86_400
_TAG = "AirBersih"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb")


def posts(count: int, *, seed: int = 7) -> pl.DataFrame:
    """Give posts with the base columns of research data sets; all carry #AirBersih."""
    rng = np.random.default_rng(seed)
    authors = np.minimum(rng.zipf(1.6, count) * 7919 % (count // 8), count // 8)
    at = np.sort(rng.integers(0, _SPAN, count)) + _START
    ids = 2_000_000_000_000_000_000 + np.arange(count, dtype=np.int64) * 4096
    original = np.maximum(np.arange(count) - rng.integers(1, 20_000, count), 0)
    is_repost = (rng.random(count) < 0.55) & (np.arange(count) > 100)
    words = np.array(_WORDS)[rng.integers(0, len(_WORDS), (count, 12))]
    texts = pl.Series([" ".join(row) for row in words]) + f" #{_TAG} #Kota"
    texts = texts + pl.Series(rng.integers(0, 30, count)).cast(pl.String)
    repost_of = np.where(is_repost, original, -1)
    frame = pl.DataFrame(
        {
            "post_id": ids,
            "author_id": authors + 1_000_000,
            "created_at": pl.from_epoch(pl.Series(at)).dt.replace_time_zone("UTC"),
            "text": texts,
            "_of": repost_of,
        }
    )
    of = pl.col("_of")
    return frame.select(
        pl.col("post_id").cast(pl.String),
        platform=pl.lit("twitter"),
        author=pl.format("warga{}", "author_id"),
        author_id=pl.col("author_id").cast(pl.String),
        created_at="created_at",
        text="text",
        lang=pl.lit("id"),
        hashtags=pl.col("text").str.extract_all(r"#\w+").list.eval(pl.element().str.slice(1)),
        post_type=pl.when(of >= 0).then(pl.lit("repost")).otherwise(pl.lit("post")),
        repost_of_id=pl.when(of >= 0).then(pl.col("post_id").gather(of.clip(0))).cast(pl.String),
        repost_of_author=pl.when(of >= 0).then(
            pl.format("warga{}", pl.col("author_id").gather(of.clip(0)))
        ),
        reply_to_id=pl.lit(None, pl.String),
        reply_to_author=pl.lit(None, pl.String),
        mentions=pl.lit([], pl.List(pl.String)),
        urls=pl.lit([], pl.List(pl.String)),
        like_count=pl.lit(3),
        repost_count=pl.lit(1),
        reply_count=pl.lit(0),
        quote_count=pl.lit(None, pl.Int64),
    )


def write_v1(frame: pl.DataFrame, path: Path) -> None:
    """Write API v1.1 tweets, of the size that the API gives them."""
    with path.open("w", encoding="utf-8") as file:
        for row in frame.iter_rows(named=True):
            file.write(json.dumps(_v1(row)) + "\n")


def _v1(row: dict[str, Any]) -> dict[str, Any]:
    at: datetime = row["created_at"].astimezone(UTC)
    day = f"{_DAYS[at.weekday()]} {_MONTHS[at.month - 1]} {at:%d %H:%M:%S} +0000 {at.year}"
    tweet: dict[str, Any] = {
        "created_at": day,
        "id": int(row["post_id"]),
        "id_str": row["post_id"],
        "full_text": row["text"],
        "truncated": False,
        "entities": {
            "hashtags": [{"text": t, "indices": [0, 1]} for t in row["hashtags"]],
            "symbols": [],
            "user_mentions": [],
            "urls": [],
        },
        "source": '<a href="https://contoh.example">contoh</a>',
        "user": _user(row["author_id"], row["author"]),
        "is_quote_status": False,
        "retweet_count": 1,
        "favorite_count": 3,
        "lang": "in",
    }
    if row["repost_of_id"]:
        original = _v1(row | {"post_id": row["repost_of_id"], "repost_of_id": None})
        original["user"] = _user(row["repost_of_author"][5:], row["repost_of_author"])
        tweet["retweeted_status"] = original
    return tweet


def _user(number: str, handle: str) -> dict[str, Any]:
    filler = {f"profile_{name}": "0123456789abcdef" * 4 for name in ("image_url", "banner", "text")}
    return {
        "id": int(number),
        "id_str": number,
        "name": handle.title(),
        "screen_name": handle,
        "description": "akun contoh " * 8,
        "protected": False,
        "followers_count": 10,
        "friends_count": 20,
        "statuses_count": 300,
        "created_at": "Sat Dec 02 06:32:23 +0000 2006",
        "verified": False,
    } | filler


def write_v2(frame: pl.DataFrame, path: Path) -> None:
    """Write API v2 pages of 100, with their includes, as twarc writes them."""
    with path.open("w", encoding="utf-8") as file:
        for page in frame.iter_slices(100):
            file.write(json.dumps(_v2(page.to_dicts())) + "\n")


def _v2(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "data": [_v2_tweet(row) for row in rows],
        "includes": {
            "users": [
                {
                    "id": number,
                    "username": f"warga{number}",
                    "name": f"Warga {number}",
                    "created_at": "2015-11-16T17:03:41.000Z",
                    "public_metrics": {
                        "followers_count": 10,
                        "following_count": 20,
                        "tweet_count": 300,
                        "listed_count": 0,
                    },
                }
                for number in dict.fromkeys(_authors(rows))
            ],
            "tweets": [
                _v2_tweet(
                    row
                    | {
                        "post_id": row["repost_of_id"],
                        "author_id": row["repost_of_author"][5:],
                        "repost_of_id": None,
                    }
                )
                for row in rows
                if row["repost_of_id"]
            ],
        },
        "meta": {"result_count": len(rows)},
    }


def _authors(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield row["author_id"]
        if row["repost_of_author"]:
            yield row["repost_of_author"][5:]


def _v2_tweet(row: dict[str, Any]) -> dict[str, Any]:
    tweet = {
        "id": row["post_id"],
        "author_id": row["author_id"],
        "created_at": f"{row['created_at']:%Y-%m-%dT%H:%M:%S}.000Z",
        "conversation_id": row["post_id"],
        "text": row["text"],
        "lang": "in",
        "source": "Twitter Web App",
        "possibly_sensitive": False,
        "entities": {"hashtags": [{"start": 0, "end": 1, "tag": t} for t in row["hashtags"]]},
        "public_metrics": {
            "retweet_count": 1,
            "reply_count": 0,
            "like_count": 3,
            "quote_count": 0,
        },
    }
    if row["repost_of_id"]:
        tweet["referenced_tweets"] = [{"type": "retweeted", "id": row["repost_of_id"]}]
    return tweet


def write_harvest(frame: pl.DataFrame, path: Path) -> None:
    """Write tweet-harvest CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            [
                "created_at",
                "id_str",
                "full_text",
                "quote_count",
                "reply_count",
                "retweet_count",
                "favorite_count",
                "lang",
                "user_id_str",
                "conversation_id_str",
                "username",
                "tweet_url",
            ]
        )
        for row in frame.iter_rows(named=True):
            url = f"https://x.com/{row['author']}/status/{row['post_id']}"
            counts = (0, 0, 1, 3, "in")
            writer.writerow(
                [
                    _v1(row)["created_at"],
                    row["post_id"],
                    row["text"],
                    *counts,
                    row["author_id"],
                    row["post_id"],
                    row["author"],
                    url,
                ]
            )
