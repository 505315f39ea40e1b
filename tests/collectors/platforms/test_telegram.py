from __future__ import annotations

import httpx
import pytest

from collectors.errors import AccessRefusedError, PayloadError
from collectors.options import ClientOptions
from collectors.page import Page
from collectors.platforms.telegram import Settings, build
from collectors.platforms.telegram.collector import TelegramCollector
from tests.collectors.examples.telegram import answer, block, channel_page, forwarded
from tests.collectors.servers import NOON, Answering, Script


def collector_of(answering: Answering) -> TelegramCollector:
    options = ClientOptions(
        secret=str,
        user_agent="gaung/test",
        now=lambda: NOON,
        sleep=lambda _: None,
        min_interval=0.0,
        transport=httpx.MockTransport(answering),
    )
    (collector,) = build(Settings(channels=("kabarwarga",)), options)
    assert isinstance(collector, TelegramCollector)
    return collector


def one_page(*blocks: str, tag: str = "banjirkota") -> Page:
    script = Script(httpx.Response(200, html=channel_page(*blocks)))
    return next(collector_of(script).pages(tag, cursor=None, now=NOON))


def tagged(number: int = 5, **parts: str) -> str:
    return block(number, tags=("BanjirKota",), **parts)


# --- which messages -------------------------------------------------------------------------------


def test_only_messages_with_the_hashtag_are_posts_and_all_are_received():
    page = one_page(block(1, "banjirkota tanpa tagar"), tagged(2), block(3, "tulis #BANJIRkota"))
    assert page.posts["post_key"].to_list() == ["telegram:kabarwarga/3", "telegram:kabarwarga/2"]
    assert page.received == 3


def test_a_page_without_a_match_says_how_far_it_was_read():
    page = one_page(block(3), block(4))
    assert page.posts.height == 0
    assert page.reached_at is not None
    assert page.reached_at.isoformat() == "2026-03-01T00:30:00+00:00"


def test_a_hashtag_within_a_channel_is_that_hashtag():
    text = 'Air <a href="?q=%23BanjirKota%40kabarwarga">#BanjirKota@kabarwarga</a>'
    assert one_page(block(2, text)).posts["hashtags"].to_list() == [["banjirkota"]]


def test_a_second_hashtag_of_the_same_turn_asks_nothing_again():
    script = Script(answer)
    collector = collector_of(script)
    list(collector.pages("banjirkota", cursor=None, now=NOON))
    asked = len(script.requests)
    second = list(collector.pages("jalan", cursor=None, now=NOON))
    assert (asked, len(script.requests)) == (2, 2)
    assert sum(page.posts.filter(captured_as="matched").height for page in second) == 18
    list(collector.pages("jalan", cursor=None, now=NOON.replace(hour=13)))
    assert len(script.requests) == 4


def test_older_ones_are_asked_for_until_the_source_has_none():
    script = Script(
        httpx.Response(200, html=channel_page(tagged(2), tagged(41))),
        httpx.Response(200, html=channel_page(block(1))),
    )
    pages = list(collector_of(script).pages("banjirkota", cursor=None, now=NOON))
    assert [page.cursor for page in pages] == ["2", None]
    assert [page.received for page in pages] == [2, 1]
    assert script.requests[1].url.params["before"] == "2"
    assert pages[1].beyond is None


class Channel:
    """A channel of 60 messages, 20 on a page; some of its pages are empty, as often as told."""

    def __init__(self, **empty: int) -> None:
        self.empty = {key.removeprefix("below_"): times for key, times in empty.items()}
        self.asked: list[str | None] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        before = request.url.params.get("before")
        self.asked.append(before)
        if before is not None and self.empty.get(before, 0) > 0:
            self.empty[before] -= 1
            return httpx.Response(200, html=channel_page())
        top = 61 if before is None else int(before)
        return httpx.Response(
            200, html=channel_page(*(tagged(number) for number in range(max(top - 20, 1), top)))
        )


def test_an_empty_page_in_the_midst_is_asked_for_once_more():
    channel = Channel(below_21=1)
    pages = list(collector_of(channel).pages("banjirkota", cursor=None, now=NOON))
    assert sum(page.received for page in pages) == 60
    assert channel.asked == [None, "41", "21", "21"]
    assert [page.beyond for page in pages] == [None] * 3


def test_a_page_in_the_midst_that_stays_empty_is_no_end_and_can_be_asked_for_later():
    channel = Channel(below_41=2)
    collector = collector_of(channel)
    *_, last = collector.pages("banjirkota", cursor=None, now=NOON)
    assert (last.beyond, last.cursor, last.received) == ("cut short", "41", 0)
    rest = list(collector_of(channel).pages("banjirkota", cursor=last.cursor, now=NOON))
    assert sum(page.received for page in rest) == 40


def test_a_page_that_ignores_the_question_ends_with_a_doubt():
    script = Script(httpx.Response(200, html=channel_page(tagged(40), tagged(41))))
    pages = list(collector_of(script).pages("banjirkota", cursor=None, now=NOON))
    assert [page.beyond for page in pages] == [None, "clamp"]


# --- one message ----------------------------------------------------------------------------------


def test_a_forward_points_to_its_origin():
    page = one_page(tagged(before=forwarded("https://t.me/PoskoAir/77")))
    (row,) = page.interactions.rows(named=True)
    assert (row["kind"], row["target_author_key"]) == ("forward", "telegram:@poskoair")
    assert row["target_post_key"] == "telegram:poskoair/77"
    assert page.posts["kind"].to_list() == ["repost"]


def test_a_forward_of_a_hidden_origin_is_a_forward_of_nobody_known():
    (row,) = one_page(tagged(before=forwarded(None))).interactions.rows(named=True)
    assert (row["kind"], row["target_author_key"], row["target_post_key"]) == (
        "forward",
        None,
        None,
    )


def test_a_reply_brings_what_it_answers():
    reply = '<a class="tgme_widget_message_reply" href="https://t.me/kabarwarga/4">x</a>'
    page = one_page(block(4, "Jalan ditutup"), tagged(5, before=reply))
    assert dict(page.posts.select("post_key", "captured_as").rows()) == {
        "telegram:kabarwarga/5": "matched",
        "telegram:kabarwarga/4": "referenced",
    }
    assert page.posts["reply_to_key"].to_list() == ["telegram:kabarwarga/4", None]
    assert page.interactions["kind"].to_list() == ["reply"]


def test_an_album_is_one_post_and_its_lowest_number_leads_on():
    photo = '<a class="tgme_widget_message_photo_wrap grouped_media_wrap" href="{}"></a>'
    links = (photo.format(f"https://t.me/KabarWarga/{number}?single") for number in (7, 8, 9))
    reply = '<a class="tgme_widget_message_reply" href="https://t.me/KabarWarga/9">x</a>'
    page = one_page(tagged(8, before="".join(links)), tagged(10, before=reply))
    assert page.posts["post_key"].to_list() == ["telegram:kabarwarga/10", "telegram:kabarwarga/8"]
    assert page.posts["reply_to_key"].to_list() == ["telegram:kabarwarga/8", None]
    assert page.cursor == "7"


def test_links_are_shared_and_accounts_mentioned_but_not_the_channel_itself():
    text = (
        'Baca <a href="https://berita.example/a">ini</a>, <a href="https://t.me/PoskoAir">@PoskoAir</a>,'
        ' <a href="https://t.me/LaporRT/12">t.me/LaporRT/12</a>, <a href="https://t.me/+AbC">sini</a>'
        ' <a href="https://t.me/KabarWarga">@KabarWarga</a> <a href="tg://user?id=1">Pak RT</a>'
    )
    page = one_page(tagged(text=text))
    assert page.posts["urls"].to_list() == [
        ["https://berita.example/a", "https://t.me/LaporRT/12", "https://t.me/+AbC"]
    ]
    assert page.interactions.select("kind", "target_author_key", "target_post_key").rows() == [
        ("mention", "telegram:@poskoair", None),
        ("mention", "telegram:@laporrt", "telegram:laporrt/12"),
    ]


def test_rounded_views_and_the_sum_of_reactions_are_counts():
    reactions = (
        '<div class="tgme_widget_message_reactions"><span class="tgme_reaction">'
        '<i class="emoji"><b>1️⃣</b></i>12</span><span class="tgme_reaction">'
        '<i class="emoji"><b>👍</b></i>1.2K</span></div>'
    )
    page = one_page(tagged(4), tagged(5, after=reactions, views="1.05M"))
    assert page.engagement.select("likes", "views").rows() == [(1212, 1_050_000), (None, 12_300)]
    assert page.authors.select("author_key", "display_name", "followers").rows() == [
        ("telegram:@kabarwarga", "Kabar Warga", 57_500)
    ]


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (tagged(4, time="kemarin"), "time[datetime]"),
        (tagged(4, time="2026-03-01T11:00:00"), "time[datetime]"),
        (tagged(4, views="banyak"), "views"),
        (tagged(4).replace("KabarWarga/4", "x"), "data-post"),
    ],
)
def test_a_message_that_cannot_be_read_is_set_aside_alone(bad, field):
    page = one_page(bad, tagged(5))
    assert page.posts["post_key"].to_list() == ["telegram:kabarwarga/5"]
    assert (page.received, page.rejected["field"].to_list()) == (2, [field])
    assert "data-post" in page.rejected["raw"][0]


def test_a_service_message_is_nobodys_post():
    assert one_page(tagged(4, classes="service_message"), block(5)).posts.height == 0


# --- refusals -------------------------------------------------------------------------------------


def test_a_redirect_to_the_app_is_a_refusal():
    script = Script(httpx.Response(302, headers={"Location": "https://t.me/kabarwarga"}))
    with pytest.raises(AccessRefusedError, match=r"no such name; take it out of collectors\.tele"):
        list(collector_of(script).pages("x", cursor=None, now=NOON))
    report = collector_of(script).check()
    assert report.remedy == "take it out of collectors.telegram.channels, or correct it"


def test_a_contact_page_with_status_200_is_a_refusal():
    page = '<div class="tgme_page_wrap"><div class="tgme_page">Contact @kabarwarga</div></div>'
    with pytest.raises(AccessRefusedError, match="without a public page"):
        list(collector_of(Script(httpx.Response(200, html=page))).pages("x", cursor=None, now=NOON))


@pytest.mark.parametrize(
    "html",
    [
        "<html>One moment</html>",
        "",
        channel_page(tagged()).replace("js-widget_message", "js-pesan").replace("data-post", "x"),
        channel_page(tagged(4, time="x"), tagged(5, time="y")),
    ],
)
def test_an_unknown_shape_is_never_a_silent_channel(html):
    with pytest.raises(PayloadError):
        list(collector_of(Script(httpx.Response(200, html=html))).pages("x", cursor=None, now=NOON))


def test_a_channel_without_messages_is_silent():
    page = one_page()
    assert (page.received, page.cursor, page.reached_at) == (0, None, None)


# --- settings -------------------------------------------------------------------------------------


def test_no_channel_no_collector():
    options = ClientOptions(
        secret=str, user_agent="gaung/test", now=lambda: NOON, sleep=lambda _: None
    )
    assert build(Settings(), options) == []


@pytest.mark.parametrize("written", ["https://t.me/+AbCdEf", "", "kabar warga", "@x", "../s"])
def test_what_is_no_channel_is_refused(written):
    with pytest.raises(ValueError, match="is not the name of a public channel"):
        Settings(channels=(written,))


def test_a_channel_named_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        Settings(channels=("KabarWarga", "https://t.me/s/kabarwarga"))
