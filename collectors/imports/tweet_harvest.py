"""The CSV of tweet-harvest, often after a spreadsheet has been at it.

https://github.com/helmisatria/tweet-harvest
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from collectors import hashtags
from collectors.errors import ImportFileError, RecordError
from collectors.imports import cells, csv_reading, edges, x_words
from collectors.imports.csv_reading import Row
from collectors.imports.frames import Gathered
from collectors.imports.sample import ImportOptions, Provenance, Sample
from collectors.imports.times import parse_any
from collectors.page import Page
from collectors.records import Author, Engagement, Post

NAME = "tweet-harvest"
_COLUMNS = ("created_at", "full_text", "tweet_url")
_FIELDS = {
    "tweet_url": "url",
    "id_str": "post_id",
    "created_at": "created_at",
    "user_id_str": "author_id",
    "username": "author",
    "full_text": "text",
    "lang": "lang",
    "in_reply_to_screen_name": "reply_to_author",
    "favorite_count": "like_count",
    "retweet_count": "repost_count",
    "reply_count": "reply_count",
    "quote_count": "quote_count",
}


class TweetHarvest:
    """Reads the CSV of tweet-harvest."""

    name = NAME
    title = "tweet-harvest, CSV"

    def recognizes(self, sample: Sample) -> bool:
        """Tell by the columns."""
        try:
            columns = csv_reading.table_of(sample.path, sample.head).columns
        except ImportFileError:
            return False
        return is_of(columns)

    def pages(self, path: Path, options: ImportOptions) -> Iterator[Page]:
        """Read the file page by page. Raises `ImportFileError`."""
        table = csv_reading.open_table(path)
        missing = [column for column in _COLUMNS if column not in table.columns]
        if missing:
            raise ImportFileError(
                f"{path} is not of tweet-harvest: it lacks {', '.join(missing)} and has"
                f" {', '.join(table.columns)}; import it with --format csv"
            )
        return csv_reading.pages(table, options, _gather)

    def mapping(self, sample: Sample, options: ImportOptions) -> list[tuple[str, str]]:
        """Give the columns that are read, and what they fill."""
        columns = csv_reading.table_of(sample.path, sample.head).columns
        return [(column, field) for column, field in _FIELDS.items() if column in columns]

    def provenance(self, sample: Sample) -> Provenance:
        """Tell the tool, which searches X as a person would."""
        return Provenance(tool=NAME, capture_mode="searched")


def is_of(columns: Iterable[str]) -> bool:
    """Tell whether a table with these columns is of tweet-harvest."""
    return set(_COLUMNS) <= set(columns)


def pages_of_rows(path: Path, rows: Iterable[Row], options: ImportOptions) -> Iterator[Page]:
    """Read rows that were taken out of a table before."""
    return csv_reading.pages_of(path, rows, options, _gather)


def _gather(row: Row, into: Gathered, options: ImportOptions) -> None:
    given = row.cells
    post, handle, answered = _read(given)
    # Before anything is taken: a row is taken whole or not at all.
    counts = _counts(post, given, options)
    into.matched.append(post)
    into.add_engagement(counts)
    if post.author_key not in into.authors:
        into.authors[post.author_key] = Author(
            author_key=post.author_key,
            platform=x_words.PLATFORM,
            handle=handle,
            url=f"https://x.com/{handle}" if handle else None,
        )
    into.interactions += edges.edges_of(
        post,
        reply_to=x_words.author_key(None, answered),
        mentions=[f"x:@{name.lower()}" for name in x_words.handles_in(post.text or "")],
    )


def _read(given: dict[str, str]) -> tuple[Post, str | None, str | None]:
    """Give the post, its author's handle, and the handle that it answers."""
    url = given["tweet_url"].strip()
    in_url = x_words.handle_and_id(url)
    # The address is text, and no spreadsheet rounds it.
    native_id = in_url[1] if in_url else cells.intact_id(given.get("id_str"))
    if native_id is None:
        raise RecordError(
            f"no whole id, neither in {url!r:.80} nor in {given.get('id_str')!r:.40}",
            field="tweet_url",
        )
    handle = _handle(given.get("username")) or (in_url[0] if in_url else None)
    author_key = x_words.author_key(cells.intact_id(given.get("user_id_str")), handle)
    if author_key is None:
        raise RecordError("no author", field="username")
    text = x_words.plain(cells.text(given["full_text"]) or "")
    answered = _answered(given, native_id, text)
    post = Post(
        post_key=f"x:{native_id}",
        platform=x_words.PLATFORM,
        author_key=author_key,
        kind="original" if answered is None else "reply",
        created_at=parse_any(given["created_at"], field="created_at"),
        text=text,
        lang=x_words.language(cells.known(given.get("lang"))),
        url=url or x_words.post_url(handle, native_id),
        hashtags_raw=hashtags.in_text(text),
        urls=x_words.links_in(text),
    )
    return post, handle, answered


def _handle(cell: str | None) -> str | None:
    value = cells.reference(cell)
    return None if value is None else value.lstrip("@") or None


def _answered(given: dict[str, str], native_id: str, text: str) -> str | None:
    """Give the handle that is answered, '' if only that it is an answer is known, or None."""
    if "in_reply_to_screen_name" in given:
        return _handle(given["in_reply_to_screen_name"])
    # Older files tell it only by a conversation that another tweet began.
    conversation = cells.intact_id(given.get("conversation_id_str", ""))
    if conversation is None or conversation == native_id:
        return None
    return x_words.leading_handle(text) or ""


def _counts(post: Post, given: dict[str, str], options: ImportOptions) -> Engagement:
    return Engagement(
        post_key=post.post_key,
        observer=f"import:{NAME}",
        taken_at=options.captured_at,
        reposts=cells.count(given.get("retweet_count"), "retweet_count"),
        quotes=cells.count(given.get("quote_count"), "quote_count"),
        replies=cells.count(given.get("reply_count"), "reply_count"),
        likes=cells.count(given.get("favorite_count"), "favorite_count"),
    )
