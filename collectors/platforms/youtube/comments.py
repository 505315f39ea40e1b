"""Comments on a video into replies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from collectors import hashtags, moments
from collectors.collector import PostRef
from collectors.errors import RecordError
from collectors.page import Page, page_of
from collectors.platforms.youtube.payloads import (
    Answer,
    CommentSnippet,
    Thread,
    answer_of,
    read_all,
)
from collectors.platforms.youtube.videos import PLATFORM
from collectors.records import Author, Engagement, Interaction, Post, Rejected


class Comments:
    """Gathers the pages of comments on one post."""

    def __init__(self, post: PostRef, *, source: str, now: datetime) -> None:
        self._post = post
        self._source = source
        self._now = now
        self._posts: dict[str, Post] = {}
        self._authors: dict[str, Author] = {}
        self._interactions: dict[str, Interaction] = {}
        self._engagement: dict[str, Engagement] = {}
        self._rejected: list[Rejected] = []
        self._received = 0

    def add(self, payload: object, address: str) -> str | None:
        """Take a page; give the token of the next one, if it can tell more than we know."""
        answer = answer_of(payload, Answer, address)
        threads, rejected = read_all(answer.items, Thread, address, check=_check)
        for thread in threads:
            self._take(thread)
        self._rejected += rejected
        self._received += len(answer.items)
        if not answer.items or self._is_known(threads):
            return None
        return answer.next_page_token or None

    def page(self) -> Page:
        """Give all that was taken."""
        return page_of(
            posts=self._posts.values(),
            authors=self._authors.values(),
            interactions=self._interactions.values(),
            engagement=self._engagement.values(),
            rejected=self._rejected,
            received=self._received,
        )

    def _is_known(self, threads: Sequence[Thread]) -> bool:
        # Newest first: what is older than the last question was in its answer.
        checked_at = self._post.last_checked_at
        if checked_at is None or not threads:
            return False
        return threads[-1].snippet.top_level_comment.snippet.published_at < checked_at

    def _take(self, thread: Thread) -> None:
        comment = thread.snippet.top_level_comment
        said, key = comment.snippet, f"{PLATFORM}:{comment.id}"
        if key in self._posts:  # a page may give a comment again, and name its author otherwise
            return
        author = _author(said)
        created_at = moments.utc(said.published_at)
        edited_at = moments.known_at(said.updated_at)
        self._authors.setdefault(author.author_key, author)
        self._posts[key] = Post(
            post_key=key,
            platform=PLATFORM,
            author_key=author.author_key,
            kind="reply",
            created_at=created_at,
            captured_as="referenced",
            text=said.text_display,
            url=f"{self._post.url}&lc={comment.id}" if self._post.url else None,
            edited_at=None if edited_at == created_at else edited_at,
            hashtags_raw=hashtags.in_text(said.text_display),
            reply_to_key=self._post.post_key,
        )
        self._interactions[key] = Interaction(
            kind="reply",
            platform=PLATFORM,
            author_key=author.author_key,
            target_author_key=self._post.author_key,
            post_key=key,
            target_post_key=self._post.post_key,
            acted_at=created_at,
        )
        self._engagement[key] = Engagement(
            post_key=key,
            observer=self._source,
            taken_at=self._now,
            replies=thread.snippet.total_reply_count,
            likes=said.like_count,
        )


def _check(thread: Thread) -> None:
    said = thread.snippet.top_level_comment.snippet
    _author(said)


def _author(said: CommentSnippet) -> Author:
    name = said.author_display_name
    handle = name[1:] if name is not None and name.startswith("@") and len(name) > 1 else None
    if said.author_channel_id is not None:
        native = said.author_channel_id.value
        url = f"https://www.youtube.com/channel/{native}"
    elif handle is not None:  # the account is gone, or hides; its name is all that is known
        native, url = f"@{handle.lower()}", None
    else:
        raise RecordError("nobody is named as its author", field="snippet.authorChannelId")
    return Author(
        author_key=f"{PLATFORM}:{native}",
        platform=PLATFORM,
        handle=handle,
        display_name=name,
        url=url,
    )
