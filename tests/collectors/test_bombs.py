"""What is written to take a processor or a memory is read in bounds, or set aside."""

from __future__ import annotations

import gzip
import json
import re
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import polars as pl
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from collectors.errors import PayloadError
from collectors.imports import packed
from collectors.imports.detect import recognize
from collectors.markup import text_and_links, unescape
from collectors.page import LONGEST_TEXT, page_of
from collectors.platforms.news.feed import issue_of
from collectors.platforms.telegram.history import history_of
from collectors.records import raw_of
from tests.builders import make_post
from tests.collectors.imports.reading import read
from tests.collectors.servers import make_status

CPU_SECONDS = 30  # each of these took minutes; together they take three seconds
TWEET = {
    "id_str": "1", "full_text": "halo #air", "created_at": "Mon Nov 30 00:00:00 +0000 2026",
    "user": {"id_str": "5", "screen_name": "ani"},
    "entities": {"hashtags": [{"text": "air"}], "urls": [], "user_mentions": []},
}  # fmt: skip
HEADER = "post_id,created_at,author,text\n1,2026-03-01T00:00:00Z,ani,halo\n"
LAST = "3,2026-03-01T00:00:00Z,ani,halo\n"
MEGABYTE = 1 << 20


def in_bounds(program: str) -> str:
    """Run a program that may take so much processor time and no more; give what it prints."""

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False,
        preexec_fn=bound,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout


def test_no_markup_takes_a_time_that_grows_faster_than_its_length() -> None:
    in_bounds(
        "from collectors.markup import text_and_links\n"
        "for part, before in (('<!--', ''), ('a=1 ', '<a '), ('a ', '<a '), ('<', ''), ('&', ''),\n"
        "    ('<div>', ''), ('&#', ''), ('<a b=\"', ''), ('</', ''), ('<!', ''), ('<?', ''),\n"
        "    ('<script>', ''), ('<script></scrip', ''), ('<![CDATA[', ''), ('<a', ''),\n"
        "    ('<a b=\"x', ''), ('<a href=\"x\"', ''), ('<p a=\"', ''), (' ', '<a'),\n"
        "    ('=', '<a ')):\n"
        "    text_and_links(before + part * (1_000_000 // len(part)))\n"
    )


def test_no_feed_takes_minutes() -> None:
    attributes = " ".join(f'a{n}="1"' for n in range(50_000))
    spaces = " ".join(f'xmlns:a{n}="u{n}"' for n in range(20_000))
    with pytest.raises(PayloadError, match="more than 100 attributes"):
        issue(feed(f"<item {attributes}><title>x</title></item>"))
    with pytest.raises(PayloadError, match="more than 100 attributes"):
        issue(feed("").replace(b"<rss", b"<rss " + spaces.encode()))
    with pytest.raises(PayloadError, match="bytes, too many for a feed"):
        issue(feed("<item>" + "x" * 5_000_000 + "</item>"))
    said = in_bounds(
        "from zoneinfo import ZoneInfo\n"
        "from collectors.platforms.news.feed import issue_of\n"
        "head = '<rss version=\"2.0\"><channel><title>x</title><item><link>https://a.example/1</link>'\n"
        "tail = '<pubDate>Mon, 02 Mar 2026 07:00:00 +0700</pubDate></item></channel></rss>'\n"
        "for part in ('&lt;!--', '&lt;a ', '&lt;', '&lt;div>', 'a=1 ', '&amp;#'):\n"
        "    for name in ('title', 'description'):\n"
        "        body = f'{head}<title>t</title><{name}>x {part * 60_000}</{name}>{tail}'\n"
        "        got = issue_of(body.encode(), content_type='application/rss+xml',\n"
        "                       place='a.example', zone=ZoneInfo('UTC'))\n"
        "        print(len(got.articles))\n"
    )
    assert set(said.split()) == {"1"}


def feed(items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


def issue(body: bytes) -> object:
    return issue_of(
        body, content_type="application/rss+xml", place="a.example", zone=ZoneInfo("UTC")
    )


def test_an_article_with_many_links_in_its_text_is_no_bomb() -> None:
    links = "".join(f'&lt;a href="https://b.example/{n}" class="x">n&lt;/a>' for n in range(300))
    item = (
        f"<item><title>Air</title><link>https://a.example/1</link><description>{links}"
        "</description><pubDate>Mon, 02 Mar 2026 07:00:00 +0700</pubDate></item>"
    )
    found = issue(feed(item))
    assert [article.title for article in found.articles] == ["Air"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "body",
    [b"<div>" * 300_000, b"<b>" * 200 + b"</div><div>x" * 1_000, b"<i>x</i>" * 60_000,
     b"x" * 3_000_001],
)  # fmt: skip
def test_a_page_that_is_deeper_or_longer_than_a_channel_is_refused(body: bytes) -> None:
    with pytest.raises(PayloadError, match="channel"):
        history_of(b'<div class="tgme_channel_history">' + body, channel="a", address="t.me/s/a")


class _Told(HTMLParser):
    """What Python's parser reads, which is right where markup is well-formed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(
            {"br": "\n", "p": "\n\n"}.get(tag, "") if self.parts or tag == "br" else ""
        )
        if tag == "a" and (href := dict(attrs).get("href")):
            self.links.append(href)

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


WORDS = st.text(st.characters(exclude_characters="<>&\0\r", exclude_categories=["Cs"]), max_size=8)
SOUND = st.one_of(
    WORDS,
    st.sampled_from(["&amp;", "&lt;", "&#233;", "&#x2764;", "<br>", "<br/>", "<hr class='x' />",
                     "<!-- a > b -->", "<!DOCTYPE html>", "<?php x ?>", "</b >", "<B>", "<i>x</i>",
                     '<a href="https://a.example/?a=1&amp;b=2" rel=x>', "</a>", "<a name>",
                     "<A HREF='https://b.example'>", "<img alt='a > b' src=\"x\">"]),
)  # fmt: skip


@given(st.lists(SOUND, max_size=12).map("".join))
def test_markup_is_read_as_the_library_reads_it(html: str) -> None:
    told = _Told()
    told.feed(html)
    told.close()
    expected = "".join(told.parts).strip(), tuple(dict.fromkeys(told.links))
    assert text_and_links(html) == expected


@given(st.text(st.sampled_from("<>/!-?ab='\"&#; \n"), max_size=60))
def test_no_markup_raises_anything(html: str) -> None:
    text, links = text_and_links(html)
    assert len(text) <= 2 * len(html)
    assert len(links) <= html.count("<")


@pytest.mark.parametrize(
    "written", ["&#" + "9" * 5_000 + ";", "&#" + "9" * 5_000, "&#x" + "f" * 5_000]
)
def test_a_reference_to_no_character_is_one_that_cannot_be_shown(written: str) -> None:
    assert unescape(f"a{written}") == "a\ufffd"
    assert text_and_links(f"<p>halo {written}</p>")[0] == "halo \ufffd"


def test_a_text_that_is_longer_than_any_post_is_cut_and_says_so() -> None:
    (text, whole) = page_of(
        posts=[make_post(1, text="é" * 5_000_000), make_post(2, text="é" * LONGEST_TEXT)]
    ).posts["text"]
    assert text == "é" * LONGEST_TEXT + " […]"
    assert whole == "é" * LONGEST_TEXT


DEEP = '{"a":' * 5_000 + "1" + "}" * 5_000
FORMATS = {
    "v1": json.dumps(TWEET),
    "v2": json.dumps({"data": {"id": "1", "author_id": "7", "text": "x #air",
                               "created_at": "2026-03-01T00:00:00Z"},
                      "__twarc": {"url": "x", "version": "2",
                                  "retrieved_at": "2026-03-01T01:00:00+00:00"}}),
    "mastodon": json.dumps(make_status(uri="https://a.example/1")),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("deep", [DEEP, "[" * 5_000 + "]" * 5_000, '{"data":' + DEEP + "}",
                                  '{"id_str":' + DEEP + "}"])  # fmt: skip
def test_a_record_that_is_nested_deeply_is_set_aside_and_the_next_is_read(
    name: str, deep: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{FORMATS[name]}\n{deep}\n")
    found = read(recognize(path), path)
    assert (found.matched.height, found.rejected.height) in ((1, 1), (1, 0))
    first = tmp_path / "b.jsonl"
    first.write_text(f"{deep}\n{FORMATS[name]}\n")
    assert recognize(first).name == recognize(path).name


def test_a_record_that_is_just_not_too_deep_to_be_read_can_be_kept_at_any_depth_of_calls() -> None:
    row: object = 1
    for _ in range(980):
        row = {"a": row}

    def further(calls: int) -> str:
        return raw_of(row) if calls == 0 else further(calls - 1)

    assert further(0).startswith('{"a"') or further(0).startswith("(nested")
    assert further(900) == "(nested too deeply to be kept)"
    assert msgspec.json.decode(raw_of({"a": 1})) == {"a": 1}


def line_of(size: int, write: Callable[[bytes], object], before: str, after: str) -> None:
    write(before.encode())
    for _ in range(size // MEGABYTE):
        write(b"a" * MEGABYTE)
    write(after.encode())


def tweets(size: int, write: Callable[[bytes], object]) -> None:
    first = json.dumps(TWEET)
    line_of(size, write, f'{first}\n{{"id_str":"', f'"}}\n{first}\n')


def write_zip(path: Path, size: int) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.jsonl", "w") as f,
    ):
        tweets(size, f.write)


def write_zstd(path: Path, size: int) -> None:
    with path.open("wb") as file, zstandard.ZstdCompressor().stream_writer(file) as packing:
        tweets(size, packing.write)


def write_csv(path: Path, size: int, cell: str = "2,2026-03-01T00:00:00Z,ani,") -> None:
    with gzip.open(path, "wb", compresslevel=1) as file:
        line_of(size, file.write, HEADER + cell, f"\n{LAST}")


def write_list(path: Path, size: int) -> None:
    with gzip.open(path, "wb", compresslevel=1) as file:
        first = json.dumps(TWEET)
        line_of(size, file.write, f'[{first},{{"id_str":"', f'"}},{first}]')


@pytest.mark.soak  # long, for what it adds to the tests of each change
@pytest.mark.parametrize(
    ("name", "write", "kept"),
    [("a.zip", write_zip, 2), ("a.jsonl.zst", write_zstd, 2), ("a.csv.gz", write_csv, 2),
     ("a.json.gz", write_list, 2)],
)  # fmt: skip
def test_one_endless_line_takes_no_more_memory_than_a_long_record(
    name: str, write: Callable[[Path, int], None], kept: int, tmp_path: Path
) -> None:
    path = tmp_path / name
    write(path, 400 * MEGABYTE)
    said = in_bounds(
        "import resource, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from collectors.imports.detect import recognize\n"
        "from collectors.imports.sample import ImportOptions\n"
        f"path = Path({str(path)!r})\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "options = ImportOptions(captured_at=datetime(2026, 3, 1, tzinfo=UTC))\n"
        "pages = list(recognize(path).pages(path, options))\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(sum(p.received - p.rejected.height for p in pages),\n"
        "      sum(p.rejected.height for p in pages), (after - before) // 1024)\n"
    )
    read_whole, aside, megabytes = (int(number) for number in said.split())
    assert read_whole == kept
    assert aside >= 1
    assert megabytes < 350, "more than some copies of a record of 64 MB"


def test_a_line_that_is_too_long_says_so_and_its_neighbours_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    write_zip(path, 70 * MEGABYTE)
    found = read(recognize(path), path)
    assert (found.received, found.matched["post_key"].n_unique()) == (3, 1)
    assert found.rejected.select("locator", "reason").row(0) == (
        "a.zip:2", "more than 64 MB, too long for a record",
    )  # fmt: skip


def test_an_archive_that_unpacks_to_thousands_of_times_its_size_ends_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "_ALWAYS", 40 * MEGABYTE)
    path = tmp_path / "a.jsonl.zst"
    write_zstd(path, 200 * MEGABYTE)
    assert path.stat().st_size < 200 * MEGABYTE // 1_000
    found = read(recognize(path), path)
    assert found.matched.height == 1
    assert any("more than 250 times its size" in why for why in found.rejected["reason"])


def test_what_an_archive_holds_is_the_same_by_any_packing(tmp_path: Path) -> None:
    lines = "".join(json.dumps(TWEET | {"id_str": str(n)}) + "\n" for n in range(1, 3_000)).encode()
    (tmp_path / "a.gz").write_bytes(gzip.compress(lines))
    (tmp_path / "a.zst").write_bytes(zstandard.compress(lines))
    for name in ("a.gz", "a.zst"):
        with packed.opened(tmp_path / name) as file:
            assert file.read() == lines
    assert isinstance(read(recognize(tmp_path / "a.zst"), tmp_path / "a.zst").posts, pl.DataFrame)
    assert re.fullmatch(rb"(\{.*\}\n)+", lines)
