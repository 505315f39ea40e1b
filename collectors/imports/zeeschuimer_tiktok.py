"""Videos as TikTok's web pages hold them.

The shape is TikTok's own and changes without notice; what is known of it stands in 4CAT:
https://github.com/digitalmethodsinitiative/4cat/blob/master/datasources/tiktok/search_tiktok.py
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from collectors.errors import RecordError
from collectors.imports import edges, x_words
from collectors.imports.zeeschuimer_items import (
    ADVERTISEMENT,
    Count,
    Mapped,
    Seen,
    count,
    decoded,
    given,
    key_of,
    moment,
    tags_of,
)
from collectors.records import Author, Engagement, Post

PLATFORM = "tiktok"


class _Author(Struct, gc=False, rename="camel"):
    unique_id: str
    id: str | None = None
    nickname: str | None = None


class _Counts(Struct, gc=False, rename="camel"):
    digg_count: Count
    comment_count: Count
    share_count: Count
    play_count: Count


class _AuthorCounts(Struct, gc=False, rename="camel"):
    follower_count: Count = None
    following_count: Count = None
    video_count: Count = None


class _Challenge(Struct, gc=False):
    title: str | None = None


class _Extra(Struct, gc=False, rename="camel"):
    """A hashtag or an account in the text."""

    hashtag_name: str | None = None
    user_id: str | None = None
    user_unique_id: str | None = None


class _Duet(Struct, gc=False, rename="camel"):
    duet_from_id: str | None = None


class _Video(Struct, gc=False, rename="camel"):
    id: str
    desc: str
    create_time: int | str
    author: _Author | str  # the page's first videos name only the handle
    nickname: str | None = None
    stats: _Counts | None = None
    stats_v2: _Counts | None = msgspec.field(default=None, name="statsV2")
    author_stats: _AuthorCounts | None = None
    author_stats_v2: _AuthorCounts | None = msgspec.field(default=None, name="authorStatsV2")
    challenges: list[_Challenge] | None = None
    text_extra: list[_Extra] | None = None
    text_language: str | None = None
    duet_info: _Duet | None = None
    is_ad: bool | None = None


_DECODER = msgspec.json.Decoder(_Video)


def read(raw: bytes, seen: Seen) -> Mapped:
    """Read a video. Raises `RecordError`."""
    video = decoded(_DECODER, raw)
    if video.is_ad:
        raise RecordError(ADVERTISEMENT)
    author = _author(video)
    post = _post(video, author.author_key, author.handle or "")
    mentioned = [
        key
        for extra in video.text_extra or ()
        if (key := key_of(PLATFORM, _id(extra.user_id), extra.user_unique_id))
    ]
    return Mapped(
        post=post,
        authors=[author],
        counts=[_counts(video, post.post_key, seen)],
        edges=edges.edges_of(post, mentions=mentioned),
    )


def _post(video: _Video, author_key: str, handle: str) -> Post:
    native_id = given(video.id, "id")
    # A duet shows another video beside its own, as a quote does.
    duet_of = _id(video.duet_info.duet_from_id) if video.duet_info is not None else None
    told = [challenge.title for challenge in video.challenges or ()]
    told += [extra.hashtag_name for extra in video.text_extra or ()]
    return Post(
        post_key=f"{PLATFORM}:{native_id}",
        platform=PLATFORM,
        author_key=author_key,
        kind="original" if duet_of is None else "quote",
        created_at=moment(video.create_time, "createTime"),
        text=video.desc,
        lang=x_words.language(video.text_language if video.text_language != "un" else None),
        url=f"https://www.tiktok.com/@{handle}/video/{native_id}",
        hashtags_raw=tags_of(video.desc, told),
        urls=x_words.links_in(video.desc),
        quote_of_key=None if duet_of is None else f"{PLATFORM}:{duet_of}",
    )


def _id(native_id: str | None) -> str | None:
    return native_id if native_id and native_id != "0" else None


def _author(video: _Video) -> Author:
    named = video.author
    handle = given(named if isinstance(named, str) else named.unique_id, "author.uniqueId")
    native_id = None if isinstance(named, str) else _id(named.id)
    counts = video.author_stats_v2 or video.author_stats or _AuthorCounts()
    return Author(
        author_key=key_of(PLATFORM, native_id, handle) or "",
        platform=PLATFORM,
        handle=handle,
        display_name=video.nickname if isinstance(named, str) else named.nickname,
        url=f"https://www.tiktok.com/@{handle}",
        followers=count(counts.follower_count, "authorStats.followerCount"),
        following=count(counts.following_count, "authorStats.followingCount"),
        posts=count(counts.video_count, "authorStats.videoCount"),
    )


def _counts(video: _Video, post_key: str, seen: Seen) -> Engagement:
    # `stats` may be rounded where `statsV2` is not.
    counts = given(video.stats_v2 or video.stats, "stats")
    return Engagement(
        post_key=post_key,
        observer=seen.observer,
        taken_at=seen.at,
        reposts=count(counts.share_count, "stats.shareCount"),
        replies=count(counts.comment_count, "stats.commentCount"),
        likes=count(counts.digg_count, "stats.diggCount"),
        views=count(counts.play_count, "stats.playCount"),
    )
