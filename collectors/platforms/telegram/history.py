"""A channel's page into its blocks, and its blocks into a page of posts with a hashtag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from collectors import hashtags
from collectors.errors import AccessRefusedError, PayloadError, RecordError
from collectors.page import Page, page_of
from collectors.platforms.telegram.blocks import Block, block_of, count_of, numbers_of
from collectors.platforms.telegram.bounds import MOST_MESSAGES, refuse_unbounded
from collectors.platforms.telegram.links import PLATFORM, author_key
from collectors.records import (
    Author,
    CapturedAs,
    Engagement,
    Interaction,
    InteractionKind,
    Post,
    PostKind,
    Rejected,
)

_LONGEST_RAW = 20_000
_MESSAGES = ".js-widget_message"
_TRACES = "[data-post], time[datetime], .js-message_text, .tgme_widget_message_text"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One page of a channel, newest block first."""

    channel: str
    title: str | None
    subscribers: int | None  # rounded
    blocks: tuple[Block, ...]
    rejected: tuple[Rejected, ...]
    received: int
    lowest: int | None  # the lowest number of a message on the page


def history_of(body: bytes, *, channel: str, address: str) -> History:
    """Read a page. Raises `CollectorError`: almost every refusal comes with status 200 too."""
    refuse_unbounded(body, address)
    tree = LexborHTMLParser(body.decode("utf-8", "replace"))
    _refuse_other_pages(tree, address)
    nodes = tree.css(_MESSAGES)
    if len(nodes) > MOST_MESSAGES:
        raise PayloadError(f"{address}: has {len(nodes):,} messages, too many for a channel's page")
    if not nodes and tree.css_first(_TRACES):
        # Messages that are only named otherwise must not read as a channel that is silent.
        raise PayloadError(f"{address}: there are messages of an unknown shape")
    blocks: list[Block] = []
    rejected: list[Rejected] = []
    numbers: set[int] = set()
    for place, node in enumerate(nodes):
        numbers |= numbers_of(node)
        try:
            blocks.append(block_of(node))
        except RecordError as error:
            raw = (node.html or "")[:_LONGEST_RAW]
            rejected.append(
                Rejected(
                    locator=f"{address}#{place}", reason=error.reason, raw=raw, field=error.field
                )
            )
    if nodes and (not numbers or len(rejected) == len(nodes) > 1):
        why = f"{rejected[0].field}: {rejected[0].reason}"
        raise PayloadError(f"{address}: none of {len(nodes)} messages can be read: {why}")
    blocks.sort(key=lambda block: block.place.message or 0, reverse=True)
    return History(
        channel=channel,
        title=_title(tree),
        subscribers=_subscribers(tree),
        blocks=tuple(blocks),
        rejected=tuple(rejected),
        received=len(nodes),
        lowest=min(numbers, default=None),
    )


def page_of_history(
    history: History,
    hashtag: str,
    *,
    source: str,
    now: datetime,
    cursor: str | None,
    beyond: str | None = None,
) -> Page:
    """Give the posts with a hashtag, and those on the same page that they point to."""
    shown = [block for block in history.blocks if not block.is_service]
    # Any message of an album may be the one that is linked; the block has one key.
    keys = {
        f"{PLATFORM}:{history.channel}/{number}": block
        for block in shown
        for number in block.numbers
    }
    wanted = hashtags.normalize(hashtag)
    matched = [block for block in shown if wanted in hashtags.normalize_all(block.tags)]
    acts = [act for block in matched for act in _interactions(block, keys)]
    aims = {act.target_post_key for act in acts}
    along = [block for block in shown if block not in matched and _key(block) in aims]
    kinds: list[tuple[Block, CapturedAs]] = [
        *((block, "matched") for block in matched),
        *((block, "referenced") for block in along),
    ]
    found = {_key(block): (block, captured_as) for block, captured_as in reversed(kinds)}
    ordered = [(block, captured_as) for block, captured_as in kinds if found.pop(_key(block), None)]
    return page_of(
        posts=[_post(block, captured_as, keys) for block, captured_as in ordered],
        authors=_authors(ordered, history),
        interactions=dict.fromkeys(acts),
        engagement=[
            Engagement(
                post_key=_key(block),
                observer=source,
                taken_at=now,
                likes=block.reactions,
                views=block.views,
            )
            for block, _ in ordered
        ],
        rejected=history.rejected,
        received=history.received,
        cursor=cursor,
        # Numbers go by time; the time of the lowest is not passed by a late one among the rest.
        reached_at=history.blocks[-1].created_at if history.blocks else None,
        beyond=beyond,
    )


def _refuse_other_pages(tree: LexborHTMLParser, address: str) -> None:
    if tree.css_first(".tgme_channel_history, .tgme_channel_info, .tme_no_messages_found"):
        return
    if tree.css_first(".tgme_page, .tgme_page_wrap"):
        raise refused(address)
    raise PayloadError(
        f"{address} answered with no channel's page: a challenge to bots, a login, or a new shape"
    )


def refused(address: str) -> AccessRefusedError:
    """Give the error of a name that has no public page; its last part is the remedy."""
    return AccessRefusedError(
        f"{address}: a group, a person, a channel without a public page, or no such name; "
        "take it out of collectors.telegram.channels, or correct it"
    )


def _title(tree: LexborHTMLParser) -> str | None:
    shown = tree.css_first(".tgme_channel_info_header_title") or tree.css_first(
        ".tgme_widget_message_owner_name"
    )
    return None if shown is None else shown.text().replace("\x00", "").strip() or None


def _subscribers(tree: LexborHTMLParser) -> int | None:
    for counter in tree.css(".tgme_channel_info_counter"):
        kind, value = counter.css_first(".counter_type"), counter.css_first(".counter_value")
        if kind and value and kind.text().strip().startswith("subscriber"):
            try:
                return count_of(value.text())
            except RecordError:  # the page's posts do not depend on it
                return None
    return None


def _authors(found: list[tuple[Block, CapturedAs]], history: History) -> list[Author]:
    names = {block.place.name.lower(): block.place.name for block, _ in found}
    is_own = {name: name == history.channel for name in names}
    return [
        Author(
            author_key=author_key(name),
            platform=PLATFORM,
            handle=shown,
            display_name=history.title if is_own[name] else None,
            url=f"https://t.me/{shown}",
            followers=history.subscribers if is_own[name] else None,
        )
        for name, shown in names.items()
    ]


def _key(block: Block) -> str:
    return str(block.place.post_key)


def _whole(key: str | None, keys: dict[str, Block]) -> str | None:
    return _key(keys[key]) if key in keys else key


def _post(block: Block, captured_as: CapturedAs, keys: dict[str, Block]) -> Post:
    kind: PostKind = (
        "repost" if block.is_forward else "reply" if block.reply_to is not None else "original"
    )
    origin, answered = block.forwarded_from, block.reply_to
    return Post(
        post_key=_key(block),
        platform=PLATFORM,
        author_key=block.place.author_key,
        kind=kind,
        created_at=block.created_at,
        captured_as=captured_as,
        text=block.text,
        url=f"https://t.me/{block.place.name}/{block.place.message}",
        hashtags_raw=block.tags,
        urls=block.links,
        reply_to_key=None if answered is None else _whole(answered.post_key, keys),
        repost_of_key=None if origin is None else _whole(origin.post_key, keys),
    )


def _interactions(block: Block, keys: dict[str, Block]) -> Iterator[Interaction]:
    def act(kind: InteractionKind, author: str | None, post: str | None) -> Interaction:
        return Interaction(
            kind=kind,
            platform=PLATFORM,
            author_key=block.place.author_key,
            target_author_key=author,
            post_key=_key(block),
            target_post_key=_whole(post, keys),
            acted_at=block.created_at,
        )

    if block.is_forward:
        # Whom a forwarded message mentions was said by its first author.
        origin = block.forwarded_from
        if origin is None:
            yield act("forward", None, None)
        else:
            yield act("forward", origin.author_key, origin.post_key)
        return
    if (answered := block.reply_to) is not None:
        yield act("reply", answered.author_key, answered.post_key)
    for place in block.mentions:
        # Channels sign their messages with their own name.
        if place.author_key != block.place.author_key:
            yield act("mention", place.author_key, place.post_key)
