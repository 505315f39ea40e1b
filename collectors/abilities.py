"""What each source can show, in words for the operator; docs/sources.md says more of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a source can show. `-`: it cannot, or nobody outside can ask for it."""

    title: str
    needs: str  # to be allowed to ask
    finds: str  # posts, by what
    past: str  # how far back
    reposts: str
    replies: str  # and quotes
    counts: str
    removals: str  # what was deleted, and how gaung learns of it
    limits: str
    key: str | None = None  # the setting without which it is not asked


ABILITIES: dict[str, Abilities] = {
    "mastodon": Abilities(
        title="Mastodon and servers that speak its API",
        needs="nothing; a token for quotes and streaming",
        finds="hashtag, exact",
        past="all that the server has",
        reposts="who, and when within bounds",
        replies="replies; quotes with a token",
        counts="as each server knows them",
        removals="asked for daily",
        limits="300 requests in 5 minutes per server",
    ),
    "bluesky": Abilities(
        title="Bluesky",
        needs="nothing; an app password to search the past",
        finds="hashtag, exact; live",
        past="36 hours; with an app password years",
        reposts="who, when, and through whom",
        replies="replies and quotes",
        counts="as the network's AppView knows them",
        removals="at once",
        limits="some hundred events a second are heard",
    ),
    "news": Abilities(
        title="News: RSS and Atom feeds, GDELT",
        needs="nothing",
        finds="hashtag, its words, synonyms; in headlines and summaries",
        past="what feeds hold: hours to days; GDELT since 2015",
        reposts="-",
        replies="posts that link to an article",
        counts="-",
        removals="-",
        limits="each feed once in ten minutes",
    ),
    "youtube": Abilities(
        title="YouTube",
        needs="an API key",
        finds="hashtag in title, description, keywords; fuzzy search",
        past="since 2005",
        reposts="-",
        replies="comments",
        counts="views, likes, comments",
        removals="asked for daily",
        limits="100 searches a day",
        key="key_env",
    ),
    "telegram": Abilities(
        title="Telegram, public channels that you name",
        needs="nothing",
        finds="hashtag, in the named channels only",
        past="to the first message",
        reposts="forwards of and by these channels",
        replies="replies within a channel",
        counts="views and reactions, rounded",
        removals="-",
        limits="a page of 20 in 3 seconds",
        key="channels",
    ),
    "misskey": Abilities(
        title="Misskey and its family",
        needs="nothing",
        finds="hashtag, exact",
        past="all that the server has",
        reposts="who and when",
        replies="replies and quotes",
        counts="as each server knows them",
        removals="asked for daily",
        limits="each server's own",
    ),
    "nostr": Abilities(
        title="Nostr relays",
        needs="nothing",
        finds="hashtag, in three spellings",
        past="what the relay keeps",
        reposts="who and when",
        replies="replies and quotes",
        counts="-",
        removals="what the author asked for",
        limits="each relay's own",
    ),
    "threads": Abilities(
        title="Threads",
        needs="a token with Meta's approval for keyword search",
        finds="topic tag or word",
        past="ranked by Meta; bounded by time",
        reposts="-",
        replies="replies and quotes that carry the hashtag too",
        counts="-",
        removals="-",
        limits="2,200 queries a day",
        key="token_env",
    ),
    "x": Abilities(
        title="X, by its API",
        needs="a token, money, and terms that forbid much to governments",
        finds="hashtag, exact",
        past="7 days",
        reposts="who, without time; each costs",
        replies="quotes; each costs",
        counts="yes",
        removals="-",
        limits="the budget that you set",
        key="token_env",
    ),
}
