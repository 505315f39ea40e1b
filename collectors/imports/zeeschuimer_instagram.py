"""Posts as Instagram's web pages hold them: in its own API's shape, or in that of its graph.

Both change without notice; what is known of them stands in 4CAT:
https://github.com/digitalmethodsinitiative/4cat/blob/master/datasources/instagram/search_instagram.py
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
    handles_in,
    key_of,
    moment,
    tags_of,
)
from collectors.records import Author, Engagement, Post

PLATFORM = "instagram"


class _User(Struct, gc=False):
    username: str | None = None
    pk: str | int | None = None
    id: str | int | None = None
    full_name: str | None = None


class _Caption(Struct, gc=False):
    text: str | None = None


class _CaptionEdge(Struct, gc=False):
    node: _Caption


class _CaptionEdges(Struct, gc=False):
    edges: list[_CaptionEdge] = []


class _Counted(Struct, gc=False):
    count: Count = None


class _Media(Struct, gc=False):
    """`code`, `taken_at` in the API's shape; `shortcode`, `taken_at_timestamp` in the graph's.

    A field that both shapes lack is told; a null is what Instagram does not say.
    """

    code: str | None = None
    shortcode: str | None = None
    taken_at: int | str | None = None
    taken_at_timestamp: int | str | None = None
    user: _User | None = None
    owner: _User | None = None
    caption: _Caption | msgspec.UnsetType | None = msgspec.UNSET
    edge_media_to_caption: _CaptionEdges | None = None
    like_count: Count | msgspec.UnsetType = msgspec.UNSET
    edge_media_preview_like: _Counted | None = None
    edge_liked_by: _Counted | None = None
    like_and_view_counts_disabled: bool | None = None
    comment_count: Count = None
    edge_media_to_comment: _Counted | None = None
    edge_media_preview_comment: _Counted | None = None
    play_count: Count = None
    ig_play_count: Count = None
    view_count: Count = None
    video_view_count: Count = None
    product_type: str | None = None
    link: str | None = None


_DECODER = msgspec.json.Decoder(_Media)
_ADVERTISED = "https://www.facebook.com/ads/ig_redirect"


def read(raw: bytes, seen: Seen) -> Mapped:
    """Read a post. Raises `RecordError`."""
    media = decoded(_DECODER, raw)
    if media.product_type == "ad" or (media.link or "").startswith(_ADVERTISED):
        raise RecordError(ADVERTISEMENT)
    author = _author(media)
    post = _post(media, author.author_key)
    return Mapped(
        post=post,
        authors=[author],
        counts=[_counts(media, post.post_key, seen)],
        edges=edges.edges_of(
            post, mentions=[f"{PLATFORM}:@{h.lower()}" for h in handles_in(post.text or "")]
        ),
    )


def _post(media: _Media, author_key: str) -> Post:
    code = given(media.code or media.shortcode, "code")
    at = media.taken_at_timestamp if media.taken_at is None else media.taken_at
    text = _text(media)
    return Post(
        post_key=f"{PLATFORM}:{code}",
        platform=PLATFORM,
        author_key=author_key,
        kind="original",
        created_at=moment(at, "taken_at"),
        text=text,
        url=f"https://www.instagram.com/p/{code}/",
        hashtags_raw=tags_of(text),
        urls=x_words.links_in(text),
    )


def _text(media: _Media) -> str:
    if media.edge_media_to_caption is not None:
        return "\n".join(edge.node.text or "" for edge in media.edge_media_to_caption.edges)
    if media.caption is msgspec.UNSET:
        raise RecordError("Object missing required field `caption`", field="$.caption")
    return (media.caption.text or "") if media.caption is not None else ""


def _author(media: _Media) -> Author:
    user = given(media.user or media.owner, "user")
    other = media.owner or user
    handle = given(user.username or other.username, "user.username")
    native_id = user.pk or user.id or other.pk or other.id
    return Author(
        author_key=key_of(PLATFORM, native_id, handle) or "",
        platform=PLATFORM,
        handle=handle,
        display_name=user.full_name or other.full_name,
        url=f"https://www.instagram.com/{handle}/",
    )


def _counts(media: _Media, post_key: str, seen: Seen) -> Engagement:
    liked = media.like_count
    if liked is msgspec.UNSET:
        counted = media.edge_media_preview_like or media.edge_liked_by
        liked = given(counted, "like_count").count
    commented = media.edge_media_to_comment or media.edge_media_preview_comment or _Counted()
    views = (media.ig_play_count, media.play_count, media.view_count, media.video_view_count)
    # Where the author hides the numbers, those that are shown are not the true ones.
    hidden = bool(media.like_and_view_counts_disabled)
    return Engagement(
        post_key=post_key,
        observer=seen.observer,
        taken_at=seen.at,
        replies=count(
            commented.count if media.comment_count is None else media.comment_count, "comment_count"
        ),
        likes=None if hidden else count(liked, "like_count"),
        views=None
        if hidden
        else count(next((v for v in views if v is not None), None), "play_count"),
    )
