"""Tweets as API v1.1 gave them, one per line.

https://developer.x.com/en/docs/x-api/v1/data-dictionary/object-model/tweet
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from collectors.errors import RecordError
from collectors.imports import edges, jsonl, x_words
from collectors.imports.frames import Gathered
from collectors.imports.sample import ImportOptions, Provenance, Sample
from collectors.imports.times import known_twitter, parse_twitter
from collectors.page import Page
from collectors.records import Author, CapturedAs, Engagement, Post

NAME = "twitter-v1"


class _Tag(Struct, gc=False):
    text: str


class _Link(Struct, gc=False):
    url: str
    expanded_url: str | None = None


class _Mention(Struct, gc=False):
    screen_name: str
    id_str: str | None = None  # null once the account is gone


class _Entities(Struct, gc=False):
    hashtags: list[_Tag] = []
    urls: list[_Link] = []
    user_mentions: list[_Mention] = []


class _Extended(Struct, gc=False):
    full_text: str
    entities: _Entities | None = None


class _User(Struct, gc=False):
    id_str: str
    screen_name: str
    name: str | None = None
    created_at: str | None = None
    followers_count: int | None = None
    friends_count: int | None = None
    statuses_count: int | None = None


class _Status(Struct, gc=False):
    id_str: str
    created_at: str
    user: _User
    full_text: str | None = None
    text: str | None = None
    extended_tweet: _Extended | None = None
    entities: _Entities | None = None
    lang: str | None = None
    in_reply_to_status_id_str: str | None = None
    in_reply_to_user_id_str: str | None = None
    in_reply_to_screen_name: str | None = None
    quoted_status_id_str: str | None = None
    retweeted_status: _Status | None = None
    quoted_status: _Status | None = None
    retweet_count: int | None = None
    favorite_count: int | None = None
    reply_count: int | None = None
    quote_count: int | None = None


_MAPPING = [
    ("id_str", "post_id"),
    ("created_at", "created_at"),
    ("user.id_str", "author_id"),
    ("user.screen_name", "author"),
    ("extended_tweet.full_text, full_text, text", "text"),
    ("lang", "lang"),
    ("entities.hashtags[].text", "hashtags"),
    ("entities.urls[].expanded_url", "urls"),
    ("entities.user_mentions[].id_str", "mentions"),
    ("retweeted_status.id_str", "repost_of_id"),
    ("retweeted_status.user.id_str", "repost_of_author"),
    ("in_reply_to_status_id_str", "reply_to_id"),
    ("in_reply_to_user_id_str", "reply_to_author"),
    ("quoted_status_id_str", "quote_of_id"),
    ("favorite_count", "like_count"),
    ("retweet_count", "repost_count"),
    ("reply_count", "reply_count"),
    ("quote_count", "quote_count"),
]
_DECODER = msgspec.json.Decoder(_Status)
_NO_ENTITIES = _Entities()


class TwitterV1:
    """Reads JSON Lines of API v1.1, from twarc 1, rtweet, tweepy or the streaming API."""

    name = NAME
    title = "Twitter API v1.1, JSON Lines"

    def recognizes(self, sample: Sample) -> bool:
        """Tell by the keys that only API v1.1 has."""
        record = jsonl.first_record(sample.head)
        return all(key in record for key in (b'"id_str"', b'"screen_name"', b'"created_at"'))

    def pages(self, path: Path, options: ImportOptions) -> Iterator[Page]:
        """Read the file page by page. Raises `ImportFileError`."""
        gathered = Gathered()
        end = 0
        for number, content, end in jsonl.lines(path):
            gathered.received += 1
            try:
                _gather(_DECODER.decode(content), gathered, options.captured_at)
            except jsonl.BROKEN as error:
                reason, where = jsonl.reason_and_field(str(error))
                gathered.rejected.append(jsonl.rejected(path, number, reason, content, field=where))
            except RecordError as error:
                gathered.rejected.append(
                    jsonl.rejected(path, number, error.reason, content, field=error.field)
                )
            if gathered.received >= options.page_size:
                yield gathered.page(progress=end)
                gathered = Gathered()
        if gathered.received:
            yield gathered.page(progress=end)

    def mapping(self, sample: Sample, options: ImportOptions) -> list[tuple[str, str]]:
        """Give the keys that are read, and what they fill."""
        return list(_MAPPING)

    def provenance(self, sample: Sample) -> Provenance:
        """Tell nothing: many tools wrote these lines, and none of them signed."""
        return Provenance()


def _gather(status: _Status, into: Gathered, taken_at: datetime) -> None:
    post = _post(status, "$")
    entities = _entities(status)
    _gather_around(status, post, into, taken_at)
    into.matched.append(post)
    quoted = status.quoted_status
    original = status.retweeted_status
    into.interactions += edges.edges_of(
        post,
        repost_of=f"x:{original.user.id_str}" if original else None,
        quote_of=f"x:{quoted.user.id_str}" if quoted else None,
        reply_to=x_words.author_key(status.in_reply_to_user_id_str, status.in_reply_to_screen_name),
        mentions=[
            key
            for mention in entities.user_mentions
            if (key := x_words.author_key(mention.id_str, mention.screen_name))
        ],
    )


def _gather_around(status: _Status, post: Post, into: Gathered, taken_at: datetime) -> None:
    """Take the author, the counts, and the tweets that this one carries along."""
    for name in ("retweeted_status", "quoted_status"):
        nested = getattr(status, name)
        if nested is not None and (key := f"x:{nested.id_str}") not in into.referenced:
            referenced = _post(nested, f"$.{name}", captured_as="referenced")
            into.referenced[key] = referenced
            _gather_around(nested, referenced, into, taken_at)
    if post.author_key not in into.authors:
        into.authors[post.author_key] = _author(status.user)
    # A retweet shows its original's counts, and they are taken from the original.
    if status.retweeted_status is None:
        into.add_engagement(
            Engagement(
                post_key=post.post_key,
                observer=f"import:{NAME}",
                taken_at=taken_at,
                reposts=status.retweet_count,
                quotes=status.quote_count,
                replies=status.reply_count,
                likes=status.favorite_count,
            )
        )


def _post(status: _Status, at: str, *, captured_as: CapturedAs = "matched") -> Post:
    text = _text(status, at)
    entities = _entities(status)
    tags = [tag.text for tag in entities.hashtags]
    links = _links(entities)
    original = status.retweeted_status
    if original is not None:
        # A retweet is cut to 140 characters, and its entities with it.
        whole = _entities(original)
        tags += [tag.text for tag in whole.hashtags]
        links += _links(whole)
        if x_words.is_cut_repost(text):
            text = _text(original, f"{at}.retweeted_status")
    quoted_id = None if original else status.quoted_status_id_str
    is_reply = bool(status.in_reply_to_user_id_str or status.in_reply_to_status_id_str)
    return Post(
        post_key=f"x:{status.id_str}",
        platform=x_words.PLATFORM,
        author_key=f"x:{status.user.id_str}",
        kind=edges.kind_of(repost=original is not None, quote=bool(quoted_id), reply=is_reply),
        created_at=parse_twitter(status.created_at, field=f"{at}.created_at"),
        captured_as=captured_as,
        text=x_words.plain(text),
        lang=x_words.language(status.lang),
        url=x_words.post_url(status.user.screen_name, status.id_str),
        hashtags_raw=tuple(dict.fromkeys(tags)),
        urls=tuple(dict.fromkeys(links)),
        reply_to_key=x_words.key_or_none(status.in_reply_to_status_id_str),
        quote_of_key=x_words.key_or_none(quoted_id),
        repost_of_key=f"x:{original.id_str}" if original else None,
    )


def _author(user: _User) -> Author:
    return Author(
        author_key=f"x:{user.id_str}",
        platform=x_words.PLATFORM,
        handle=user.screen_name,
        display_name=user.name,
        url=f"https://x.com/{user.screen_name}",
        created_at=known_twitter(user.created_at, field="$.user.created_at"),
        followers=user.followers_count,
        following=user.friends_count,
        posts=user.statuses_count,
    )


def _text(status: _Status, at: str) -> str:
    if status.extended_tweet is not None:
        return status.extended_tweet.full_text
    text = status.text if status.full_text is None else status.full_text
    if text is None:
        raise RecordError("neither `full_text` nor `text`", field=f"{at}.full_text")
    return text


def _entities(status: _Status) -> _Entities:
    if status.extended_tweet is not None and status.extended_tweet.entities is not None:
        return status.extended_tweet.entities
    return status.entities or _NO_ENTITIES


def _links(entities: _Entities) -> list[str]:
    return x_words.shared_links(link.expanded_url or link.url for link in entities.urls)
