"""What tells the records of a table apart: their own ids, and rows that are one post again.

A table may hold several ids (of a comment, of the video under it, of the row), and ids that count
from 1 in each channel (https://github.com/LonamiWebs/Telethon/issues/1308). A key that is taken
from the wrong one makes different posts one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from collectors.errors import RecordError
from collectors.imports import cells
from collectors.records import Engagement, Post

SAMPLE_ROWS = 2_000
# Ids of whole networks are longer (X 19, Facebook 15, Discord 18 digits); those that count up
# within a channel are not.
SHORT_ID = 12
# A file may have any number of posts, and each that is remembered takes about 200 bytes.
MOST_KNOWN = 1_000_000
ANOTHER_POST = (
    "another post in this file has the same id: name the column of each record's own "
    "id with --map post_id=COLUMN, or of its channel with --map channel=COLUMN"
)


def own_id(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    """Return which of several columns holds the records' own ids: the first that tells them apart.

    >>> rows = [{"post_id": "500", "id": "7001"}, {"post_id": "500", "id": "7003"}]
    >>> own_id(["post_id", "id"], rows), own_id(["post_id", "id"], [])
    ('id', 'post_id')
    """
    ids = {column: _ids(column, rows) for column in columns}
    whole = [c for c in columns if ids[c] and len(ids[c]) * 2 >= len(rows)] or list(columns)
    distinct = [c for c in whole if len(set(ids[c])) == len(ids[c])]
    first = whole[0]
    if first in distinct:
        return first
    # The number of a row is another one in the next file.
    return next((c for c in distinct if not _counts_up(ids[c])), first)


def _ids(column: str, rows: Sequence[Mapping[str, str]]) -> list[str]:
    found = (cells.intact_id(row.get(column)) for row in rows)
    return [value for value in found if value is not None]


def _counts_up(ids: Sequence[str]) -> bool:
    """Return whether ids are the numbers of rows."""
    numbers = [int(value) for value in ids if value.isdecimal() and len(value) < SHORT_ID]
    return len(numbers) == len(ids) and numbers == list(
        range(numbers[0], numbers[0] + len(numbers))
    )


def within(channel: str | None, native_id: str) -> str:
    """Return an id that is one beyond its channel.

    >>> within("Kabar_Satu", "101"), within("kabar", "1895262175704556019"), within(None, "101")
    ('kabar_satu/101', '1895262175704556019', '101')
    """
    if channel is None or not native_id.isdecimal() or len(native_id) >= SHORT_ID:
        return native_id
    return f"{channel.removeprefix('@').lower()}/{native_id}"


class Repeats:
    """The posts of one file so far: is a row a post again, or another post with the same id?"""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, int, int]] = {}

    def is_repeat(self, post: Post) -> bool:
        """Return whether this post was read before. Raises `RecordError` if another one was.

        Another: of another author, or of another time and with other words. A post that was read
        twice may have been edited, or be dated by when it was read, but hardly both.
        """
        key = hash(post.post_key)
        said = (hash(post.author_key), hash(post.created_at), hash(post.text))
        before = self._known.get(key)
        if before is None:
            if len(self._known) < MOST_KNOWN:
                self._known[key] = said
            return False
        if before[0] != said[0] or (before[1] != said[1] and before[2] != said[2]):
            raise RecordError(ANOTHER_POST, field="post_id")
        return True


def later(before: Engagement | None, counts: Engagement) -> Engagement:
    """Return the counts of a post that stands in a file several times: the highest of each."""
    if before is None:
        return counts

    def highest(one: int | None, other: int | None) -> int | None:
        return max((n for n in (one, other) if n is not None), default=None)

    return replace(
        counts,
        reposts=highest(before.reposts, counts.reposts),
        quotes=highest(before.quotes, counts.quotes),
        replies=highest(before.replies, counts.replies),
        likes=highest(before.likes, counts.likes),
        views=highest(before.views, counts.views),
    )
