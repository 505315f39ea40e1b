"""What is written with --redact names nobody, wherever in the store a name stands.

Every name in this store, and the folder of its file, holds one syllable that nothing else does.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import unicodedata
import zipfile
from datetime import timedelta

import polars as pl
import pytest

from analysis.findings import Finding, FindingKind
from collectors.page import page_of
from collectors.records import Interaction
from monitor.store.views import VIEWS
from tests.builders import HOUR, NOON, make_author, make_engagement, make_post

pytestmark = pytest.mark.soak  # real processes, or many commands: too long for each change

SYLLABLE = "kelabusenja"
KEY = "5e17a0" * 10 + "5e17"  # of Nostr: 64 figures, in which nobody writes a name
DID = f"did:plc:{SYLLABLE}"
CHANNEL = f"telegram/Kanal_{SYLLABLE}"
ACCOUNTS = {
    f"telegram:@kanal_{SYLLABLE}": f"Kanal_{SYLLABLE}",
    f"mastodon:@{SYLLABLE}@{SYLLABLE}.example": f"{SYLLABLE}@{SYLLABLE}.example",
    f"bluesky:{DID}": f"{SYLLABLE}.bsky.social",
    f"nostr:{KEY}": None,
    f"x:@{SYLLABLE}_x": f"{SYLLABLE}_x",
    f"youtube:UC{SYLLABLE}": f"@{SYLLABLE}-tv",
    f"threads:@{SYLLABLE}.t": f"{SYLLABLE}.t",
}
SOURCES = {
    "telegram": CHANNEL, "mastodon": "mastodon/besar.example", "bluesky": "bluesky/search",
    "nostr": "nostr/relay.example", "x": "x/api.x.com", "youtube": "youtube/api",
    "threads": "threads/graph.threads.net",
}  # fmt: skip
# So it is written, by people and by programs.
SPELT = [
    f"@{SYLLABLE}", f"@{SYLLABLE}@rumah.example", f"@ {SYLLABLE}", f"＠{SYLLABLE}", f"﹫{SYLLABLE}",
    f"@{SYLLABLE.upper()}", f"{SYLLABLE}.bsky.social", f"{SYLLABLE}.example", DID, f"at://{DID}/x",
    f"https://bsky.app/profile/{DID}", f"t.me/kanal_{SYLLABLE}", f"https://t.me/s/{SYLLABLE}/3",
    f"{SYLLABLE}@surel.example", f"{SYLLABLE} @ surel.example", f"https://m.facebook.com/{SYLLABLE}",
    f"https://{SYLLABLE}.tumblr.com/1", f"https://rumah.example/@{SYLLABLE}/1", f"u/{SYLLABLE}",
    f"https://rumah.example/users/{SYLLABLE}", f"https://www.youtube.com/@{SYLLABLE}",
]  # fmt: skip
LINKS = tuple(one for one in SPELT if one.startswith("https://"))
CONFIG = (
    '[store]\npath = "data/gaung.duckdb"\n[[watches]]\nname = "air"\nhashtags = ["AirBersih"]\n'
)


def post_of(account, number, at):
    platform, _, of = account.partition(":")
    turn = number // 100
    said = f"air bersih mati lagi di kampung kita untuk kali ke-{turn} {SPELT[turn % len(SPELT)]}"
    key = {
        "telegram": f"telegram:kanal_{SYLLABLE}/{number}",
        "mastodon": f"mastodon:https://{SYLLABLE}.example/users/{SYLLABLE}/statuses/{number}",
        "bluesky": f"bluesky:at://{DID}/app.bsky.feed.post/{number}",
    }.get(platform, f"{platform}:{of}{number}")
    return make_post(
        number, post_key=key, platform=platform, author_key=account, created_at=at, text=said,
        urls=(LINKS[turn % len(LINKS)], f"https://berita.example/{turn}"), url=f"https://t.me/{SYLLABLE}",
        hashtags_raw=("AirBersih", "Kampung"),
    )  # fmt: skip


@pytest.fixture
def ran(gaung, stores, tmp_path, monkeypatch):
    """The program over a store in which each column that can name somebody does."""
    monkeypatch.setattr("monitor.cli.books.sys.argv", sys.argv)
    (tmp_path / "config.toml").write_text(CONFIG)
    keys = list(ACCOUNTS)
    with stores.open() as store, store.transaction():
        for place, (key, handle) in enumerate(ACCOUNTS.items()):
            platform = key.partition(":")[0]
            author = make_author(
                key, handle=handle, display_name=f"Nama {SYLLABLE}", followers=12_345,
                url=f"https://rumah.example/@{SYLLABLE}", created_at=NOON - timedelta(days=99),
            )  # fmt: skip
            # All write the same within minutes, time and again: so they stand in groups.
            posts = [
                post_of(key, 100 * turn + place, NOON - turn * HOUR + place * timedelta(seconds=5))
                for turn in range(24)
            ]
            acts = [
                Interaction(
                    kind=kind, platform=platform, author_key=key, post_key=None,
                    target_author_key=keys[place - 1], acted_at=post.created_at,
                    target_post_key=post.post_key, via_key=f"bluesky:at://{DID}/via/{n}",
                )
                for n, post in enumerate(posts) for kind in ("repost", "mention", "quote", "reply")
            ]  # fmt: skip
            counts = [make_engagement(post_key=posts[0].post_key, observer=SOURCES[platform])]
            page = page_of(posts=posts, authors=[author], interactions=acts, engagement=counts)
            store.posts.add(page, source=SOURCES[platform], now=NOON + HOUR)
        crowd = [
            make_post(
                n, text=f"{n} hal lain di pasar {n} pagi {n} ini", hashtags_raw=("AirBersih",),
                author_key=f"mastodon:@{SYLLABLE}{n % 60}@besar.example",
                created_at=NOON - n * timedelta(minutes=3),
            )
            for n in range(400)
        ]  # fmt: skip
        store.posts.add(page_of(posts=crowd), source=SOURCES["mastodon"], now=NOON + HOUR)
        words = f"{CHANNEL}: https://t.me/s/kanal_{SYLLABLE} answered 404"
        run = store.runs.start("poll", CHANNEL, now=NOON, hashtag="airbersih")
        store.runs.finish(run, "failed", now=NOON, detail=words)
        store.coverage.want(CHANNEL, "airbersih", since=NOON - 9 * HOUR)
        store.coverage.cover(CHANNEL, "airbersih", (NOON - 9 * HOUR, NOON - 5 * HOUR))
        missing = (NOON - 5 * HOUR, NOON - HOUR)
        store.coverage.open_gap(CHANNEL, "airbersih", missing, "outage", now=NOON, detail=words)
        for kind, subject in (
            (FindingKind.SOURCE_TROUBLE, CHANNEL), (FindingKind.COORDINATION, "air"),
        ):  # fmt: skip
            store.findings.save(
                Finding(
                    watch="air", kind=kind, subject=subject, from_at=NOON, to_at=None, score=3.0,
                    evidence={"detail": words, "top": [f"@{SYLLABLE}"], "posts": 3},
                ),
                now=NOON,
            )  # fmt: skip

    def run_it(*words):
        monkeypatch.setattr("monitor.cli.books.sys.argv", ["gaung", *words])
        code, out, err = gaung(*words)
        assert code == 0, (words, out, err)
        return out

    return run_it


def named(text):
    """Return where somebody is named, in whatever letters."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return [plain[max(0, at.start() - 60) : at.end() + 20] for at in re.finditer(_NAMED, plain)]


_NAMED = f"{SYLLABLE}|{KEY}|{SYLLABLE.encode().hex()}"


def texts_of(path):
    """Return all text in a file, packed or not."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return "\n".join(book.read(name).decode() for name in book.namelist())
    if path.suffix == ".parquet":
        frame = pl.read_parquet(path, hive_partitioning=False)
        return f"{frame.to_dicts()} {pl.read_parquet_metadata(path)}"
    return path.read_text(encoding="utf-8")


def test_the_names_are_there_without_redact(ran):
    """Else this would tell nothing."""
    assert named(ran("report", "#AirBersih", "--format", "json"))
    for view in ("posts", "accounts", "engagement", "gaps", "runs", "sources", "interactions"):
        assert named(ran("sql", f"from {view}", "--format", "csv")), view
    assert named(ran("findings", "--json"))
    assert named(ran("coordination", "all", "--format", "json"))  # there is a group


def test_no_view_names_anybody(ran):
    for view in VIEWS:
        assert named(ran("sql", f"from {view.name}", "--redact", "--format", "json")) == [], view


def test_a_channel_has_one_name_as_source_and_as_account(ran):
    asked = "select distinct account, source from posts where platform = 'telegram'"
    ((account, source),) = list(csv.reader(io.StringIO(ran("sql", asked, "--redact", "--format",
                                                           "csv"))))[1:]  # fmt: skip
    assert source == f"telegram/{account}"
    assert source in ran("report", "#AirBersih", "--redact", "--format", "json")  # of its gap
    assert source in ran("findings", "--redact", "--json")


WRITTEN = [
    *(("report", "#AirBersih", "--redact", "-o", f"report.{end}")
      for end in ("json", "ndjson", "csv", "md", "html", "xlsx", "txt")),
    *(("genesis", "all", "--redact", "--format", "csv", "--rows", rows)
      for rows in ("hours", "cascades", "amplifiers")),
    *(("genesis", "all", "--redact", "-o", f"genesis.{end}") for end in ("json", "xlsx", "txt")),
    *(("coordination", "all", "--redact", f"--{view}", "-o", f"groups.{end}")
      for view in ("groups", "accounts", "edges", "evidence") for end in ("csv", "json")),
    ("coordination", "all", "--redact", "-o", "groups.xlsx"),
    *(("graph", "all", "--redact", "--kind", kind, "-o", f"{kind}.{end}")
      for kind in ("amplification", "coordination", "hashtags", "links")
      for end in ("gexf", "graphml", "csv", "json")),
    ("findings", "--redact", "-o", "findings.xlsx"),
    ("findings", "--redact", "-o", "findings.csv"),
    ("findings", "--redact"),
    ("sql", "from runs", "--redact", "-o", "runs.xlsx", "--format", "xlsx"),
    ("export", "lake", "--redact"),
    *(("export", f"{tool}.csv", "--redact", "--target", "all", "--format", tool, *by)
      for tool, by in (("4cat", ()), ("coortweet", ("--by", "link")), ("cnt", ()))),
]  # fmt: skip


def test_no_file_and_no_output_names_anybody(ran, tmp_path):
    known = set(tmp_path.rglob("*"))
    for words in WRITTEN:
        assert named(ran(*words)) == [], words
        made = [path for path in tmp_path.rglob("*") if path not in known and path.is_file()]
        for path in made:
            if "data" not in path.relative_to(tmp_path).parts:
                assert named(texts_of(path)) == [], (words, path.name)
        known |= set(made)


@pytest.fixture
def file(tmp_path):
    folder = tmp_path / f"Data {SYLLABLE}" / "map"
    folder.mkdir(parents=True)
    rows = ["id,created_at,author,text,hashtags"]
    for n in range(60):
        at = NOON - (n // 6) * timedelta(minutes=9) + (n % 6) * timedelta(seconds=4)
        said = f"air bersih mati lagi di kampung kita semua hari ini kata {SPELT[n % len(SPELT)]}"
        rows.append(f'{n},{at.isoformat()},{SYLLABLE}{n % 6},"{said}",AirBersih')
    path = folder / "cuitan.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("more", [(), ("--redact",)], ids=["plain", "redacted"])
def test_no_page_and_no_book_says_where_its_file_lies(ran, file, tmp_path, more):
    """The folder that it lies in is named after somebody, as the folders of a home are."""
    words = ["--config", str(tmp_path / "config.toml"), "report"]
    out = tmp_path / f"keluar {SYLLABLE}"
    out.mkdir()
    for end in ("html", "xlsx"):
        made = out / f"laporan.{end}"
        ran(*words, "--input", str(file), *more, "-o", str(made))
        text = texts_of(made)
        assert str(tmp_path) not in text
        assert f"Data {SYLLABLE}" not in text
        assert f"keluar {SYLLABLE}" not in text
        if more:
            assert named(text) == []
            assert "cuitan" not in text
