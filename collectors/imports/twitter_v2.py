"""Tweets as twarc writes them from API v2: pages with includes, streamed, or flattened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from collectors.errors import ImportFileError, RecordError
from collectors.imports import jsonl
from collectors.imports.frames import Gathered
from collectors.imports.sample import ImportOptions, Provenance, Sample
from collectors.imports.times import known_iso
from collectors.imports.twitter_v2_records import NAME, Around, gather_matched, gather_referenced
from collectors.imports.twitter_v2_shapes import Envelope, Includes, Problem, Tweet, User
from collectors.page import Page

_MAPPING = [
    ("id", "post_id"),
    ("created_at", "created_at"),
    ("author_id", "author_id"),
    ("includes.users[].username", "author"),
    ("note_tweet.text, text", "text"),
    ("lang", "lang"),
    ("entities.hashtags[].tag", "hashtags"),
    ("entities.urls[].expanded_url", "urls"),
    ("entities.mentions[].id", "mentions"),
    ("referenced_tweets[retweeted].id", "repost_of_id"),
    ("referenced_tweets[replied_to].id", "reply_to_id"),
    ("in_reply_to_user_id", "reply_to_author"),
    ("referenced_tweets[quoted].id", "quote_of_id"),
    ("public_metrics.like_count", "like_count"),
    ("public_metrics.retweet_count", "repost_count"),
    ("public_metrics.reply_count", "reply_count"),
    ("public_metrics.quote_count", "quote_count"),
    ("public_metrics.impression_count", "view_count"),
]
_ENVELOPE = msgspec.json.Decoder(Envelope)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_TWEET = msgspec.json.Decoder(Tweet)
_USER = msgspec.json.Decoder(User)

_Shape = TypeVar("_Shape")
_Reject = Callable[[Exception, bytes, str], None]  # why, the record, where in the line


class TwitterV2:
    """Reads JSON Lines of API v2."""

    name = NAME
    title = "Twitter API v2, JSON Lines (twarc)"

    def recognizes(self, sample: Sample) -> bool:
        """Tell by the keys that only API v2 has; a first line may be longer than the sample."""
        record = jsonl.first_record(sample.head)
        is_tweet = b'"text"' in record and b'"author_id"' in record
        return is_tweet or record.startswith((b'{"errors"', b'{"meta"'))

    def pages(self, path: Path, options: ImportOptions) -> Iterator[Page]:
        """Read the file page by page. Raises `ImportFileError`."""
        gathered = Gathered()
        end = 0
        for number, content, end in jsonl.lines(path):
            reject = partial(_reject, gathered, path, number)
            try:
                _read(_ENVELOPE.decode(content), content, gathered, options.captured_at, reject)
            except (*jsonl.BROKEN, RecordError) as error:
                gathered.received += 1
                reject(error, content, "$")
            if gathered.received >= options.page_size:
                yield gathered.page(progress=end)
                gathered = Gathered()
        if gathered.received:
            yield gathered.page(progress=end)

    def mapping(self, sample: Sample, options: ImportOptions) -> list[tuple[str, str]]:
        """Give the keys that are read, and what they fill."""
        return list(_MAPPING)

    def provenance(self, sample: Sample) -> Provenance:
        """Tell by what twarc notes of its request, which stands at the end of a line."""
        try:
            _, content, _ = next(jsonl.lines(sample.path))
        except (ImportFileError, StopIteration):
            return Provenance()
        is_stream = b'"matching_rules"' in content or b"/tweets/search/stream" in content
        is_search = b"/tweets/search/" in content and b'"__twarc"' in content
        return Provenance(
            tool="twarc" if b'"__twarc"' in content else None,
            capture_mode="streamed" if is_stream else "searched" if is_search else "unknown",
        )


def _read(
    envelope: Envelope, content: bytes, into: Gathered, captured_at: datetime, reject: _Reject
) -> None:
    """Take what a line holds, and set aside what of it cannot be read."""
    raws = _matched(envelope, content)
    if not raws:
        if envelope.errors or envelope.meta is None:
            raise RecordError(_why(envelope.errors))
        return  # a page without hits
    said_at = envelope.twarc.retrieved_at if envelope.twarc is not None else None
    around = Around(known_iso(said_at, field="$.__twarc.retrieved_at") or captured_at)
    into.received += len(raws)
    referenced = _read_includes(envelope.includes, around, into, reject)
    matched = []
    for at, raw, tweet in _decoded(_TWEET, raws, reject):
        try:
            inlined = around.add(tweet)
        except RecordError as error:
            reject(error, raw, at)
            continue
        matched.append((at, raw, tweet))
        referenced += [(f"{at}.referenced_tweets", raw, nested) for nested in inlined]
    # Only now is all known that one of them may point to.
    for at, raw, tweet in matched:
        try:
            gather_matched(tweet, around, into)
        except RecordError as error:
            reject(error, raw, at)
    for at, raw, tweet in referenced:
        try:
            gather_referenced(tweet, around, into)
        except RecordError as error:
            into.received += 1
            reject(error, raw, at)
    around.gather_authors(into)


def _matched(envelope: Envelope, content: bytes) -> list[tuple[str, bytes]]:
    """Give the tweets of the line with their places in it."""
    data = bytes(envelope.data)
    if data.startswith(b"["):
        return _numbered("$.data", _LIST.decode(data))
    if data != b"null":
        return [("$.data", data)]
    return [] if envelope.id is None else [("$", content)]


def _read_includes(
    includes: Includes | None, around: Around, into: Gathered, reject: _Reject
) -> list[tuple[str, bytes, Tweet]]:
    if includes is None:
        return []
    rejected_before = len(into.rejected)
    for at, raw, user in _decoded(_USER, _numbered("$.includes.users", includes.users), reject):
        try:
            around.add_user(user)
        except RecordError as error:
            reject(error, raw, at)
    referenced = list(_decoded(_TWEET, _numbered("$.includes.tweets", includes.tweets), reject))
    for _, _, tweet in referenced:
        around.add(tweet)
    into.received += len(into.rejected) - rejected_before
    return referenced


def _numbered(at: str, raws: Iterable[msgspec.Raw]) -> list[tuple[str, bytes]]:
    return [(f"{at}[{i}]", bytes(raw)) for i, raw in enumerate(raws)]


def _decoded(
    decoder: msgspec.json.Decoder[_Shape], raws: Iterable[tuple[str, bytes]], reject: _Reject
) -> Iterator[tuple[str, bytes, _Shape]]:
    for at, raw in raws:
        try:
            yield at, raw, decoder.decode(raw)
        except jsonl.BROKEN as error:
            reject(error, raw, at)


def _reject(into: Gathered, path: Path, number: int, error: Exception, raw: bytes, at: str) -> None:
    if isinstance(error, RecordError):
        reason, field = error.reason, error.field
    else:
        reason, field = jsonl.reason_and_field(str(error))
    if field is not None or at != "$":
        field = at + (field or "$").removeprefix("$")
    into.rejected.append(jsonl.rejected(path, number, reason, raw, field=field))


def _why(problems: list[Problem]) -> str:
    if not problems:
        return "neither a tweet nor a page of tweets: no `data`"
    said = [problem.detail or problem.message or problem.title or "?" for problem in problems]
    return "the API gave only errors: " + "; ".join(dict.fromkeys(said))
