"""Posts of X as records, under the keys that files of the same posts have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from collectors import moments
from collectors.errors import PayloadError, RecordError
from collectors.markup import unescape
from collectors.page import Page, page_of
from collectors.platforms.x.payloads import Tweet, User, read
from collectors.records import (
    Author,
    CapturedAs,
    Engagement,
    Interaction,
    InteractionKind,
    Post,
    PostKind,
    Rejected,
    raw_of,
)

PLATFORM = "x"
_REPOST = re.compile(r"RT @(\w{1,15}):")
_LANGUAGES = {"in": "id", "iw": "he"}  # X keeps codes that ISO has replaced
_OWN = frozenset({"x.com", "twitter.com", "t.co"})
_UNKNOWN = frozenset({"und", "qme", "qht", "qam", "qct", "qst", "zxx", "art"})


@dataclass(frozen=True, slots=True)
class View:
    """Who looks, when, for which hashtag."""

    source: str
    now: datetime
    hashtag: str = ""


def authors_of(users: Iterable[object], address: str) -> tuple[dict[str, Author], list[Rejected]]:
    """Read the accounts that came along."""
    found: dict[str, Author] = {}
    rejected = []
    for place, row in enumerate(users):
        try:
            author = author_of(read(row, User))
        except RecordError as error:
            rejected.append(set_aside(row, f"{address}#users.{place}", error))
        else:
            found[author.author_key] = author
    return found, rejected


def author_of(user: User) -> Author:
    """Give an account as a record."""
    counts = user.public_metrics
    return Author(
        author_key=f"x:{user.id}",
        platform=PLATFORM,
        handle=user.username,
        display_name=user.name,
        url=f"https://x.com/{user.username}",
        created_at=moments.known_at(user.created_at),
        followers=counts.followers_count if counts else None,
        following=counts.following_count if counts else None,
        posts=counts.tweet_count if counts else None,
    )


def page_of_tweets(
    rows: Sequence[object],
    users: Sequence[object],
    *,
    address: str,
    view: View,
    captured_as: CapturedAs = "matched",
    cursor: str | None = None,
    reached_at: datetime | None = None,
    beyond: str | None = None,
) -> Page:
    """Make a page. Raises `PayloadError` if nothing on it can be read: the shape has changed."""
    authors, aside = authors_of(users, address)
    posts: dict[str, Post] = {}
    acts: dict[Interaction, None] = {}
    counts: dict[str, Engagement] = {}
    rejected: list[Rejected] = []
    for place, row in enumerate(rows):
        try:
            tweet = read(row, Tweet)
            post = _post(tweet, authors, view, captured_as)
        except RecordError as error:
            rejected.append(set_aside(row, f"{address}#{place}", error))
            continue
        posts[post.post_key] = post
        authors.setdefault(post.author_key, Author(author_key=post.author_key, platform=PLATFORM))
        acts |= dict.fromkeys(_acts(tweet, post))
        if tweet.public_metrics is not None and post.kind != "repost":
            counts[post.post_key] = _counts(tweet, post, view)
    if len(rejected) == len(rows) > 1:
        why = f"{rejected[0].field}: {rejected[0].reason}"
        raise PayloadError(f"{address}: none of {len(rows)} posts can be read: {why}")
    return page_of(
        posts=posts.values(),
        authors=authors.values(),
        interactions=acts,
        engagement=counts.values(),
        rejected=rejected + aside,
        received=len(rows) + len(aside),
        cursor=cursor,
        reached_at=reached_at,
        beyond=beyond,
    )


def _post(tweet: Tweet, authors: dict[str, Author], view: View, captured_as: CapturedAs) -> Post:
    author = authors.get(f"x:{tweet.author_id}")
    text = tweet.note_tweet.text if tweet.note_tweet is not None else tweet.text
    tags = [tag.tag for found in tweet.all_entities for tag in found.hashtags]
    if captured_as == "matched" and view.hashtag:
        tags.append(view.hashtag)  # a repost's text is cut, and its hashtag may be
    handle = author.handle if author is not None and author.handle else "i/web"
    return Post(
        post_key=f"x:{tweet.id}",
        platform=PLATFORM,
        author_key=f"x:{tweet.author_id}",
        kind=_kind(tweet),
        created_at=moments.posted_at(tweet.created_at, field="created_at"),
        captured_as=captured_as,
        text=unescape(text),
        lang=None if tweet.lang in _UNKNOWN else _LANGUAGES.get(tweet.lang or "", tweet.lang),
        url=f"https://x.com/{handle}/status/{tweet.id}",
        hashtags_raw=tuple(dict.fromkeys(tags)),
        urls=tuple(dict.fromkeys(_links(tweet))),
        reply_to_key=_key(tweet.reference("replied_to")),
        quote_of_key=_key(tweet.reference("quoted")),
        repost_of_key=_key(tweet.reference("retweeted")),
    )


def _links(tweet: Tweet) -> Iterable[str]:
    for found in tweet.all_entities:
        for link in found.urls:
            address = link.expanded_url or link.url
            try:
                host = urlsplit(address).hostname or ""
            except ValueError:
                continue
            # Links to other posts are quotes and pictures, which are known as such.
            if host.removeprefix("www.") not in _OWN:
                yield address


def _kind(tweet: Tweet) -> PostKind:
    if tweet.reference("retweeted"):
        return "repost"
    if tweet.reference("quoted"):
        return "quote"
    is_reply = tweet.reference("replied_to") or tweet.in_reply_to_user_id
    return "reply" if is_reply else "original"


def _key(native_id: str | None) -> str | None:
    return None if native_id is None else f"x:{native_id}"


def _acts(tweet: Tweet, post: Post) -> Iterable[Interaction]:
    named = {m.username.lower(): m for found in tweet.all_entities for m in found.mentions}

    def act(kind: InteractionKind, whom: str | None, what: str | None) -> Interaction:
        return Interaction(
            kind=kind,
            platform=PLATFORM,
            author_key=post.author_key,
            target_author_key=whom,
            post_key=post.post_key,
            target_post_key=what,
            acted_at=post.created_at,
        )

    def key_of(username: str) -> str:
        mention = named.get(username.lower())
        known = mention.id if mention is not None else None
        return f"x:{known}" if known else f"x:@{username.lower()}"

    if post.repost_of_key is not None:
        found = _REPOST.match(tweet.text)
        yield act("repost", key_of(found[1]) if found else None, post.repost_of_key)
        return  # the mentions in it are those of the post that it repeats
    answered = _key(tweet.in_reply_to_user_id)
    if post.kind == "reply" or post.reply_to_key is not None:
        yield act("reply", answered, post.reply_to_key)
    if post.quote_of_key is not None:
        yield act("quote", None, post.quote_of_key)
    for username in named:
        whom = key_of(username)
        if whom not in (answered, post.author_key):
            yield act("mention", whom, None)


def _counts(tweet: Tweet, post: Post, view: View) -> Engagement:
    counts = tweet.public_metrics
    return Engagement(
        post_key=post.post_key,
        observer=view.source,
        taken_at=view.now,
        reposts=counts.retweet_count if counts else None,
        quotes=counts.quote_count if counts else None,
        replies=counts.reply_count if counts else None,
        likes=counts.like_count if counts else None,
        views=counts.impression_count if counts else None,
    )


def set_aside(row: object, locator: str, error: RecordError) -> Rejected:
    """Keep what could not be read, with the reason."""
    raw = raw_of(row)
    return Rejected(locator=locator, reason=error.reason, raw=raw, field=error.field)
