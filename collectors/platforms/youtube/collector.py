"""Reads hashtags, counts and comments from YouTube."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from collectors.collector import PostRef, SourceReport, report_of_error
from collectors.errors import CollectorError, PayloadError
from collectors.http import Answer
from collectors.page import Page, page_of
from collectors.platforms.youtube.api import Api
from collectors.platforms.youtube.comments import Comments
from collectors.platforms.youtube.payloads import Answer as AnswerPage
from collectors.platforms.youtube.payloads import Channel, answer_of
from collectors.platforms.youtube.slices import (
    FOUNDED,
    PAGE_SIZE,
    Slice,
    Step,
    after,
    first_slice,
    from_,
    slice_of,
)
from collectors.platforms.youtube.videos import (
    PLATFORM,
    SearchPage,
    View,
    carrying,
    page_of_counts,
    read_channels,
    read_videos,
    records_of,
    search_page,
    video_id,
)
from collectors.records import Rejected

_COMMENTS_PER_PAGE = 100  # the most that the API gives
_COMMENT_PAGES = 5  # of the rest the video's count of comments speaks
_SECOND = timedelta(seconds=1)


class YoutubeCollector:
    """Reads YouTube through its API. Closing it closes the client."""

    batch = 50  # the most that videos.list takes

    def __init__(self, api: Api, *, region: str = "ID", language: str = "id") -> None:
        self.source = f"{PLATFORM}/api"
        self._api = api
        self._preferred: dict[str, str | int] = {}
        if region:
            self._preferred["regionCode"] = region
        if language:
            self._preferred["relevanceLanguage"] = language

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        self._api.close()

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Return the pages of a hashtag, slice by slice backwards, to the beginning of YouTube."""
        return self.pages_since(hashtag, cursor=cursor, since=FOUNDED, now=now)

    def pages_since(
        self, hashtag: str, *, cursor: str | None, since: datetime, now: datetime
    ) -> Iterator[Page]:
        """Return the pages of a hashtag since a time: each page below it would cost a search.

        `reached_at` stays at the end of a slice until all its pages have been read.
        https://developers.google.com/youtube/v3/docs/search/list
        """
        # Whole seconds, as slices have them.
        floor = max(since.replace(microsecond=0), FOUNDED)
        current = from_(floor, first_slice(now) if cursor is None else slice_of(cursor))
        asked: set[Slice] = set()  # without how much they gave
        while True:
            if replace(current, given=0) in asked:
                raise PayloadError(f"{self.source}: the next page of a search leads back to a page")
            asked.add(replace(current, given=0))
            answer = self._search(hashtag, current)
            if answer is None:
                if current.token is None:
                    raise PayloadError(f"{self.source}: refuses the token of a page not asked for")
                # It was kept for too long; the slice is read again from its end.
                current = replace(current, token=None, given=0)
                continue
            found = search_page(answer.payload, answer.url)
            step = after(current, given=found.received, token=found.token, oldest=found.oldest)
            yield self._page(found, step, View(hashtag, self.source, now))
            has_ended = step.reached_at < current.end  # the slice, and not only its page
            if step.following is None or (has_ended and step.reached_at <= floor):
                return
            current = from_(floor, step.following)

    def expand(self, post: PostRef, *, now: datetime) -> Page | None:
        """Give the comments on a video, newest first; None where they are switched off.

        https://developers.google.com/youtube/v3/docs/commentThreads/list
        """
        native = video_id(post)
        if native is None:
            return None
        comments = Comments(post, source=self.source, now=now)
        params: dict[str, str | int] = {
            "part": "snippet",
            "videoId": native,
            "maxResults": _COMMENTS_PER_PAGE,
            "order": "time",
            "textFormat": "plainText",
        }
        for _ in range(_COMMENT_PAGES):
            answer = self._api.ask(
                "commentThreads", params, unless={"commentsDisabled", "videoNotFound"}
            )
            if answer is None:
                return None
            token = comments.add(answer.payload, answer.url)
            if token is None:
                break
            params["pageToken"] = token
        return comments.page()

    def hydrate(self, posts: Sequence[PostRef], *, now: datetime) -> Page:
        """Give the counts of videos as they are now, and those that are gone.

        https://developers.google.com/youtube/v3/docs/videos/list
        """
        videos = {native: post for post in posts if (native := video_id(post)) is not None}
        if not videos:
            return page_of()
        answer = self._ask("videos", {"part": "statistics", "id": ",".join(videos)})
        return page_of_counts(
            answer.payload, videos, address=answer.url, source=self.source, now=now
        )

    def check(self) -> SourceReport:
        """Ask whether the key is taken; this is no search, and costs one of 10,000 units."""
        try:
            answer = self._ask("videoCategories", {"part": "snippet", "regionCode": "ID"})
            answer_of(answer.payload, AnswerPage, answer.url)
        except CollectorError as error:
            return report_of_error(
                self.source,
                error,
                shape="see whether a newer gaung knows this answer of YouTube's API",
                reach="see whether www.googleapis.com can be reached from this machine",
                quota=", or ask Google for more quota",
            )
        summary = (
            f"the key is taken; {self._api.searches()} searches used today by this process; "
            "the search is fuzzy and may leave videos out"
        )
        return SourceReport(self.source, summary)

    def _search(self, hashtag: str, current: Slice) -> Answer | None:
        params: dict[str, str | int] = {
            "part": "snippet",
            "type": "video",
            "order": "date",
            "safeSearch": "none",
            "maxResults": PAGE_SIZE,
            "q": f"#{hashtag.lstrip('#')}",
            # The bounds may count or not: one second too much costs nothing.
            "publishedAfter": _written(current.start - _SECOND),
            "publishedBefore": _written(current.before),
            **self._preferred,
        }
        if current.token is not None:
            params["pageToken"] = current.token
        return self._api.search(params)

    def _page(self, found: SearchPage, step: Step, view: View) -> Page:
        rejected = [*found.rejected]
        channels: dict[str, Channel] = {}
        videos = []
        if found.ids:
            answer = self._ask("videos", {"part": "snippet,statistics", "id": ",".join(found.ids)})
            given, unread = read_videos(answer.payload, answer.url)
            rejected += unread
            videos = carrying(given, view.hashtag)
        unread_channels: list[Rejected] = []
        if wanted := list(dict.fromkeys(video.snippet.channel_id for video in videos)):
            answer = self._ask("channels", {"part": "snippet,statistics", "id": ",".join(wanted)})
            known, unread_channels = read_channels(answer.payload, answer.url)
            channels = {channel.id: channel for channel in known}
        posts, authors, engagement = records_of(videos, channels, view)
        return page_of(
            posts=posts,
            authors=authors,
            engagement=engagement,
            rejected=[*rejected, *unread_channels],
            received=found.received + len(unread_channels),
            cursor=None if step.following is None else step.following.cursor,
            reached_at=step.reached_at,
            beyond=step.beyond,
        )

    def _ask(self, what: str, params: dict[str, str | int]) -> Answer:
        answer = self._api.ask(what, params)
        if answer is None:  # only where a refusal is an answer, which it is not here
            raise PayloadError(f"{self.source}: {what} gave no answer")
        return answer


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
