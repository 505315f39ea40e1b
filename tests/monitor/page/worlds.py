"""What reports are made of here: a month with a burst, a group and a gap; files; next to nothing.

Nobody in it is real. Some of it is hostile: handles, texts, hashtags, links and titles that would
be a program if a page took them for HTML.
"""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from collectors.page import page_of
from collectors.records import Author, Interaction, Post
from monitor import config
from monitor.config import Config
from monitor.importing import import_file, importer_for
from monitor.inputs import Wanted
from monitor.naming import Naming
from monitor.page.render import as_html
from monitor.page.story import Story
from monitor.page.tell import Telling, tell
from monitor.report.compute import compute
from monitor.report.report import Report
from monitor.report.span import span_of
from monitor.store import StoreFile

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 3, 31, 17, tzinfo=UTC)  # 1 April, 00:00 WIB
DAYS = 22
SOURCE = "mastodon/contoh.example"
BURST = (NOW - 2 * DAY - 8 * HOUR, NOW - 2 * DAY - 3 * HOUR)
GAP = (NOW - 5 * DAY, NOW - 5 * DAY + 9 * HOUR)
GROUP = tuple(range(900, 906))
PUBLIC = 7  # the one account that may be named in what is published
CONFIG = """
timezone = "Asia/Jakarta"
language = "id"

[[watches]]
name = "air-bersih"
hashtags = ["AirBersih"]
sources = ["mastodon"]

[collectors.mastodon]
servers = ["https://contoh.example"]

[store]
path = "data/gaung.duckdb"

[privacy]
public = ["warga7@contoh.example"]
"""
SCRIPT = "<script>alert('x')</script>"
HOSTILE = (
    f"{SCRIPT} \"kutip\" & 'petik' #AirBersih",
    '</script><img src="https://jahat.example/p.png" onerror="alert(1)"> #AirBersih',
    "\u202eterbalik\u202c مرحبا <!-- --> ]]> 💧👩🏽\u200d🚒 #AirBersih",
    "{{ 7 * 7 }} {% raw %} %(name)s {0} \\u003c/script> #AirBersih",
)
HOSTILE_HANDLES = (f"{SCRIPT}@x.example", "\"'onload='x@x.example", "\u202emoc.live@x.example")
HOSTILE_LINKS = (
    "javascript:alert(1)",
    'https://air.example/"><b>',
    "https://x.com/warga3/status/1",
)
HOSTILE_TAG = "<b>air</b>"
_WORDS = (
    ("pipa", "bocor", "galian", "jalan"), ("tarif", "tagihan", "naik", "mahal"),
    ("sumur", "kering", "kemarau", "desa"), ("sungai", "limbah", "pabrik", "bau"),
    ("tangki", "antre", "jeriken", "subuh"),
)  # fmt: skip
_NIGHT = (3, 2, 1, 1, 1, 2, 4, 6, 7, 8, 8, 8, 8, 8, 7, 7, 7, 8, 9, 9, 8, 7, 6, 4)


def account(number: int) -> str:
    """Give the key of an account."""
    return f"mastodon:@warga{number}@contoh.example"


def handle(number: int) -> str:
    """Give its handle."""
    if number < len(HOSTILE_HANDLES):
        return HOSTILE_HANDLES[number]
    return f"warga{number}@contoh.example"


@dataclass
class _Month:
    """Writes posts and what goes on between accounts."""

    rng: random.Random = field(default_factory=lambda: random.Random(11))
    posts: list[Post] = field(default_factory=list)
    acts: list[Interaction] = field(default_factory=list)

    def write(self, at: datetime, author: int, text: str, **more: object) -> Post:
        number = len(self.posts)
        given: dict[str, object] = {
            "post_key": f"mastodon:https://contoh.example/rahasia{number}",
            "platform": "mastodon",
            "author_key": account(author),
            "kind": "original",
            "created_at": at,
            "text": text,
            "hashtags_raw": ("AirBersih",),
        }
        post = Post(**given | more)  # type: ignore[arg-type]
        self.posts.append(post)
        return post

    def act(self, kind: str, by: int, on: Post, at: datetime, post: Post | None = None) -> None:
        self.acts.append(
            Interaction(
                kind=kind,  # type: ignore[arg-type]
                platform="mastodon",
                author_key=account(by),
                target_author_key=on.author_key,
                post_key=None if post is None else post.post_key,
                target_post_key=on.post_key,
                acted_at=at,
            )
        )


def _everyday(month: _Month) -> None:
    """Let five communities talk, each mostly to itself, and louder in the burst."""
    rng = month.rng
    hour = NOW - DAYS * DAY
    recent: list[list[Post]] = [[] for _ in _WORDS]
    while hour < NOW:
        mean = _NIGHT[(hour.hour + 7) % 24] * (14 if BURST[0] <= hour < BURST[1] else 1)
        if GAP[0] <= hour < GAP[1]:
            mean = 0
        count = sum(rng.random() < 0.7 for _ in range(mean))
        for minute in sorted(rng.random() for _ in range(count)):
            at = hour + minute * HOUR
            group = rng.randrange(len(_WORDS))
            author = group + len(_WORDS) * int(90 * rng.random() ** 1.5)
            _said(month, recent[group if rng.random() < 0.95 else 0], at, author, group)
        hour += HOUR


def _said(month: _Month, recent: list[Post], at: datetime, author: int, group: int) -> None:
    rng, kind = month.rng, month.rng.random()
    words = " ".join(rng.choices(_WORDS[group], k=3))
    text = f"{words} di kampung {rng.randrange(9999)} RT {rng.randrange(99)} #AirBersih"
    on = rng.choice(recent[-12:]) if recent else None
    if on is None or kind < 0.45 or on.author_key == account(author):
        links = (f"https://berita.example/{group}",) if rng.random() < 0.2 else ()
        recent.append(month.write(at, author, text, urls=links))
    elif kind < 0.7:
        post = month.write(at, author, text, kind="reply", reply_to_key=on.post_key)
        month.act("reply", author, on, at, post)
    else:
        month.act("repost", author, on, at)


def _group(month: _Month) -> None:
    """Let six accounts write the same within seconds, again and again."""
    for turn in range(14):
        at = BURST[0] + turn * timedelta(minutes=19)
        for place, number in enumerate(GROUP):
            month.write(
                at + timedelta(seconds=3 * place),
                number,
                f"Turunkan tarif air sekarang juga, seruan ke-{turn} untuk seluruh warga kota",
                hashtags_raw=("AirBersih", "TarifAir"),
                urls=("https://petisi.example/air",),
            )


def _hostile(month: _Month) -> None:
    for place in range(40):
        post = month.write(
            BURST[0] + timedelta(minutes=3 * place + 1),
            place % len(HOSTILE_HANDLES),
            HOSTILE[place % len(HOSTILE)],
            urls=(HOSTILE_LINKS[place % len(HOSTILE_LINKS)],),
            hashtags_raw=("AirBersih", HOSTILE_TAG, "سلام", "💧"),
        )
        for by in range(30, 70):
            month.act("repost", by, post, post.created_at + timedelta(seconds=20 * by))


def _news(month: _Month) -> None:
    month.write(
        BURST[0] + 2 * HOUR, 0, f"Warga antre air {SCRIPT} & \"air\"", kind="article",
        platform="news", author_key="news:berita.example", url="https://berita.example/1",
        urls=("https://berita.example/1",), post_key="news:berita.example/1",
    )  # fmt: skip


def _authors() -> list[Author]:
    return [
        Author(
            author_key=account(number), platform="mastodon", handle=handle(number),
            display_name=SCRIPT, followers=10 + number,
            created_at=NOW - (30 + number) * DAY,
        )
        for number in (*range(450), *GROUP)
    ]  # fmt: skip


def settings() -> Config:
    """Give the settings."""
    return config.parse(tomllib.loads(CONFIG), name="config.toml")


def fill(stores: StoreFile) -> StoreFile:
    """Fill a store with the month."""
    month = _Month()
    for part in (_everyday, _group, _hostile, _news):
        part(month)
    page = page_of(posts=month.posts, authors=_authors(), interactions=month.acts)
    with stores.open() as store, store.transaction():
        store.posts.add(page, source=SOURCE, now=NOW)
        store.coverage.want(SOURCE, "airbersih", since=NOW - DAYS * DAY)
        for stretch in ((NOW - DAYS * DAY, GAP[0]), (GAP[1], NOW)):
            store.coverage.cover(SOURCE, "airbersih", stretch)
        store.coverage.open_gap(SOURCE, "airbersih", GAP, "outage", now=GAP[1])
        store.privacy.salt()
    return stores


def fill_file(path: Path, *, posts: int = 2500) -> Path:
    """Write a file as researchers share them: Sunday to Friday, with hours that are missing."""
    rng, rows = random.Random(5), []
    start = NOW - 6 * DAY
    # Two nights are missing in it, and at half past the campaign breaks loose.
    at = start
    while len(rows) < posts:
        busy = _NIGHT[(at.hour + 7) % 24] * (
            9 if timedelta(0) < at - start - 3 * DAY < 6 * HOUR else 1
        )
        at += timedelta(seconds=1200 * rng.expovariate(1) / busy)
        since = (at - start) % (2 * DAY)
        if 20 * HOUR < since < 31 * HOUR:
            continue
        author, on = int(300 * rng.random() ** 2), rng.randrange(len(rows)) if rows else None
        kind = "original" if on is None else rng.choice(["original", "retweet", "retweet", "reply"])
        text = f"gelap {rng.randrange(500)} dan {rng.choice(HOSTILE)} #GelapContoh"
        rows.append(
            {
                "post_id": str(10**15 + len(rows)), "platform": "twitter",
                "author": f"orang{author}",
                "author_id": str(10**6 + author), "created_at": at, "text": text,
                "hashtags": ["GelapContoh"], "post_type": kind,
                "repost_of_id": rows[on]["post_id"] if kind == "retweet" else None,
                "repost_of_author": rows[on]["author"] if kind == "retweet" else None,
                "reply_to_id": rows[on]["post_id"] if kind == "reply" else None,
                "reply_to_author": rows[on]["author"] if kind == "reply" else None,
            }
        )  # fmt: skip
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(path)
    return path


def fill_one(stores: StoreFile) -> StoreFile:
    """Store one post, and nothing else."""
    month = _Month()
    month.write(NOW - 3 * HOUR, 5, HOSTILE[0])
    with stores.open() as store, store.transaction():
        store.posts.add(page_of(posts=month.posts), source=SOURCE, now=NOW)
        store.privacy.salt()
    return stores


@cache
def folder() -> Path:
    """Give a folder that lasts as long as the tests."""
    kept = TemporaryDirectory(prefix="gaung-pages-")
    _kept.append(kept)
    return Path(kept.name)


_kept: list[TemporaryDirectory[str]] = []


@cache
def month() -> StoreFile:
    """Give the store of the month, filled once."""
    return fill(StoreFile(folder() / "month" / "gaung.duckdb"))


@cache
def story(
    name: str = "air-bersih", *, redact: bool = False, compare: bool = False, days: int = DAYS
) -> Story:
    """Compute the story of the last days of the month, once; 0 days: of hours without a post."""
    stores, given = month(), settings()
    since, until = (NOW - days * DAY, NOW) if days else (NOW, NOW + 6 * HOUR)
    tags = () if name == "all" else ("airbersih",) if name == "air-bersih" else (name.strip("#"),)
    watch = name if name == "air-bersih" else None
    asked = Wanted(name, tags, watch=watch, since=since, until=until)
    with stores.open() as store:
        naming = Naming.of(store.privacy.salt(), given.privacy.public, given.privacy.public_from)
    other = compared_with() if compare else None
    telling = Telling(
        wanted=asked, window=None, command=f"gaung report {name}", naming=naming if redact else None
    )
    return tell(stores, given, telling, now=NOW, other=other)


@cache
def compared_with() -> Report:
    """Compute the report of the week with the gap, once: what others are compared with."""
    given, stores = settings(), month()
    asked = Wanted(
        "air-bersih", ("airbersih",), watch="air-bersih", since=NOW - 8 * DAY, until=NOW - 4 * DAY
    )
    with stores.open(read_only=True) as store:
        span = span_of(
            store, asked.target, since=asked.since, until=asked.until, window=None,
            now=NOW, zone=given.zone,
        )  # fmt: skip
        return compute(store, asked.target, span, config=given, now=NOW).report


def write_pages(into: Path) -> Path:
    """Write a page of each kind, most of them in both languages; give the folder."""
    into.mkdir()
    stories = {
        "month": story(),
        "redacted": story(redact=True),
        "compare": replace(story(days=4), other=compared_with()),
        "empty": story(days=0),
        "one": _one(),
        "file": _file(),
    }
    for name, told in stories.items():
        for language in ("id", "en"):
            path = into / f"{name}.{language}.html"
            path.write_text(as_html(told, language=language), encoding="utf-8")
    return into


def _one() -> Story:
    stores = fill_one(StoreFile(folder() / "one" / "gaung.duckdb"))
    asked = Telling(wanted=Wanted("all posts", ()), window=None, command="gaung report all")
    return tell(stores, settings(), asked, now=NOW)


def _file() -> Story:
    """Tell of a file, as `gaung report all --input` does."""
    stores = StoreFile(folder() / "file" / "gaung.duckdb")
    path = fill_file(folder() / "file.parquet")
    importer = importer_for(path, "auto")
    import_file(stores, path, importer=importer, mapping={}, now=NOW)
    asked = Telling(wanted=Wanted("all posts", ()), window=None, command="gaung report all")
    return tell(stores, settings(), asked, now=NOW)
