"""Which column of a table holds what, as told by the operator or guessed from its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from collectors.errors import ImportFileError
from collectors.imports.csv_keys import own_id

# The names that exports and their readers use, the surest first: twarc-csv, minet, 4CAT, DMI-TCAT,
# the QUT coordination toolkit, CooRTweet, tweet-harvest.
NAMES: dict[str, tuple[str, ...]] = {
    # Of several, `own_id` takes the one that tells records apart: a comment's `post_id` is the post
    # under which it stands.
    "post_id": (
        "comment_id", "commentid", "comment_pk", "cid", "post_id", "tweet_id", "message_id",
        "status_id", "content_id", "id_str", "id",
    ),
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
        "retweet_status_id",
        "referenced_tweets_retweeted_id",
    ),
    "repost_of_author": (
        "repost_of_author", "retweeted_user", "retweeted_username", "retweet_author",
        "retweet_screen_name",
    ),
    "reply_to_id": (
        "reply_to_id", "reply_id", "in_reply_to_status_id_str", "in_reply_to_status_id",
        "in_reply_to_id", "to_tweetid", "referenced_tweets_replied_to_id", "reply_to_status_id",
        "reply_to_msg_id", "reply_to_message_id",
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
    # In which messages are numbered from 1 on, each for itself (Telegram, VK, chats).
    "channel": (
        "channel", "channel_username", "channel_name", "channel_id", "chat_username", "chat",
        "chat_id", "peer_id", "group_id", "owner_id", "channel_title", "chat_title", "chat_name",
        "group_name", "dialog_id",
    ),
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
# https://github.com/nicolarighetti/CooRTweet: only beside these is `object_id` what was shared.
# Facepager, for one, calls each record's own id so.
_COORTWEET = frozenset({"object_id", "account_id", "content_id", "timestamp_share"})
_SHAREABLE = frozenset({"channel"})  # fields that may be read from another field's column


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


def spelled(column: str) -> str:
    """Return the name of a column as `NAMES` has it."""
    return _SPELLING.sub("_", column.casefold())


def resolve(
    path: Path,
    columns: tuple[str, ...],
    mapping: Mapping[str, str],
    rows: Sequence[Mapping[str, str]] = (),
) -> Columns:
    """Find the column of each field. Raises `ImportFileError`.

    rows: the first ones, which tell a record's own id from that of what it belongs to.
    """
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
    named = {spelled(column): column for column in reversed(columns)}
    for field, names in NAMES.items():
        if field in mapping or (field == "shared" and not named.keys() >= _COORTWEET):
            continue
        found = [named[name] for name in names if name in named]
        free = [column for column in found if column not in taken or field in _SHAREABLE]
        if not free:
            continue
        chosen[field] = own_id(free, rows) if field == "post_id" else free[0]
        taken.add(chosen[field])
    _add_what_channels_and_comments_tell(chosen, constants, named)
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


def _add_what_channels_and_comments_tell(
    chosen: dict[str, str], constants: Mapping[str, str], named: Mapping[str, str]
) -> None:
    """Let a channel write what stands in it, and a comment answer the post that it is under."""
    has = chosen.keys() | constants.keys()
    if "channel" in chosen and not {"author", "author_id"} & has:
        chosen["author"] = chosen["channel"]
    above = named.get("post_id")
    if above and "post_id" in chosen and above not in chosen.values() and "reply_to_id" not in has:
        chosen["reply_to_id"] = above
