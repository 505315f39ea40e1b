"""What of API v2's JSON is read: tweets, users, and the pages that twarc writes around them.

https://docs.x.com/x-api/fundamentals/data-dictionary
"""

from __future__ import annotations

import msgspec
from msgspec import Struct


class Tag(Struct, gc=False):
    """A hashtag in a text."""

    tag: str


class Link(Struct, gc=False):
    """A link in a text."""

    url: str
    expanded_url: str | None = None


class Mention(Struct, gc=False):
    """An account named in a text."""

    username: str
    id: str | None = None


class Entities(Struct, gc=False):
    """What the API found in a text."""

    hashtags: list[Tag] = []
    urls: list[Link] = []
    mentions: list[Mention] = []


class Note(Struct, gc=False):
    """The whole text of a post of more than 280 characters."""

    text: str
    entities: Entities | None = None


class UserMetrics(Struct, gc=False):
    """The counts of an account."""

    followers_count: int | None = None
    following_count: int | None = None
    tweet_count: int | None = None


class User(Struct, gc=False):
    """An account."""

    id: str
    username: str
    name: str | None = None
    created_at: str | None = None
    public_metrics: UserMetrics | None = None


class Metrics(Struct, gc=False):
    """The counts of a post."""

    retweet_count: int | None = None
    reply_count: int | None = None
    like_count: int | None = None
    quote_count: int | None = None
    impression_count: int | None = None


class Tweet(Struct, gc=False):
    """A tweet, or a reference to one.

    The API leaves out what was not asked for, and `twarc flatten` writes the referenced tweet and
    the author into their place; hence only the id is in all of them.
    """

    id: str
    type: str | None = None  # of a reference: retweeted, quoted, replied_to
    text: str | None = None
    created_at: str | None = None
    author_id: str | None = None
    author: User | None = None
    lang: str | None = None
    in_reply_to_user_id: str | None = None
    entities: Entities | None = None
    note_tweet: Note | None = None
    public_metrics: Metrics | None = None
    referenced_tweets: list[Tweet] = []


class Includes(Struct, gc=False):
    """What came along with the tweets of a page."""

    tweets: list[msgspec.Raw] = []
    users: list[msgspec.Raw] = []


class Problem(Struct, gc=False):
    """Why the API did not give something."""

    title: str | None = None
    detail: str | None = None
    message: str | None = None


class Twarc(Struct, gc=False):
    """What twarc notes about its request."""

    retrieved_at: str | None = None


class Meta(Struct, gc=False):
    """What a page says about itself."""

    result_count: int | None = None


class Envelope(Struct, gc=False):
    """A line: a page, one tweet in `data` as streams send it, or only errors.

    Tweets are decoded one by one, so that a page is not lost with one of them.
    """

    data: msgspec.Raw = msgspec.Raw(b"null")
    includes: Includes | None = None
    errors: list[Problem] = []
    meta: Meta | None = None
    twarc: Twarc | None = msgspec.field(default=None, name="__twarc")
    id: str | None = None  # of a flattened line, which is itself a tweet
