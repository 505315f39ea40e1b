"""The columns that 4CAT makes of an item. Their names differ from platform to platform.

https://github.com/digitalmethodsinitiative/4cat/tree/master/datasources
"""

from __future__ import annotations

import re
from datetime import datetime

import msgspec
from msgspec import Struct

from collectors.errors import RecordError
from collectors.imports import cells, edges, x_words
from collectors.imports.sample import ImportOptions
from collectors.imports.times import parse_any
from collectors.imports.zeeschuimer_items import (
    Count,
    Mapped,
    Seen,
    count,
    decoded,
    given,
    handles_in,
    key_of,
    tags_of,
)
from collectors.records import Author, Engagement, Post

_PLATFORMS = {
    "tiktok": "tiktok",
    "instagram": "instagram",
    "threads": "threads",
    "twitter": "x",
    "x": "x",
}
_ADDRESS = re.compile(
    r"https?://(?:[\w-]+\.)*?(tiktok|instagram|threads|twitter|x)\.(?:com|net)/", re.IGNORECASE
)
_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_PAGES = {
    "tiktok": "https://www.tiktok.com/@{}",
    "instagram": "https://www.instagram.com/{}/",
    "threads": "https://www.threads.com/@{}",
    "x": "https://x.com/{}",
}


class _Row(Struct, gc=False):
    id: str | int
    body: str
    timestamp: str | int
    author: str
    platform: str | None = None  # 4CAT says it by the address; gaung's own exports say it so
    unix_timestamp: int | str | None = None
    author_id: str | int | None = None
    author_full: str | None = None
    author_fullname: str | None = None
    author_followers: Count = None
    url: str | None = None
    link: str | None = None
    tiktok_url: str | None = None
    language_guess: str | None = None
    hashtags: str | None = None
    urls: str | None = None
    link_url: str | None = None
    mentions: str | None = None
    is_retweet: str | None = None
    retweeted_user: str | None = None
    is_quote_tweet: str | None = None
    quoted_user: str | None = None
    is_reply: str | None = None
    replied_user: str | None = None
    likes: Count = None
    num_likes: Count = None
    like_count: Count = None
    reposts: Count = None
    shares: Count = None
    retweet_count: Count = None
    replies: Count = None
    comments: Count = None
    num_comments: Count = None
    reply_count: Count = None
    quotes: Count = None
    quote_count: Count = None
    plays: Count = None
    impression_count: Count = None


_DECODER = msgspec.json.Decoder(_Row)


def read_row(content: bytes, seen: Seen, options: ImportOptions) -> Mapped:
    """Read a row. Raises `RecordError`."""
    row = decoded(_DECODER, content)
    platform = _platform(row, options)
    handle = given(cells.reference(row.author), "author")
    author_key = key_of(platform, _id_of(row.author_id), handle) or ""
    post = _post(row, platform, author_key, options)
    named = cells.words(cells.reference(row.mentions) or "") or handles_in(row.body)
    return Mapped(
        post=post,
        authors=[
            Author(
                author_key=author_key,
                platform=platform,
                handle=handle,
                display_name=row.author_full or row.author_fullname,
                url=_PAGES[platform].format(handle) if platform in _PAGES else None,
                followers=count(row.author_followers, "author_followers"),
            )
        ],
        # A repost shows its original's counts, and does not say which post that is.
        counts=[] if post.kind == "repost" else [_counts(row, post.post_key, seen)],
        edges=edges.edges_of(
            post,
            repost_of=key_of(platform, None, cells.reference(row.retweeted_user)),
            quote_of=key_of(platform, None, cells.reference(row.quoted_user)),
            reply_to=key_of(platform, None, cells.reference(row.replied_user)),
            mentions=[f"{platform}:@{name.lstrip('@').lower()}" for name in named],
        ),
    )


def _platform(row: _Row, options: ImportOptions) -> str:
    """Give the platform that a row is of: its address tells."""
    told = options.mapping.get("platform", "").removeprefix("=").lower()
    if told in _PLATFORMS:
        return _PLATFORMS[told]
    if row.platform and _NAME.fullmatch(row.platform):
        return _PLATFORMS.get(row.platform, row.platform)
    address = cells.known(row.tiktok_url) or cells.known(row.url) or cells.known(row.link) or ""
    found = _ADDRESS.match(address)
    if found is None:
        raise RecordError(
            "platform not read yet, or not told: 4CAT rows of TikTok, Instagram, Threads and X are "
            "read; name it with --map platform==tiktok",
            field="$.url",
        )
    return _PLATFORMS[found[1].lower()]


def _post(row: _Row, platform: str, author_key: str, options: ImportOptions) -> Post:
    native_id = cells.intact_id(str(row.id))
    told = cells.tags(row.hashtags)
    shared = (*cells.links(row.urls or ""), *cells.links(row.link_url or ""))
    return Post(
        post_key=f"{platform}:{given(native_id, 'id')}",
        platform=platform,
        author_key=author_key,
        kind=edges.kind_of(
            repost=row.is_retweet == "yes",
            quote=row.is_quote_tweet == "yes",
            reply=row.is_reply == "yes",
        ),
        created_at=_created_at(row, options),
        text=x_words.plain(row.body) if platform == "x" else row.body,
        lang=x_words.language(cells.known(row.language_guess)),
        url=cells.known(row.tiktok_url) or cells.known(row.url) or cells.known(row.link),
        hashtags_raw=tags_of(row.body, told),
        urls=tuple(dict.fromkeys((*shared, *x_words.links_in(row.body)))),
    )


def _created_at(row: _Row, options: ImportOptions) -> datetime:
    # `timestamp` is the clock of the server that 4CAT runs on; `unix_timestamp` is that of all.
    if row.unix_timestamp and (at := cells.reference(str(row.unix_timestamp))) is not None:
        return parse_any(at, field="$.unix_timestamp")
    return parse_any(str(row.timestamp), field="$.timestamp", zone=options.zone)


def _id_of(value: str | int | None) -> str | None:
    return None if value is None else cells.intact_id(str(value))


def _counts(row: _Row, post_key: str, seen: Seen) -> Engagement:
    def first(*names: str) -> int | None:
        for name in names:
            found = count(getattr(row, name), name)
            if found is not None:
                return found
        return None

    return Engagement(
        post_key=post_key,
        observer=seen.observer,
        taken_at=seen.at,
        reposts=first("reposts", "shares", "retweet_count"),
        quotes=first("quotes", "quote_count"),
        replies=first("replies", "comments", "num_comments", "reply_count"),
        likes=first("likes", "num_likes", "like_count"),
        views=first("plays", "impression_count"),
    )
