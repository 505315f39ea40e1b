"""YouTube: what becomes of videos and comments, and what is never claimed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from collectors.collector import PostRef
from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    PayloadError,
    RateLimitedError,
)
from collectors.platforms.youtube.api import Api
from collectors.platforms.youtube.collector import YoutubeCollector
from collectors.platforms.youtube.slices import Slice, after
from tests.collectors.examples.youtube import KEY, answer, channel, found, thread, video
from tests.collectors.servers import NOON, Script, make_client

HOUR = timedelta(hours=1)


def make_youtube(
    answering: Callable[[httpx.Request], httpx.Response] = answer, *, searches_per_day: int = 10_000
) -> YoutubeCollector:
    client = make_client(answering)
    return YoutubeCollector(
        Api(client, key=KEY, now=lambda: NOON, searches_per_day=searches_per_day)
    )


def refusal(status: int, reason: str, message: str = "no") -> httpx.Response:
    error = {"code": status, "message": message, "errors": [{"reason": reason}]}
    return httpx.Response(status, json={"error": error})


def ref(key: str = "youtube:vid00000001", checked: datetime | None = None) -> PostRef:
    url = "https://www.youtube.com/watch?v=vid00000001"
    return PostRef(key, "youtube:UCposko", url, NOON - HOUR, checked)


def serving(
    items: list[Any], videos: list[Any], channels: list[Any]
) -> Callable[[httpx.Request], httpx.Response]:
    def answering(request: httpx.Request) -> httpx.Response:
        kind = request.url.path.rpartition("/")[2]
        rows = {"search": items, "videos": videos, "channels": channels}[kind]
        return httpx.Response(200, json={"kind": kind, "items": rows})

    return answering


def test_a_video_becomes_a_post_with_its_channel_and_counts() -> None:
    page = next(make_youtube().pages("banjirkota", cursor=None, now=NOON))
    post = page.posts.row(0, named=True)
    assert post["post_key"] == "youtube:vid00000001"
    assert post["created_at"] == datetime(2026, 3, 1, 11, tzinfo=UTC)
    assert post["text"].startswith("Air naik lagi #BanjirKota\n\nPeta")
    assert (post["lang"], post["kind"]) == ("id", "original")
    assert post["urls"] == ["https://peta.example/air"]
    assert post["hashtags"] == ["banjirkota", "kaliangke"]  # keywords are not shown to viewers
    author = page.authors.row(0, named=True)
    assert (author["handle"], author["followers"], author["posts"]) == ("poskoair", 57_500, 210)
    counts = page.engagement.row(0, named=True)
    assert (counts["views"], counts["likes"], counts["replies"]) == (1204, 31, 4)
    assert counts["reposts"] is None


def test_what_the_search_gives_without_the_hashtag_is_counted_and_not_kept() -> None:
    page = next(make_youtube().pages("banjirkota", cursor=None, now=NOON))
    assert (page.received, page.posts["post_key"].to_list()) == (2, ["youtube:vid00000001"])


def test_a_keyword_of_two_words_is_no_hashtag() -> None:
    row = video("vid00000001", title="Air", description="", tags=["banjir kota"])
    youtube = make_youtube(serving([found("vid00000001")], [row], []))
    assert next(youtube.pages("banjirkota", cursor=None, now=NOON)).posts.is_empty()


def test_hidden_likes_and_subscribers_are_unknown() -> None:
    pages = list(make_youtube().pages("banjirkota", cursor=None, now=NOON))
    quiet = next(page for page in pages if "youtube:vid00000004" in page.posts["post_key"])
    assert quiet.engagement["likes"].to_list() == [None]
    assert quiet.authors["followers"].to_list() == [None]


def test_nothing_counts_as_read_before_all_pages_of_a_slice_have_ended() -> None:
    first, second, *rest = make_youtube().pages("banjirkota", cursor=None, now=NOON)
    assert first.reached_at == NOON
    assert second.reached_at == NOON - 6 * HOUR
    assert rest[0].reached_at == NOON - 30 * HOUR
    assert rest[-1].reached_at == datetime(2005, 2, 14, tzinfo=UTC)
    assert rest[-1].cursor is None


def test_a_full_page_that_names_no_next_one_is_not_the_end_of_its_slice() -> None:
    start, end = NOON - 6 * HOUR, NOON
    current = Slice(start, end, end)
    full = after(current, given=50, token=None, oldest=NOON - HOUR)
    assert full.reached_at == end
    assert full.following == Slice(start, end, NOON - HOUR + timedelta(seconds=1))
    rest = after(full.following, given=3, token=None, oldest=NOON - 2 * HOUR)
    assert rest.reached_at == start


def test_a_page_whose_token_has_expired_is_read_again_from_the_slices_end() -> None:
    first = next(make_youtube().pages("banjirkota", cursor=None, now=NOON))

    def answering(request: httpx.Request) -> httpx.Response:
        if "pageToken" in request.url.params:
            return refusal(400, "invalidPageToken")
        return answer(request)

    again = next(make_youtube(answering).pages("banjirkota", cursor=first.cursor, now=NOON))
    assert again.posts.rows() == first.posts.rows()


def test_a_search_that_leads_back_to_itself_is_an_error() -> None:
    rows = {"items": [found("vid00000001")], "nextPageToken": "SAME"}

    def answering(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=rows) if "search" in request.url.path else answer(request)

    pages = make_youtube(answering).pages("banjirkota", cursor="0 1 1 0 SAME", now=NOON)
    assert next(pages).received == 1
    with pytest.raises(PayloadError, match="leads back to a page"):
        next(pages)


def test_one_bad_record_costs_nothing_else() -> None:
    broken = video("vid00000002")
    broken["statistics"]["viewCount"] = "many"
    nameless = {"id": {"kind": "youtube#video"}, "snippet": {}}
    rows = [found("vid00000001"), found("vid00000002"), nameless]
    youtube = make_youtube(serving(rows, [video("vid00000001"), broken], [channel("UCposko")]))
    page = next(youtube.pages("banjirkota", cursor=None, now=NOON))
    assert page.received == 3 == page.posts.height + page.rejected.height
    assert page.rejected["field"].to_list() == ["id.videoId", "statistics.viewCount"]
    assert '"many"' in page.rejected["raw"][1]


def test_videos_that_cannot_be_read_at_all_are_an_error() -> None:
    rows = [{"id": "vid00000001"}, {"id": "vid00000002"}]
    youtube = make_youtube(serving([found("vid00000001"), found("vid00000002")], rows, []))
    with pytest.raises(PayloadError, match="none of 2 records can be read"):
        next(youtube.pages("banjirkota", cursor=None, now=NOON))


def test_a_broken_cursor_is_an_error() -> None:
    with pytest.raises(PayloadError, match="no place to go on from"):
        next(make_youtube().pages("banjirkota", cursor="CAIQAA", now=NOON))


# --- refusals and the day's budget ----------------------------------------------------------------


def test_the_key_stands_in_a_header_and_never_in_an_address() -> None:
    script = Script(answer)
    youtube = make_youtube(script)
    list(youtube.pages("banjirkota", cursor=None, now=NOON))
    youtube.check()
    assert all(KEY not in str(request.url) and "key=" not in str(request.url)
               for request in script.requests)  # fmt: skip
    assert {request.headers["X-goog-api-key"] for request in script.requests} == {KEY}


@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_does_not_take_the_key_along(status: int) -> None:
    script = Script(httpx.Response(status, headers={"Location": "https://b.example/x"}))
    with pytest.raises(PayloadError):
        next(make_youtube(script).pages("banjirkota", cursor=None, now=NOON))
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "answered",
    [
        refusal(403, "quotaExceeded"),
        refusal(429, "rateLimitExceeded", "Quota exceeded for limit 'Search Queries per day'"),
    ],
)
def test_a_used_up_quota_waits_until_midnight_pacific(answered: httpx.Response) -> None:
    script = Script(answered)
    youtube = make_youtube(script)
    for _ in range(2):
        with pytest.raises(RateLimitedError) as told:
            next(youtube.pages("banjirkota", cursor=None, now=NOON))
        assert told.value.retry_at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert len(script.requests) == 1  # the second was not asked


def test_a_used_up_quota_of_searches_leaves_comments_open() -> None:
    def answering(request: httpx.Request) -> httpx.Response:
        is_search = request.url.path.endswith("/search")
        return refusal(403, "quotaExceeded") if is_search else answer(request)

    youtube = make_youtube(answering)
    with pytest.raises(RateLimitedError):
        next(youtube.pages("banjirkota", cursor=None, now=NOON))
    assert youtube.expand(ref(), now=NOON) is not None


def test_a_used_up_quota_of_all_else_stops_all_else() -> None:
    script = Script(refusal(403, "quotaExceeded"))
    youtube = make_youtube(script)
    for _ in range(2):
        with pytest.raises(RateLimitedError):
            youtube.hydrate([ref()], now=NOON)
    assert len(script.requests) == 1


def test_too_many_requests_a_minute_wait_a_minute() -> None:
    youtube = make_youtube(Script(refusal(403, "rateLimitExceeded")))
    with pytest.raises(RateLimitedError) as told:
        next(youtube.pages("banjirkota", cursor=None, now=NOON))
    assert told.value.retry_at == NOON + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("answered", "words"),
    [
        (
            refusal(400, "badRequest", "API key not valid"),
            'answered 400: the server says "API key not valid"',
        ),
        (refusal(400, "keyInvalid"), "check the key that collectors.youtube.key_env names"),
        (refusal(403, "accessNotConfigured"), "enable 'YouTube Data API v3'"),
        (
            refusal(403, "forbidden", "a\nb\x1b[1m"),
            r'answered 403: the server says "a b \[1m"; check the key',
        ),
    ],
)
def test_a_refusal_says_what_to_do(answered: httpx.Response, words: str) -> None:
    with pytest.raises((AccessRefusedError, PayloadError), match=words):
        next(make_youtube(Script(answered)).pages("banjirkota", cursor=None, now=NOON))


def test_one_hashtag_cannot_use_up_the_day() -> None:
    youtube = make_youtube(searches_per_day=24)
    pages = youtube.pages("banjirkota", cursor=None, now=NOON)
    assert [next(pages).received for _ in range(3)] == [2, 1, 0]  # three hours' worth
    with pytest.raises(RateLimitedError, match="3 of 24 searches") as told:
        next(pages)
    assert told.value.retry_at == NOON + HOUR + timedelta(seconds=1)
    assert "3 of 24 searches" in youtube.check().summary


# --- comments, and what has become of videos ------------------------------------------------------


def test_comments_are_replies_that_came_along() -> None:
    page = make_youtube().expand(ref(), now=NOON)
    assert page is not None
    post, act = page.posts.row(0, named=True), page.interactions.row(0, named=True)
    assert (post["kind"], post["captured_as"]) == ("reply", "referenced")
    assert post["url"].endswith("watch?v=vid00000001&lc=Ugy1")
    assert post["edited_at"] is None
    assert (act["author_key"], act["precision"]) == ("youtube:UCtini", "exact")
    assert page.engagement["likes"].to_list() == [2, 2]


def test_a_comment_without_a_channel_has_a_name_or_is_set_aside() -> None:
    rows = [
        thread("Ugy1", authorChannelId=None),
        thread("Ugy2", authorChannelId=None, authorDisplayName=""),
        thread("Ugy3"),
    ]
    page = make_youtube(Script(httpx.Response(200, json={"items": rows}))).expand(ref(), now=NOON)
    assert page is not None
    assert page.posts["author_key"].to_list() == ["youtube:@bu_tini", "youtube:UCtini"]
    assert page.rejected["field"].to_list() == ["snippet.authorChannelId"]
    assert page.received == 3


def test_comments_that_were_seen_are_not_paged_through_again() -> None:
    rows = {"items": [thread("Ugy1", time="2026-03-01T10:00:00Z")], "nextPageToken": "N"}
    script = Script(httpx.Response(200, json=rows))
    make_youtube(script).expand(ref(checked=NOON - HOUR), now=NOON)
    assert len(script.requests) == 1
    make_youtube(script).expand(ref(), now=NOON)
    assert len(script.requests) == 1 + 5


@pytest.mark.parametrize("status_reason", [(403, "commentsDisabled"), (404, "videoNotFound")])
def test_switched_off_comments_are_not_nobody(status_reason: tuple[int, str]) -> None:
    assert make_youtube(Script(refusal(*status_reason))).expand(ref(), now=NOON) is None


@pytest.mark.parametrize("status_reason", [(403, "forbidden"), (400, "processingFailure")])
def test_a_refusal_of_one_video_is_not_blamed_on_the_key(status_reason: tuple[int, str]) -> None:
    youtube = make_youtube(Script(refusal(*status_reason)))
    with pytest.raises(CollectorError, match="said of this video") as refused:
        youtube.expand(ref(), now=NOON)
    assert "key" not in str(refused.value)


@pytest.mark.parametrize("reason", ["keyInvalid", "API_KEY_SERVICE_BLOCKED", "ipRefererBlocked"])
def test_a_refusal_of_the_key_is_blamed_on_it_also_at_one_video(reason: str) -> None:
    youtube = make_youtube(Script(refusal(403, reason)))
    with pytest.raises(AccessRefusedError, match="check the key"):
        youtube.expand(ref(), now=NOON)


def test_a_comment_is_no_video_to_be_asked_about() -> None:
    script = Script(answer)
    youtube = make_youtube(script)
    assert youtube.expand(ref("youtube:Ugy1"), now=NOON) is None
    assert youtube.hydrate([ref("youtube:Ugy1"), ref("x:vid00000001")], now=NOON).received == 0
    assert not script.requests


def test_what_is_no_longer_given_is_gone_and_the_rest_has_its_counts() -> None:
    posts = [ref(), ref("youtube:vid0000000x")]
    page = make_youtube().hydrate(posts, now=NOON)
    assert page.engagement["views"].to_list() == [1204]
    # Made private or deleted: the API does not say which, and a private video may come back.
    assert page.removals.rows() == [("hidden", "youtube:vid0000000x", "unavailable", NOON)]


def test_counts_that_cannot_be_read_do_not_make_a_video_gone() -> None:
    rows = [{"id": "vid00000001", "statistics": None}]
    page = make_youtube(serving([], rows, [])).hydrate([ref()], now=NOON)
    assert (page.removals.height, page.rejected.height) == (0, 1)


def test_an_answer_that_says_all_are_gone_is_doubted() -> None:
    posts = [ref(f"youtube:vid0000001{n}") for n in range(6)]
    with pytest.raises(PayloadError, match="all of 6 videos are gone"):
        make_youtube(serving([], [], [])).hydrate(posts, now=NOON)
