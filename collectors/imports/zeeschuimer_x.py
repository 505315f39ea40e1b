"""Posts as the web pages of X hold them: the fields of API v1.1 in `legacy`, and others around it.

The shape is X's own and changes without notice; what is known of it stands in 4CAT:
https://github.com/digitalmethodsinitiative/4cat/blob/master/datasources/twitter-import/search_twitter.py
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from collectors.imports import edges, x_words
from collectors.imports.times import known_twitter, parse_twitter
from collectors.imports.zeeschuimer_items import Count, Mapped, Seen, count, decoded, given
from collectors.records import Author, CapturedAs, Engagement, Post


class _Tag(Struct, gc=False):
    text: str


class _Link(Struct, gc=False):
    url: str | None = None
    expanded_url: str | None = None


class _Mention(Struct, gc=False):
    screen_name: str | None = None
    id_str: str | None = None


class _Entities(Struct, gc=False):
    hashtags: list[_Tag] = []
    urls: list[_Link] = []
    user_mentions: list[_Mention] = []


class _NoteText(Struct, gc=False):
    text: str
    entity_set: _Entities | None = None


class _NoteResult(Struct, gc=False):
    result: _NoteText | None = None


class _Note(Struct, gc=False):
    note_tweet_results: _NoteResult | None = None


class _Account(Struct, gc=False):
    """The names and numbers of an account; since 2025 the names stand apart, in `core`."""

    screen_name: str | None = None
    name: str | None = None
    created_at: str | None = None
    id_str: str | None = None
    followers_count: Count = None
    friends_count: Count = None
    statuses_count: Count = None


class _User(Struct, gc=False):
    rest_id: str | None = None
    core: _Account | None = None
    legacy: _Account | None = None


class _UserResult(Struct, gc=False):
    result: _User | None = None


class _Core(Struct, gc=False):
    user_results: _UserResult | None = None


class _Views(Struct, gc=False):
    count: Count = None


class _Result(Struct, gc=False):
    """Another post; one that is gone is a tombstone instead, with none of these fields."""

    result: _Tweet | None = None


class _Legacy(Struct, gc=False):
    created_at: str | None = None
    full_text: str | None = None
    id_str: str | None = None
    user_id_str: str | None = None
    lang: str | None = None
    entities: _Entities | None = None
    in_reply_to_status_id_str: str | None = None
    in_reply_to_user_id_str: str | None = None
    in_reply_to_screen_name: str | None = None
    quoted_status_id_str: str | None = None
    retweeted_status_result: _Result | None = None
    favorite_count: Count | msgspec.UnsetType = msgspec.UNSET
    retweet_count: Count = None
    reply_count: Count = None
    quote_count: Count = None


class _Tweet(Struct, gc=False):
    rest_id: str | None = None
    legacy: _Legacy | None = None
    core: _Core | None = None
    user: _Account | None = None  # before 2023
    views: _Views | None = None
    ext_views: _Views | None = None
    note_tweet: _Note | None = None
    quoted_status_result: _Result | None = None
    tweet: _Tweet | None = None  # where replies are limited, the post is one level deeper


_DECODER = msgspec.json.Decoder(_Tweet)
_NO_ENTITIES = _Entities()


def read(raw: bytes, seen: Seen) -> Mapped:
    """Read a post. Raises `RecordError`."""
    tweet = _inner(decoded(_DECODER, raw))
    legacy = given(tweet.legacy, "legacy")
    if legacy.favorite_count is msgspec.UNSET:
        given(None, "legacy.favorite_count")
    original = _whole(legacy.retweeted_status_result)
    # What a repost repeats may be a quote itself, which is the original's.
    quoted = _whole(tweet.quoted_status_result) if original is None else None
    mapped = _mapped(tweet, "matched", seen)
    around = [_mapped(one, "referenced", seen) for one in (original, quoted) if one is not None]
    acts = edges.edges_of(
        mapped.post,
        repost_of=None if original is None else _author(original).author_key,
        quote_of=None if quoted is None else _author(quoted).author_key,
        reply_to=x_words.author_key(legacy.in_reply_to_user_id_str, legacy.in_reply_to_screen_name),
        mentions=[
            key
            for mention in _entities(tweet).user_mentions
            if (key := x_words.author_key(mention.id_str, mention.screen_name))
        ],
    )
    return Mapped(
        post=mapped.post,
        authors=[author for one in (mapped, *around) for author in one.authors],
        counts=[counts for one in (mapped, *around) for counts in one.counts],
        edges=acts,
        referenced=[one.post for one in around],
    )


def _inner(tweet: _Tweet) -> _Tweet:
    return tweet if tweet.tweet is None else tweet.tweet


def _whole(result: _Result | None) -> _Tweet | None:
    """Give a post that came along, if it did as a whole."""
    if result is None or result.result is None:
        return None
    tweet = _inner(result.result)
    has_user = tweet.user is not None or tweet.core is not None
    return tweet if tweet.legacy is not None and has_user else None


def _mapped(tweet: _Tweet, captured_as: CapturedAs, seen: Seen) -> Mapped:
    """Give a post, its author and its counts."""
    author = _author(tweet)
    post = _post(tweet, author, captured_as)
    # A retweet shows its original's counts, and they are taken from the original.
    counts = [] if post.kind == "repost" else [_counts(tweet, post.post_key, seen)]
    return Mapped(post=post, authors=[author], counts=counts)


def _id(tweet: _Tweet) -> str:
    legacy = given(tweet.legacy, "legacy")
    return given(tweet.rest_id or legacy.id_str, "rest_id")


def _post(tweet: _Tweet, author: Author, captured_as: CapturedAs) -> Post:
    native_id, legacy = _id(tweet), given(tweet.legacy, "legacy")
    text, found = _text(tweet), [_entities(tweet)]
    is_repost = legacy.retweeted_status_result is not None
    original = _whole(legacy.retweeted_status_result)
    if original is not None:
        # A retweet is cut to 140 characters, and its entities with it.
        found.append(_entities(original))
        if x_words.is_cut_repost(text):
            text = _text(original)
    quoted_id = None if is_repost else legacy.quoted_status_id_str or None
    links = [link.expanded_url or link.url for one in found for link in one.urls]
    return Post(
        post_key=f"x:{native_id}",
        platform=x_words.PLATFORM,
        author_key=author.author_key,
        kind=edges.kind_of(
            repost=is_repost,
            quote=quoted_id is not None,
            reply=bool(legacy.in_reply_to_user_id_str or legacy.in_reply_to_status_id_str),
        ),
        created_at=parse_twitter(
            given(legacy.created_at, "legacy.created_at"), field="$.legacy.created_at"
        ),
        captured_as=captured_as,
        text=x_words.plain(text),
        lang=x_words.language(legacy.lang),
        url=x_words.post_url(author.handle, native_id),
        hashtags_raw=tuple(dict.fromkeys(tag.text for one in found for tag in one.hashtags)),
        urls=tuple(dict.fromkeys(x_words.shared_links(link for link in links if link))),
        reply_to_key=x_words.key_or_none(legacy.in_reply_to_status_id_str),
        quote_of_key=x_words.key_or_none(quoted_id),
        repost_of_key=None if original is None else f"x:{_id(original)}",
    )


def _note(tweet: _Tweet) -> _NoteText | None:
    """Give the whole of a post of more than 280 characters."""
    note = tweet.note_tweet
    return (
        None if note is None or note.note_tweet_results is None else note.note_tweet_results.result
    )


def _text(tweet: _Tweet) -> str:
    note, legacy = _note(tweet), given(tweet.legacy, "legacy")
    text = legacy.full_text if note is None else note.text
    return "" if text == "" else given(text, "legacy.full_text")


def _entities(tweet: _Tweet) -> _Entities:
    """Give what X found in the text, and in the rest of a long one."""
    note, legacy = _note(tweet), given(tweet.legacy, "legacy")
    found = legacy.entities or _NO_ENTITIES
    more = note.entity_set if note is not None else None
    if more is None:
        return found
    return _Entities(
        found.hashtags + more.hashtags,
        found.urls + more.urls,
        found.user_mentions + more.user_mentions,
    )


def _author(tweet: _Tweet) -> Author:
    legacy = given(tweet.legacy, "legacy")
    results = tweet.core.user_results if tweet.core is not None else None
    user = results.result if results is not None and results.result is not None else _User()
    account = user.legacy or tweet.user or _Account()
    names = user.core or account
    handle = names.screen_name or account.screen_name
    native_id = user.rest_id or legacy.user_id_str or account.id_str
    created_at = names.created_at or account.created_at
    return Author(
        author_key=given(x_words.author_key(native_id, handle), "core.user_results"),
        platform=x_words.PLATFORM,
        handle=handle,
        display_name=names.name or account.name,
        url=f"https://x.com/{handle}" if handle else None,
        created_at=known_twitter(created_at, field="$.core.created_at"),
        followers=count(account.followers_count, "core.followers_count"),
        following=count(account.friends_count, "core.friends_count"),
        posts=count(account.statuses_count, "core.statuses_count"),
    )


def _counts(tweet: _Tweet, post_key: str, seen: Seen) -> Engagement:
    legacy = given(tweet.legacy, "legacy")
    views = tweet.views or tweet.ext_views
    liked = None if legacy.favorite_count is msgspec.UNSET else legacy.favorite_count
    return Engagement(
        post_key=post_key,
        observer=seen.observer,
        taken_at=seen.at,
        reposts=count(legacy.retweet_count, "legacy.retweet_count"),
        quotes=count(legacy.quote_count, "legacy.quote_count"),
        replies=count(legacy.reply_count, "legacy.reply_count"),
        likes=count(liked, "legacy.favorite_count"),
        views=None if views is None else count(views.count, "views.count"),
    )
