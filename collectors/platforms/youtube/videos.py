"""Videos into posts, their channels into authors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from collectors import hashtags, moments
from collectors.collector import PostRef
from collectors.errors import PayloadError
from collectors.page import Page, page_of
from collectors.platforms.youtube.payloads import (
    Answer,
    Channel,
    ChannelsAnswer,
    CountedVideo,
    Found,
    Video,
    answer_of,
    count_of,
    read_all,
)
from collectors.records import Author, Engagement, Post, Rejected, Removal

PLATFORM = "youtube"
_VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_LINK = re.compile(r"https?://[^\s<>\"]+")
_FEW = 5  # so many may all be gone at once; of more than that, the answer is doubted


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What a search found: only the names of videos, and when they were published."""

    ids: tuple[str, ...]
    token: str | None
    oldest: datetime | None
    rejected: tuple[Rejected, ...]
    received: int


@dataclass(frozen=True, slots=True)
class View:
    """What a video does not tell itself: for which hashtag, where and when it was seen."""

    hashtag: str
    source: str
    now: datetime


def search_page(payload: object, address: str) -> SearchPage:
    """Read a page of search results. Raises `PayloadError`."""
    answer = answer_of(payload, Answer, address)
    found, rejected = read_all(answer.items, Found, address)
    return SearchPage(
        ids=tuple(dict.fromkeys(one.id.video_id for one in found)),
        token=answer.next_page_token or None,
        oldest=min(
            (at for one in found if moments.is_possible(at := one.snippet.published_at)),
            default=None,
        ),
        rejected=tuple(rejected),
        received=len(answer.items),
    )


def read_videos(payload: object, address: str) -> tuple[list[Video], list[Rejected]]:
    """Read the answer of `videos.list`. Raises `PayloadError`."""
    rows = answer_of(payload, Answer, address).items
    return read_all(rows, Video, address, check=_check_video)


def read_channels(payload: object, address: str) -> tuple[list[Channel], list[Rejected]]:
    """Read the answer of `channels.list`. Raises `PayloadError`."""
    rows = answer_of(payload, ChannelsAnswer, address).items
    return read_all(rows, Channel, address, check=_counts_of_channel)


def carrying(videos: Iterable[Video], hashtag: str) -> list[Video]:
    """Give the videos that carry the hashtag: the search also finds what is merely about it."""
    return [video for video in videos if hashtag in hashtags.normalize_all(_tags(video, hashtag))]


def records_of(
    videos: Sequence[Video], channels: Mapping[str, Channel], view: View
) -> tuple[list[Post], list[Author], list[Engagement]]:
    """Give the posts, their authors and their counts, each once, newest first."""
    once = {video.id: video for video in videos}.values()
    ordered = sorted(once, key=lambda video: video.snippet.published_at, reverse=True)
    authors = {
        video.snippet.channel_id: _author(video, channels.get(video.snippet.channel_id))
        for video in ordered
    }
    return (
        [_post(video, view.hashtag) for video in ordered],
        list(authors.values()),
        [_engagement(video, view.source, view.now) for video in ordered],
    )


def page_of_counts(
    payload: object, posts: Mapping[str, PostRef], *, address: str, source: str, now: datetime
) -> Page:
    """Make the page of what became of videos, which are given by their ids.

    What is not in the answer was deleted or made private; the API does not say which. It is
    hidden, and back when it is given again.
    """
    rows = answer_of(payload, Answer, address).items
    videos, rejected = read_all(rows, CountedVideo, address, check=_counts)
    there = {video.id for video in videos} | {_id_of(row) for row in rows}
    gone = [post for native, post in posts.items() if native not in there]
    if len(gone) == len(posts) > _FEW:
        raise PayloadError(f"{address}: says that all of {len(posts)} videos are gone")
    return page_of(
        engagement={
            video.id: _engagement(video, source, now) for video in videos if video.id in posts
        }.values(),
        rejected=rejected,
        removals=[
            Removal(kind="hidden", key=post.post_key, reason="unavailable", removed_at=now)
            for post in gone
        ],
        received=len(rows),
    )


def video_id(post: PostRef) -> str | None:
    """Give the id of a post if it is a video, and no comment."""
    platform, _, native = post.post_key.partition(":")
    return native if platform == PLATFORM and _VIDEO_ID.fullmatch(native) else None


def _id_of(row: object) -> object:
    # A video whose counts cannot be read is not gone.
    found = row.get("id") if isinstance(row, dict) else None
    return found if isinstance(found, str) else None


def _tags(video: Video, hashtag: str) -> tuple[str, ...]:
    """Give the hashtags as written, and the wanted one if it is among the keywords.

    Keywords are for the search engine, and no viewer sees them: the rest of them stays out.
    """
    shown = video.snippet
    keywords = [
        word
        for word in shown.tags
        if not re.search(r"\s", word.strip()) and hashtags.normalize(word) == hashtag
    ]
    written = (*hashtags.in_text(shown.title), *hashtags.in_text(shown.description), *keywords)
    return tuple(dict.fromkeys(written))


def _post(video: Video, hashtag: str) -> Post:
    shown = video.snippet
    links = (link.rstrip(".,;:!?)]}'") for link in _LINK.findall(shown.description))
    return Post(
        post_key=f"{PLATFORM}:{video.id}",
        platform=PLATFORM,
        author_key=f"{PLATFORM}:{shown.channel_id}",
        kind="original",
        created_at=moments.utc(shown.published_at),
        text=f"{shown.title}\n\n{shown.description}".strip(),
        lang=shown.default_audio_language or shown.default_language,
        url=f"https://www.youtube.com/watch?v={video.id}",
        hashtags_raw=_tags(video, hashtag),
        urls=tuple(dict.fromkeys(links)),
    )


def _author(video: Video, channel: Channel | None) -> Author:
    key = video.snippet.channel_id
    handle = created_at = followers = posts = None
    if channel is not None:
        handle = (channel.snippet.custom_url or "").lstrip("@") or None
        created_at = channel.snippet.published_at
        followers, posts = _counts_of_channel(channel)
    return Author(
        author_key=f"{PLATFORM}:{key}",
        platform=PLATFORM,
        handle=handle,
        display_name=video.snippet.channel_title,
        url=f"https://www.youtube.com/channel/{key}",
        created_at=moments.known_at(created_at),
        followers=followers,
        posts=posts,
    )


def _counts_of_channel(channel: Channel) -> tuple[int | None, int | None]:
    counts = channel.statistics
    followers = count_of(counts.subscriber_count, "subscriberCount")
    if counts.hidden_subscriber_count:  # 0 is then no count
        followers = None
    return followers, count_of(counts.video_count, "videoCount")


def _check_video(video: Video) -> None:
    _counts(video)


def _counts(video: Video | CountedVideo) -> tuple[int | None, int | None, int | None]:
    counts = video.statistics
    return (
        count_of(counts.view_count, "viewCount"),
        count_of(counts.like_count, "likeCount"),
        count_of(counts.comment_count, "commentCount"),
    )


def _engagement(video: Video | CountedVideo, source: str, now: datetime) -> Engagement:
    views, likes, comments = _counts(video)
    return Engagement(
        post_key=f"{PLATFORM}:{video.id}",
        observer=source,
        taken_at=now,
        replies=comments,
        likes=likes,
        views=views,
    )
