"""What a tweet of API v2, seen together with what came along, means as records."""

from __future__ import annotations

from datetime import datetime

from collectors.errors import RecordError
from collectors.imports import edges, x_words
from collectors.imports.frames import Gathered
from collectors.imports.times import known_iso, parse_iso
from collectors.imports.twitter_v2_shapes import Entities, Mention, Metrics, Tweet, User
from collectors.records import Author, CapturedAs, Engagement, Post

NAME = "twitter-v2"


class Around:
    """What came along in the same line: the accounts, and the tweets pointed to."""

    def __init__(self, taken_at: datetime) -> None:
        self.taken_at = taken_at
        self._authors: dict[str, Author] = {}
        self._ids: dict[str, str] = {}  # by handle
        self._tweets: dict[str, Tweet] = {}

    def add_user(self, user: User) -> None:
        """Know an account. Raises `RecordError`."""
        self._authors[user.id] = _author(user)
        self._ids[user.username.lower()] = user.id

    def add(self, tweet: Tweet) -> list[Tweet]:
        """Know a tweet, its author, and what `twarc flatten` wrote into it, which is given back.

        Raises `RecordError`.
        """
        self._tweets[tweet.id] = tweet
        if tweet.author is not None:
            self.add_user(tweet.author)
        inlined = [nested for nested in tweet.referenced_tweets if nested.text is not None]
        for nested in tuple(inlined):
            inlined += self.add(nested)
        return inlined

    def tweet(self, native_id: str | None) -> Tweet | None:
        """Give a tweet, if it came along."""
        return None if native_id is None else self._tweets.get(native_id)

    def handle(self, author_id: str) -> str | None:
        """Give the handle of an account, if it came along."""
        author = self._authors.get(author_id)
        return author.handle if author is not None else None

    def mention_key(self, mention: Mention) -> str:
        """Give the key of a named account; before 2021 the API did not give its id."""
        native_id = mention.id or self._ids.get(mention.username.lower())
        return x_words.author_key(native_id, mention.username) or ""

    def gather_authors(self, into: Gathered) -> None:
        """Take all accounts that came along."""
        for author in self._authors.values():
            into.authors.setdefault(author.author_key, author)


def gather_matched(tweet: Tweet, around: Around, into: Gathered) -> None:
    """Take a tweet that the source gave for the hashtag. Raises `RecordError`."""
    post = _post(tweet, around)
    into.matched.append(post)
    _gather_counts(tweet, post, around, into)
    into.interactions += edges.edges_of(
        post,
        repost_of=_reposted_author(tweet, around),
        quote_of=_author_of(_referenced(tweet, "quoted"), around),
        reply_to=x_words.key_or_none(tweet.in_reply_to_user_id)
        or _author_of(_referenced(tweet, "replied_to"), around),
        mentions=[around.mention_key(mention) for e in _entities(tweet) for mention in e.mentions],
    )


def gather_referenced(tweet: Tweet, around: Around, into: Gathered) -> None:
    """Take a tweet that came along. Raises `RecordError`."""
    if f"x:{tweet.id}" not in into.referenced:
        post = _post(tweet, around, captured_as="referenced")
        into.referenced[post.post_key] = post
        _gather_counts(tweet, post, around, into)


def _post(tweet: Tweet, around: Around, *, captured_as: CapturedAs = "matched") -> Post:
    author_id = tweet.author.id if tweet.author is not None else tweet.author_id
    author_id = _given(author_id, "author_id")
    text = _given(_text(tweet), "text")
    found = _entities(tweet)
    repost_of = _referenced(tweet, "retweeted")
    original = around.tweet(repost_of)
    if original is not None:
        # A retweet's text and entities are cut: its hashtag may stand in the original only.
        found = found + _entities(original)
        if x_words.is_cut_repost(text):
            text = _text(original) or text
    quote_of, reply_to = _referenced(tweet, "quoted"), _referenced(tweet, "replied_to")
    links = [link.expanded_url or link.url for entities in found for link in entities.urls]
    return Post(
        post_key=f"x:{tweet.id}",
        platform=x_words.PLATFORM,
        author_key=f"x:{author_id}",
        kind=edges.kind_of(
            repost=repost_of is not None,
            quote=quote_of is not None,
            reply=reply_to is not None or tweet.in_reply_to_user_id is not None,
        ),
        created_at=parse_iso(_given(tweet.created_at, "created_at"), field="$.created_at"),
        captured_as=captured_as,
        text=x_words.plain(text),
        lang=x_words.language(tweet.lang),
        url=x_words.post_url(around.handle(author_id), tweet.id),
        hashtags_raw=tuple(dict.fromkeys(tag.tag for e in found for tag in e.hashtags)),
        urls=tuple(dict.fromkeys(x_words.shared_links(links))),
        reply_to_key=x_words.key_or_none(reply_to),
        quote_of_key=x_words.key_or_none(quote_of),
        repost_of_key=x_words.key_or_none(repost_of),
    )


def _given(value: str | None, name: str) -> str:
    if value is None:
        raise RecordError(f"Object missing required field `{name}`", field=f"$.{name}")
    return value


def _text(tweet: Tweet) -> str | None:
    return tweet.note_tweet.text if tweet.note_tweet is not None else tweet.text


def _entities(tweet: Tweet) -> list[Entities]:
    """Give what the API found in the text, and in the rest of a long one."""
    note = tweet.note_tweet.entities if tweet.note_tweet is not None else None
    return [entities for entities in (tweet.entities, note) if entities is not None]


def _referenced(tweet: Tweet, kind: str) -> str | None:
    return next((r.id for r in tweet.referenced_tweets if r.type == kind), None)


def _author_of(native_id: str | None, around: Around) -> str | None:
    tweet = around.tweet(native_id)
    return x_words.key_or_none(tweet.author_id) if tweet is not None else None


def _reposted_author(tweet: Tweet, around: Around) -> str | None:
    """Give whom a retweet repeats; of an original that is gone the text still names the author."""
    repost_of = _referenced(tweet, "retweeted")
    if repost_of is None:
        return None
    known = _author_of(repost_of, around)
    handle = x_words.reposted_handle(tweet.text or "")
    if known is not None or handle is None:
        return known
    for mention in (mention for e in _entities(tweet) for mention in e.mentions):
        if mention.username.lower() == handle.lower():
            return around.mention_key(mention)
    return around.mention_key(Mention(username=handle))


def _gather_counts(tweet: Tweet, post: Post, around: Around, into: Gathered) -> None:
    counts = tweet.public_metrics
    if counts is None:
        return
    key = post.post_key
    if post.repost_of_key is not None:
        # A retweet shows how often its original was retweeted, and zeros of its own.
        counts = Metrics(retweet_count=counts.retweet_count)
        key = post.repost_of_key
        if around.tweet(_referenced(tweet, "retweeted")) is not None:
            return  # which gives all its counts itself
    into.add_engagement(
        Engagement(
            post_key=key,
            observer=f"import:{NAME}",
            taken_at=around.taken_at,
            reposts=counts.retweet_count,
            quotes=counts.quote_count,
            replies=counts.reply_count,
            likes=counts.like_count,
            views=counts.impression_count,
        )
    )


def _author(user: User) -> Author:
    counts = user.public_metrics
    return Author(
        author_key=f"x:{user.id}",
        platform=x_words.PLATFORM,
        handle=user.username,
        display_name=user.name,
        url=f"https://x.com/{user.username}",
        created_at=known_iso(user.created_at, field="$.created_at"),
        followers=counts.followers_count if counts is not None else None,
        following=counts.following_count if counts is not None else None,
        posts=counts.tweet_count if counts is not None else None,
    )
