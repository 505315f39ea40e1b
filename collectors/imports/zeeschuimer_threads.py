"""Posts as the web pages of Threads hold them.

The shape is Meta's own and changes without notice; what is known of it stands in 4CAT:
https://github.com/digitalmethodsinitiative/4cat/blob/master/datasources/threads/search_threads.py
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import msgspec
from msgspec import Struct

from collectors.imports import edges, x_words
from collectors.imports.zeeschuimer_items import (
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
from collectors.records import Author, CapturedAs, Engagement, Post

PLATFORM = "threads"


class _User(Struct, gc=False):
    username: str | None = None
    pk: str | int | None = None
    id: str | int | None = None
    full_name: str | None = None


class _Caption(Struct, gc=False):
    text: str | None = None


class _Preview(Struct, gc=False):
    url: str | None = None


class _Topic(Struct, gc=False):
    display_name: str | None = None


class _Shared(Struct, gc=False):
    quoted_post: _Thread | None = None
    reposted_post: _Thread | None = None


class _Info(Struct, gc=False):
    repost_count: Count = None
    direct_reply_count: Count = None
    quote_count: Count = None
    link_preview_attachment: _Preview | None = None
    is_reply: bool | None = None
    reply_to_author: _User | None = None
    share_info: _Shared | None = None
    tag_header: _Topic | None = None


class _Thread(Struct, gc=False):
    """A post; of one that is only quoted less may be told."""

    code: str | None = None
    taken_at: int | str | None = None
    user: _User | None = None
    caption: _Caption | None = None
    like_count: Count | msgspec.UnsetType = msgspec.UNSET
    like_and_view_counts_disabled: bool | None = None
    text_post_app_info: _Info | None = None


_DECODER = msgspec.json.Decoder(_Thread)
_NO_INFO = _Info()
_NOTHING_SHARED = _Shared()


def read(raw: bytes, seen: Seen) -> Mapped:
    """Read a post. Raises `RecordError`."""
    thread = decoded(_DECODER, raw)
    info = given(thread.text_post_app_info, "text_post_app_info")
    shared = info.share_info or _NOTHING_SHARED
    mapped = _mapped(thread, "matched", seen)
    around = [
        _mapped(nested, "referenced", seen)
        for nested in (shared.reposted_post, shared.quoted_post)
        if nested is not None and nested.code and nested.taken_at and nested.user
    ]
    post = mapped.post
    answered = info.reply_to_author
    acts = edges.edges_of(
        post,
        repost_of=_author_of(shared.reposted_post),
        quote_of=_author_of(shared.quoted_post),
        reply_to=_key(answered) if answered is not None else None,
        mentions=[f"{PLATFORM}:@{handle.lower()}" for handle in handles_in(post.text or "")],
    )
    return Mapped(
        post=post,
        authors=[author for one in (mapped, *around) for author in one.authors],
        counts=[counts for one in (mapped, *around) for counts in one.counts],
        edges=acts,
        referenced=[one.post for one in around],
    )


def _mapped(thread: _Thread, captured_as: CapturedAs, seen: Seen) -> Mapped:
    """Give a post, its author and its counts."""
    author = _author(given(thread.user, "user"))
    post = _post(thread, author, captured_as)
    counts = [] if post.kind == "repost" else [_counts(thread, post, seen)]
    return Mapped(post=post, authors=[author], counts=counts)


def _post(thread: _Thread, author: Author, captured_as: CapturedAs) -> Post:
    code = given(thread.code, "code")
    info = thread.text_post_app_info or _NO_INFO
    shared = info.share_info or _NOTHING_SHARED
    original = shared.reposted_post
    quoted = shared.quoted_post
    # A repost has no words of its own: its hashtags are those of what it repeats.
    said = thread if original is None else original
    text = (said.caption.text if said.caption is not None else None) or ""
    topic = (said.text_post_app_info or _NO_INFO).tag_header
    link = (said.text_post_app_info or _NO_INFO).link_preview_attachment
    links = (_target(link.url),) if link is not None and link.url else ()
    return Post(
        post_key=f"{PLATFORM}:{code}",
        platform=PLATFORM,
        author_key=author.author_key,
        kind=edges.kind_of(
            repost=original is not None,
            quote=quoted is not None,
            reply=bool(info.is_reply) or info.reply_to_author is not None,
        ),
        created_at=moment(thread.taken_at, "taken_at"),
        captured_as=captured_as,
        text=text,
        url=f"https://www.threads.com/@{author.handle}/post/{code}",
        hashtags_raw=tags_of(text, () if topic is None else (topic.display_name,)),
        urls=tuple(dict.fromkeys((*links, *x_words.links_in(text)))),
        quote_of_key=_post_key(quoted),
        repost_of_key=_post_key(original),
    )


def _target(link: str) -> str:
    """Give where a link leads: Threads sends its readers over a page of its own.

    >>> _target("https://l.threads.com/?u=https%3A%2F%2Fberita.example%2Fa&e=x")
    'https://berita.example/a'
    """
    try:
        return parse_qs(urlsplit(link).query).get("u", [link])[0]
    except ValueError:
        return link


def _post_key(thread: _Thread | None) -> str | None:
    return f"{PLATFORM}:{thread.code}" if thread is not None and thread.code else None


def _key(user: _User) -> str | None:
    return key_of(PLATFORM, user.pk or user.id, user.username)


def _author_of(thread: _Thread | None) -> str | None:
    return _key(thread.user) if thread is not None and thread.user is not None else None


def _author(user: _User) -> Author:
    handle = given(user.username, "user.username")
    return Author(
        author_key=_key(user) or "",
        platform=PLATFORM,
        handle=handle,
        display_name=user.full_name,
        url=f"https://www.threads.com/@{handle}",
    )


def _counts(thread: _Thread, post: Post, seen: Seen) -> Engagement:
    liked = None if thread.like_count is msgspec.UNSET else thread.like_count
    if post.captured_as == "matched" and thread.like_count is msgspec.UNSET:
        liked = given(None, "like_count")
    info = thread.text_post_app_info or _NO_INFO
    return Engagement(
        post_key=post.post_key,
        observer=seen.observer,
        taken_at=seen.at,
        reposts=count(info.repost_count, "text_post_app_info.repost_count"),
        quotes=count(info.quote_count, "text_post_app_info.quote_count"),
        replies=count(info.direct_reply_count, "text_post_app_info.direct_reply_count"),
        likes=None if thread.like_and_view_counts_disabled else count(liked, "like_count"),
    )
