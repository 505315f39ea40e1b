from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from collectors.collector import Pager
from collectors.errors import AccessRefusedError, CollectorError, PayloadError
from collectors.options import ClientOptions
from collectors.platforms.news import Settings, build
from tests.collectors.examples.news import answer, feed, item
from tests.collectors.servers import NOON, Script

TAG = "tolakruutni"
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="id"><title>Tabloid</title>
<entry><title type="html">Warga &lt;b&gt;tolak RUU TNI&lt;/b&gt;</title>
<link href="https://tabloid.example/a/1"/><id>urn:1</id><updated>2026-03-01T08:00:00Z</updated>
<published>2026-03-01T07:00:00Z</published></entry>
<entry><title>Cuaca</title><link href="https://tabloid.example/a/2"/><id>urn:2</id>
<updated>2026-03-01T06:00:00Z</updated></entry></feed>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://lama.example/"><title>Lama</title></channel>
<item rdf:about="https://lama.example/1"><title>Mahasiswa tolak RUU TNI</title>
<link>https://lama.example/1</link><dc:date>2026-03-01T09:00:00+07:00</dc:date></item></rdf:RDF>"""


def opened(answering: Callable[[httpx.Request], httpx.Response] | None, **settings: Any) -> Pager:
    given = {"feeds": [{"url": "https://koran.example/rss.xml"}]} | settings
    options = ClientOptions(
        secret=lambda _: "",
        user_agent="gaung/test",
        now=lambda: NOON,
        sleep=lambda _: None,
        min_interval=0.0,
        transport=httpx.MockTransport(answering) if answering else None,
    )
    (collector,) = build(msgspec.convert(given, Settings), options)
    assert isinstance(collector, Pager)
    return collector


def posts_of(body: bytes | str, tag: str = TAG, **settings: Any) -> list[dict[str, Any]]:
    collector = opened(Script(httpx.Response(200, content=body)), **settings)
    (page,) = collector.pages(tag, cursor=None, now=NOON)
    collector.close()
    return page.posts.to_dicts()


@pytest.mark.parametrize("body", [ATOM, RDF, feed(item(3, "Mereka tolak RUU TNI"), item(2))])
def test_every_kind_of_feed_is_read(body: bytes | str) -> None:
    (post,) = posts_of(body)
    assert (post["kind"], post["platform"]) == ("article", "news")
    assert post["text"].split("\n")[0].lower().endswith("tolak ruu tni")


def test_an_article_is_a_post_of_its_outlet_under_its_one_address() -> None:
    link = "http://koran.example/a/?utm_source=rss&id=3"
    (post,) = posts_of(feed(item(3, "Aksi tolak RUU TNI", link=link)))
    assert post["post_key"] == "news:https://koran.example/a?id=3"
    assert post["author_key"] == "news:koran.example"
    assert post["url"] == link
    assert set(post["urls"]) == {link, "https://koran.example/a?id=3"}
    assert post["created_at"] == datetime(2026, 2, 28, 20, 30, tzinfo=UTC)  # 03:30 WIB
    assert post["lang"] == "id"
    assert post["hashtags"] == [TAG]


@pytest.mark.parametrize(
    ("said", "hour"),
    [
        ("Sun, 01 Mar 2026 10:00:00 +0700", 3),
        ("Sun, 01 Mar 2026 10:00:00", 3),
        ("Minggu, 01 Maret 2026 10:00:00 WIB", 3),
        ("Minggu, 1 Mar 2026 10:00:00 WITA", 2),
        ("01 Mar 2026 10:00:00 GMT", 10),
        ("2026-03-01 10:00:00", 3),
        ("2026-03-01T10:00:00+00:00", 10),
        ("Sun, 01 Mar 2026 10:00:00 -0000", 10),
    ],
)
def test_dates_are_read_as_indonesian_outlets_write_them(said: str, hour: int) -> None:
    (post,) = posts_of(feed(item(1, "Tolak RUU TNI", date=said)))
    assert post["created_at"] == datetime(2026, 3, 1, hour, tzinfo=UTC)


def test_a_feed_in_another_zone_is_read_in_that() -> None:
    body = feed(item(1, "Tolak RUU TNI", date="2026-03-01 10:00"))
    (post,) = posts_of(body, timezone="Asia/Jayapura")
    assert post["created_at"] == datetime(2026, 3, 1, 1, tzinfo=UTC)


def test_an_article_without_a_date_is_set_aside_and_none_is_invented() -> None:
    body = feed(item(1, "Tolak RUU TNI", date="kemarin"), item(2))
    collector = opened(Script(httpx.Response(200, content=body)))
    (page,) = collector.pages(TAG, cursor=None, now=NOON)
    assert (page.posts.height, page.received) == (0, 2)
    (row,) = page.rejected.to_dicts()
    assert (row["field"], row["locator"]) == ("published", "koran.example/rss.xml:1")


def test_a_feed_reaches_back_to_its_older_articles_but_not_to_a_pinned_one() -> None:
    pinned = item(1, "Redaksi", date="Wed, 01 Jan 2020 00:00:00 +0700")
    collector = opened(Script(httpx.Response(200, content=feed(pinned, *map(item, range(2, 12))))))
    (page,) = collector.pages(TAG, cursor=None, now=NOON)
    assert page.reached_at is not None
    assert page.reached_at > NOON - timedelta(hours=24)
    assert page.beyond == "too old"


def test_all_hashtags_of_a_turn_ask_once_and_what_is_not_new_is_not_sent_again() -> None:
    script = Script(answer)
    collector = opened(script)
    for tag in ("banjirkota", TAG):
        list(collector.pages(tag, cursor=None, now=NOON))
    assert len(script.requests) == 1
    later = NOON + timedelta(minutes=10)
    (page,) = collector.pages("banjirkota", cursor=None, now=later)
    assert script.requests[1].headers["If-None-Match"] == '"pagi"'
    assert page.posts.height == 3


def test_an_unchanged_feed_is_asked_for_by_date_where_there_is_no_etag() -> None:
    said = {"Last-Modified": "Sun, 01 Mar 2026 11:00:00 GMT"}
    script = Script(httpx.Response(200, content=feed(item(1)), headers=said), httpx.Response(304))
    collector = opened(script)
    for number in range(2):
        list(collector.pages(TAG, cursor=None, now=NOON + timedelta(minutes=10 * number)))
    assert script.requests[1].headers["If-Modified-Since"] == said["Last-Modified"]


def test_a_broken_answer_does_not_pass_for_the_known_one() -> None:
    marks = {"ETag": '"rusak"'}
    script = Script(
        httpx.Response(200, content=feed(item(1, "Tolak RUU TNI")), headers={"ETag": '"baik"'}),
        httpx.Response(200, html="<html>Sebentar</html>", headers=marks),
        httpx.Response(304),
    )
    collector = opened(script)
    list(collector.pages(TAG, cursor=None, now=NOON))
    with pytest.raises(PayloadError, match="a web page"):
        list(collector.pages(TAG, cursor=None, now=NOON + timedelta(minutes=10)))
    (page,) = collector.pages(TAG, cursor=None, now=NOON + timedelta(minutes=20))
    assert script.requests[2].headers["If-None-Match"] == '"baik"'
    assert page.posts.height == 1


@pytest.mark.parametrize(
    ("answered", "error", "words"),
    [
        (httpx.Response(200, content=feed()), PayloadError, "holds no article at all"),
        (httpx.Response(200, content=b""), PayloadError, "no RSS or Atom feed"),
        (httpx.Response(404), AccessRefusedError, "404"),
    ],
)
def test_an_empty_or_moved_feed_is_no_silence(
    answered: httpx.Response, error: type[CollectorError], words: str
) -> None:
    collector = opened(Script(answered))
    with pytest.raises(error, match=words):
        list(collector.pages(TAG, cursor=None, now=NOON))
    assert "feeds" in (collector.check().remedy or "")


def test_a_feed_with_broken_xml_still_gives_its_articles() -> None:
    body = feed(item(3, "Tolak RUU TNI"), item(2)).replace(b"</channel></rss>", b"<item><tit")
    assert len(posts_of(body)) == 1


def test_hostile_titles_are_text() -> None:
    title = "Tolak RUU TNI <script>alert(1)</script>\x1b[2J"
    (post,) = posts_of(feed(item(1, title.replace("\x1b", "&#27;"))))
    assert "<" not in post["text"]
    assert "\x1b" not in post["text"]


@contextmanager
def atom_server() -> Iterator[tuple[str, list[str | None]]]:
    """A server of an Atom feed on loopback, which knows what it has sent before."""
    asked: list[str | None] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers.get("If-None-Match"))
            is_known = asked[-1] == '"satu"'
            self.send_response(304 if is_known else 200)
            self.send_header("ETag", '"satu"')
            body = b"" if is_known else ATOM.encode()
            if not is_known:
                self.send_header("Content-Type", "application/atom+xml")
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/atom.xml", asked
        server.shutdown()
        thread.join()


def test_an_atom_server_is_asked_politely() -> None:
    with atom_server() as (url, asked):
        collector = opened(None, feeds=[{"url": url, "outlet": "tabloid.example"}])
        for number in range(3):
            now = NOON + timedelta(minutes=10 * number)
            (page,) = collector.pages(TAG, cursor=None, now=now)
            assert page.posts["author_key"].to_list() == ["news:tabloid.example"]
        collector.close()
    assert asked == [None, '"satu"', '"satu"']


def test_the_preset_is_a_source_per_feed() -> None:
    options = ClientOptions(
        secret=lambda _: "", user_agent="t", now=lambda: NOON, sleep=lambda _: None
    )
    collectors = build(Settings(), options)
    sources = [collector.source for collector in collectors]
    assert len(set(sources)) == len(sources) == 7
    assert "news/antaranews.com/rss/terkini.xml" in sources
    for collector in collectors:
        collector.close()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"feeds": [{"url": "koran.example"}]}, "is no address"),
        ({"feeds": [{"url": "https://a.example/r"}, {"url": "https://www.a.example/r/"}]}, "twice"),
        ({"feeds": []}, "feeds is empty"),
        ({"timezone": "Mars/Utopia"}, "there is no time zone"),
        ({"synonyms": {"#": ["x"]}}, "is no hashtag"),
        ({"gdelt_languages": ["id"]}, "three letters"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.convert(settings, Settings)


def dated(*dates: str) -> bytes:
    return feed(
        *(
            f"<item><title>tolak RUU TNI {n}</title><link>https://koran.example/{n}</link>"
            f"<pubDate>{date}</pubDate></item>"
            for n, date in enumerate(dates)
        )
    )


def rfc(at: datetime) -> str:
    return f"{at:%a, %d %b %Y %H:%M:%S} +0000"


SIX_HOURS = [rfc(NOON - timedelta(hours=n)) for n in range(1, 7)]


@pytest.mark.parametrize(
    "odd",
    [
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "0001-01-01T00:00:00Z",
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "1970-01-01T07:00:00+07:00",
        "Sat, 01 Jan 2050 00:00:00 +0000",
    ],
)
def test_dates_that_cannot_be_are_no_depth_of_a_feed(odd: str) -> None:
    # However many they are; and the oldest of five that can be is left out as ever.
    (page,) = opened(Script(httpx.Response(200, content=dated(*4 * [odd], *SIX_HOURS)))).pages(
        TAG, cursor=None, now=NOON
    )
    assert page.reached_at == NOON - timedelta(hours=5)


def test_a_feed_of_dates_that_mean_none_cannot_be_read() -> None:
    answered = httpx.Response(200, content=dated(*6 * ["Thu, 01 Jan 1970 00:00:00 +0000"]))
    with pytest.raises(PayloadError, match="not one article could be read"):
        list(opened(Script(answered)).pages(TAG, cursor=None, now=NOON))


def test_a_feed_of_no_date_that_can_be_has_no_depth() -> None:
    answered = httpx.Response(200, content=dated(*6 * ["Sat, 01 Jan 2050 00:00:00 +0000"]))
    collector = opened(Script(answered))
    (page,) = collector.pages(TAG, cursor=None, now=NOON)
    assert (page.reached_at, page.beyond) == (None, "too old")
    assert "of no date that can be" in collector.check().summary


def test_a_feed_that_stands_still_has_shown_nothing_since_but_one_that_sleeps_has() -> None:
    def shown(*dates: datetime, now: datetime) -> datetime | None:
        answered = httpx.Response(200, content=dated(*map(rfc, dates)))
        (page,) = opened(Script(answered)).pages(TAG, cursor=None, now=now)
        return page.shown_to

    often = [NOON - n * timedelta(minutes=20) for n in range(20)]
    assert shown(*often, now=NOON + timedelta(hours=6)) == NOON
    assert shown(*often, now=NOON + timedelta(hours=2)) is None
    nightly = [*(at - timedelta(hours=15) for at in often), *often]
    assert shown(*nightly, now=NOON + timedelta(hours=9)) is None
    weekly = [NOON - n * timedelta(days=7) for n in range(6)]
    assert shown(*weekly, now=NOON + timedelta(days=9)) is None


def test_a_server_that_says_that_nothing_has_changed_proves_it() -> None:
    dates = [rfc(NOON - n * timedelta(minutes=20)) for n in range(20)]
    script = Script(
        httpx.Response(200, content=dated(*dates), headers={"ETag": '"1"'}), httpx.Response(304)
    )
    collector = opened(script)
    shown = [
        next(collector.pages(TAG, cursor=None, now=NOON + timedelta(hours=n))).shown_to
        for n in (1, 7)
    ]
    assert shown == [None, NOON + timedelta(hours=7)]
