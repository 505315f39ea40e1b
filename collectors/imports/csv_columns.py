"""Which column of a table holds what, as told by the operator or guessed from its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from collectors.errors import ImportFileError

# The names that exports and their readers use, the surest first: twarc-csv, minet, 4CAT, DMI-TCAT,
# the QUT coordination toolkit, CooRTweet, tweet-harvest.
NAMES: dict[str, tuple[str, ...]] = {
    "post_id": ("post_id", "tweet_id", "message_id", "status_id", "content_id", "id_str", "id"),
    "created_at": (
        "created_at", "timestamp_utc", "published_at", "timestamp", "datetime", "date_time",
        "timestamp_share", "tweet_created", "created_time", "created", "date", "time", "waktu",
        "tanggal",
    ),
    "author_id": ("author_id", "user_id", "user_id_str", "from_user_id", "account_id", "user_did",
        "unique_userid"),
    "author": (
        "author", "username", "author_username", "author_handle", "screen_name", "user_screen_name",
        "user_handle", "from_user_name", "from_user", "handle", "user_name", "user", "account",
        "name",
    ),
    "text": (
        "text", "full_text", "message", "content", "body", "tweet", "tweet_text", "caption",
        "post_text", "post_content", "teks",
    ),
    "url": ("url", "post_url", "tweet_url", "permalink", "link", "permanent_url"),
    "lang": ("lang", "language", "lang_detected"),
    "hashtags": ("hashtags", "entities_hashtags", "tags", "hashtag"),
    "urls": ("urls", "entities_urls", "links"),
    "mentions": ("mentions", "entities_mentions", "mentioned_names", "mentioned_users"),
    "repost_of_id": (
        "repost_of_id", "repost_id", "retweeted_id", "retweet_id", "retweeted_status_id",
        "referenced_tweets_retweeted_id",
    ),
    "repost_of_author": (
        "repost_of_author", "retweeted_user", "retweeted_username", "retweet_author",
        "retweet_screen_name",
    ),
    "reply_to_id": (
        "reply_to_id", "reply_id", "in_reply_to_status_id_str", "in_reply_to_status_id",
        "in_reply_to_id", "to_tweetid", "referenced_tweets_replied_to_id",
    ),
    "reply_to_author": (
        "reply_to_author", "in_reply_to_screen_name", "in_reply_to_username", "in_reply_to_user",
        "to_username", "reply_to_user", "reply_to_screen_name",
    ),
    "quote_of_id": (
        "quote_of_id", "quoted_id", "quoted_status_id", "quote_id",
        "referenced_tweets_quoted_id",
    ),
    "shared": ("object_id",),
    "platform": ("platform",),
    "like_count": (
        "like_count", "likes", "favorite_count", "favourite_count", "favorites", "likes_count",
        "public_metrics_like_count",
    ),
    "repost_count": (
        "repost_count", "reposts", "retweet_count", "retweets", "retweets_count", "share_count",
        "shares", "public_metrics_retweet_count",
    ),
    "reply_count": (
        "reply_count", "replies", "comment_count", "comments", "replies_count",
        "public_metrics_reply_count",
    ),
    "quote_count": ("quote_count", "quotes", "public_metrics_quote_count"),
    "view_count": (
        "view_count", "views", "impression_count", "play_count",
        "public_metrics_impression_count",
    ),
}  # fmt: skip
_SPELLING = re.compile(r"[\s.\-]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field of a post is: in a column, or one value for the whole file."""

    columns: Mapping[str, str]
    constants: Mapping[str, str]

    def fields(self) -> set[str]:
        """Give the fields that the table has."""
        return self.columns.keys() | self.constants.keys()

    def cell(self, cells: Mapping[str, str], field: str) -> str | None:
        """Give the cell of a field, or None if the table does not have it."""
        if field in self.constants:
            return self.constants[field]
        column = self.columns.get(field)
        return None if column is None else cells[column]


def resolve(path: Path, columns: tuple[str, ...], mapping: Mapping[str, str]) -> Columns:
    """Find the column of each field. Raises `ImportFileError`."""
    has = f"it has {', '.join(columns)}"
    chosen: dict[str, str] = {}
    constants: dict[str, str] = {}
    for field, column in mapping.items():
        if field not in NAMES:
            raise ImportFileError(
                f"{path}: there is no field {field!r} to map; the fields are {', '.join(NAMES)}"
            )
        if column.startswith("="):
            constants[field] = column[1:]
        elif column in columns:
            chosen[field] = column
        else:
            raise ImportFileError(f"{path} has no column {column!r}; {has}")
    taken = set(chosen.values())
    spelled = {_SPELLING.sub("_", column.casefold()): column for column in reversed(columns)}
    for field, names in NAMES.items():
        found = (spelled[name] for name in names if name in spelled)
        guess = next((column for column in found if column not in taken), None)
        if guess is not None and field not in mapping:
            chosen[field] = guess
            taken.add(guess)
    resolved = Columns(chosen, constants)
    if "created_at" not in resolved.fields():
        raise ImportFileError(
            f"{path} has no column that tells the time; {has}; name it with --map created_at=COLUMN"
        )
    if not {"author", "author_id"} & resolved.fields():
        raise ImportFileError(
            f"{path} has no column that tells the author; {has}; name it with --map author=COLUMN"
        )
    return resolved
