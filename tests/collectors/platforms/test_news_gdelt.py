from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from collectors.errors import PayloadError
from collectors.http import PoliteClient
from collectors.platforms.news.gdelt import GdeltCollector, quarter_of
from collectors.platforms.news.matching import Matcher
from tests.collectors.servers import NOON, Script

INDONESIAN = frozenset({"ind"})


def line(
    number: int,
    title: str = "Harga cabai turun",
    *,
    language: str = "ind",
    url: str | None = None,
    date: str = "20260301114500",
) -> str:
    cells = [""] * 27
    cells[0] = f"{date}-T{number}"
    cells[1] = date
    cells[3] = "koran.example"
    cells[4] = url or f"https://koran.example/{number}/berita"
    cells[25] = f"srclc:{language};eng:GT-IND 1.0"
    cells[26] = f"<PAGE_LINKS>x</PAGE_LINKS><PAGE_TITLE>{title}</PAGE_TITLE>"
    return "\t".join(cells)


def packed(*lines: str, files: int = 1) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(files):
            archive.writestr(f"{number}.csv", "\n".join(lines) + "\n")
    return file.getvalue()


def served(files: dict[str, bytes]) -> Callable[[httpx.Request], httpx.Response]:
    newest = max(files)

    def answer(request: httpx.Request) -> httpx.Response:
        name = request.url.path.rsplit("/", 1)[-1]
        if name == "lastupdate-translation.txt":
            base = "http://data.example/gdeltv2"
            lines = [f"1 x {base}/{newest}.translation.{k}.zip" for k in ("export.CSV", "gkg.csv")]
            return httpx.Response(200, text="\n".join(lines))
        found = files.get(name.partition(".")[0])
        return httpx.Response(404) if found is None else httpx.Response(200, content=found)

    return answer


def opened(answering: Callable[[httpx.Request], httpx.Response], **more: Any) -> GdeltCollector:
    client = PoliteClient(
        "http://data.example/gdeltv2/",
        user_agent="gaung/test",
        now=lambda: NOON,
        sleep=lambda _: None,
        transport=httpx.MockTransport(answering),
        min_interval=0.0,
    )
    chosen: dict[str, Any] = {"languages": INDONESIAN, "hours": 1} | more
    return GdeltCollector(client, matcher=lambda tag: Matcher.of(tag, ()), **chosen)


FILES = {
    "20260301114500": packed(line(1, "Banjir kota surut"), line(2), line(3, language="spa")),
    "20260301113000": packed(line(4), line(5, "Caf&#233; &amp; banjir kota")),
    "20260301111500": packed(line(6)),
    # 11:00 was never published
    "20260301104500": packed(line(7, "", url="https://koran.example/9/banjir-kota-meluas")),
}


def test_files_are_read_back_quarter_by_quarter() -> None:
    script = Script(served(FILES))
    collector = opened(script)
    pages = list(collector.pages("banjirkota", cursor=None, now=NOON))
    titles = [text.split("\n")[0] for page in pages for text in page.posts["text"]]
    assert titles == ["Banjir kota surut", "Café & banjir kota", "banjir kota meluas"]
    assert [page.received for page in pages] == [2, 2, 1, 0, 1]
    ends = [datetime(2026, 3, 1, 11, 30, tzinfo=UTC) - n * timedelta(minutes=15) for n in range(5)]
    assert [page.reached_at for page in pages] == ends
    assert [page.beyond for page in pages] == [None] * 4 + ["too old"]
    asked = len(script.requests)
    assert list(collector.pages("cabai", cursor=None, now=NOON))
    assert len(script.requests) == asked  # all hashtags of a turn look at the same files


def test_reading_goes_on_from_any_file() -> None:
    whole = list(opened(served(FILES)).pages("banjirkota", cursor=None, now=NOON))
    for number, page in enumerate(whole[:-1], start=1):
        rest = list(opened(served(FILES)).pages("banjirkota", cursor=page.cursor, now=NOON))
        assert [p.posts.rows() for p in rest] == [p.posts.rows() for p in whole[number:]]


def test_a_line_that_cannot_be_read_costs_no_other() -> None:
    body = packed(line(1), "too\tfew", line(2, url="javascript:x"), line(3, date="sekarang"))
    quarter = quarter_of(body, name="x.zip", languages=INDONESIAN)
    assert (len(quarter.articles), len(quarter.rejected), quarter.received) == (1, 3, 4)
    assert quarter.rejected[0].locator == "x.zip:2"


def test_without_languages_all_are_read() -> None:
    quarter = quarter_of(FILES["20260301114500"], name="x", languages=frozenset())
    assert len(quarter.articles) == 3


def locked(body: bytes) -> bytes:
    """Say that the file within is encrypted: in its own head, and in the archive's list."""
    flagged = bytearray(body)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        flagged[flagged.index(mark) + flags] |= 1
    return bytes(flagged)


def packed_as(method: int) -> bytes:
    """Say that the file within is packed in another way than it is."""
    said = bytearray(packed(line(1)))
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        said[said.index(mark) + place] = method
    return bytes(said)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        packed(line(1), files=2),
        packed("a\tb"),
        packed(line(1))[:-40],
        locked(packed(line(1))),
        *(packed_as(method) for method in (12, 14, 93, 99)),
    ],
    ids=[
        "empty",
        "a web page",
        "two files",
        "other columns",
        "cut off",
        "locked",
        "bzip2",
        "lzma",
        "zstd",
        "unknown",
    ],
)
def test_what_is_no_such_file_is_an_unknown_shape(body: bytes) -> None:
    with pytest.raises(PayloadError):
        quarter_of(body, name="x.zip", languages=INDONESIAN)


def test_a_wrong_cursor_is_refused() -> None:
    with pytest.raises(PayloadError, match="is no time of a file"):
        list(opened(served(FILES)).pages("x", cursor="kemarin", now=NOON))


def test_a_check_names_the_newest_file_and_a_remedy() -> None:
    assert "2026-03-01 11:45" in opened(served(FILES)).check().summary
    assert opened(Script(httpx.Response(200, text="moved"))).check().remedy


def holes_of(
    answering: Callable[[httpx.Request], httpx.Response], now: datetime = NOON
) -> list[Any]:
    pages = opened(answering).pages("banjirkota", cursor=None, now=now)
    return [(f"{h.from_at:%H:%M}", f"{h.to_at:%H:%M}", h.cursor) for p in pages for h in p.holes]


@pytest.mark.parametrize("body", [b"", b"<html>blocked</html>", packed(line(1))[:-40]])
def test_a_broken_file_costs_its_quarter_and_no_other(body: bytes) -> None:
    served_now = served(FILES | {"20260301110000": packed(line(8)), "20260301113000": body})
    assert holes_of(served_now) == [("11:15", "11:30", "20260301113000")]
    titles = [
        text.split("\n")[0]
        for page in opened(served_now).pages("banjirkota", cursor=None, now=NOON)
        for text in page.posts["text"]
    ]
    assert titles == ["Banjir kota surut", "banjir kota meluas"]


def test_a_file_that_the_server_stumbles_over_costs_its_quarter_and_no_other() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "20260301111500" in request.url.path:
            return httpx.Response(500)
        return served(FILES | {"20260301110000": packed(line(8))})(request)

    assert holes_of(answer) == [("11:00", "11:15", "20260301111500")]


def test_a_quarter_that_was_not_published_is_not_known_and_is_asked_for_again() -> None:
    files = dict(FILES)
    collector = opened(lambda request: served(files)(request))
    first = [h for p in collector.pages("banjirkota", cursor=None, now=NOON) for h in p.holes]
    assert [(hole.from_at.hour, hole.from_at.minute, hole.to_at.hour) for hole in first] == [
        (10, 45, 11)
    ]
    assert "was not published" in first[0].detail
    files["20260301110000"] = packed(line(8, "Banjir kota: posko dibuka"))
    later = list(collector.pages("banjirkota", cursor=None, now=NOON + timedelta(minutes=10)))
    assert not [hole for page in later for hole in page.holes]
    assert sum(page.posts.height for page in later) == 4


def test_files_that_are_all_broken_are_the_servers_fault() -> None:
    collector = opened(served(dict.fromkeys(FILES | {"20260301110000": b""}, b"<html>")))
    read = []
    with pytest.raises(PayloadError, match="no archive"):
        read += collector.pages("banjirkota", cursor=None, now=NOON)


def test_files_that_stand_still_show_nothing_newer() -> None:
    shown = [
        next(opened(served(FILES)).pages("banjirkota", cursor=None, now=at)).shown_to
        for at in (NOON, NOON + timedelta(minutes=30), NOON + timedelta(hours=6))
    ]
    late = NOON + timedelta(minutes=30)
    assert shown == [NOON, late, datetime(2026, 3, 1, 11, 45, tzinfo=UTC)]
