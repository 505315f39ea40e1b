"""Who is erased is in no table, no byte, no letter and no new backup, and does not come back."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from msgspec.structs import replace

from analysis.findings import Finding, FindingKind
from collectors.page import Page, page_of
from collectors.records import Author, Interaction, Post, Rejected
from monitor.config import parse
from monitor.naming import Naming
from monitor.notify import notify
from monitor.store import Store, StoreFile
from tests.builders import HOUR, NOON, SOURCE, make_author, make_post, make_repost

Gaung = Callable[..., tuple[int, str, str]]
KEY, HANDLE, DISPLAY = "x:919273645", "Warga_Diam88", "Tuti Rahayu Wening"
SECRET = ("sumurkering", "antreair", "gangmelati", "kepalasuku")
OWN = [
    f"Sumurkering di gangmelati {n}, antreair dari subuh, kepalasuku diam saja #AirBersih"
    for n in range(6)
]


def own_post(number: int) -> Post:
    return make_post(
        number,
        post_key=f"x:{9_000_000_000_000 + number}",
        platform="x",
        author_key=KEY,
        text=OWN[number],
        url=f"https://x.com/{HANDLE}/status/{9_000_000_000_000 + number}",
        created_at=NOON - HOUR,
    )


def others() -> dict[str, Post]:
    """What others wrote, each in another way."""
    mine = own_post(0)
    texts: dict[str, dict[str, Any]] = {
        "exact": {"text": f"@{HANDLE} benar #AirBersih"},
        "lower": {"text": f"setuju @{HANDLE.lower()}!"},
        "wide": {"text": f"kata ＠{HANDLE} begitu"},
        "bare": {"text": f"menurut {HANDLE.upper()} airnya mati"},
        "named": {"text": f"Bu {DISPLAY} yang bilang"},
        "link": {
            "text": f"lihat https://twitter.com/{HANDLE}/status/1",
            "urls": (f"https://mobile.twitter.com/{HANDLE.lower()}",),
        },
        "post": {
            "text": "ini dia",
            "urls": ("https://x.com/i/web/status/9000000000003", "https://berita.example/air"),
        },
        "retold": {"text": f"RT @{HANDLE}: {OWN[1]}"},
        "cut": {"text": f"RT @{HANDLE}: {OWN[2][:40]}…"},
        "cited": {"text": f"katanya: “{OWN[3].removesuffix(' #AirBersih')}” #AirBersih"},
        "wrapped": {"text": "kutip\n" + OWN[4].replace(" ", "\n").lower() + "\nselesai"},
        "repost": {"text": OWN[0], "kind": "repost", "repost_of_key": mine.post_key},
        "quote": {"text": f"lho {OWN[0]}", "kind": "quote", "quote_of_key": mine.post_key},
        "reply": {"text": "betul sekali", "kind": "reply", "reply_to_key": mine.post_key},
        "elsewhere": {"text": f"cek @{HANDLE} di sana", "platform": "mastodon"},
    }
    found = {}
    for number, (name, fields) in enumerate(texts.items()):
        platform = fields.pop("platform", "x")
        found[name] = make_post(
            number,
            post_key=f"{platform}:77{number}",
            platform=platform,
            author_key=f"{platform}:{500 + number}",
            url=None,
            created_at=NOON - HOUR,
            **fields,
        )
    return found


def the_page() -> Page:
    posts = [own_post(n) for n in range(6)]
    plain = [
        make_post(
            n, platform="x", post_key=f"x:{n}", author_key=f"x:{n % 9}", created_at=NOON - HOUR
        )
        for n in range(30)
    ]
    return page_of(
        posts=[*posts, *others().values(), *plain],
        authors=[
            Author(
                author_key=KEY,
                platform="x",
                handle=HANDLE,
                display_name=DISPLAY,
                followers=5_000_000,
                url=f"https://x.com/{HANDLE}",
            ),
            make_author("x:500", handle="kawan", display_name=f"penggemar @{HANDLE}"),
        ],
        interactions=[
            make_repost("x:500", KEY, platform="x", target_post_key=posts[0].post_key),
            Interaction(
                kind="mention",
                platform="x",
                author_key="x:501",
                target_author_key=KEY,
                post_key="x:771",
                acted_at=NOON,
            ),
        ],
    )


def fill(stores: StoreFile) -> None:
    text = 'watches = [{name = "air", hashtags = ["airbersih"], recipients = ["a@b.example"]}]\n'
    config = parse(tomllib.loads(text), name="test")
    burst = Finding(
        watch="air",
        kind=FindingKind.BURST,
        subject="air",
        from_at=NOON - 2 * HOUR,
        to_at=None,
        score=20.0,
        evidence={
            "posts": 30,
            "seen": 919273645,
            "authors": 3,
            "told": [{"members": [KEY, "x:1"], "post": own_post(1).post_key, "says": OWN[2]}],
            "by": f"@{HANDLE}",
        },
    )
    with stores.open() as store, store.transaction():
        store.posts.add(the_page(), source=SOURCE, now=NOON)
        run = store.runs.start("import", "x", now=NOON, locator=f"/data/{HANDLE}.jsonl")
        rejected = [
            Rejected(
                locator="f:1",
                reason="odd",
                raw=json.dumps({"user": {"screen_name": HANDLE.lower()}}),
            ),
            Rejected(locator="f:2", reason="odd", raw=json.dumps({"full_text": OWN[5]})),
            Rejected(locator="f:3", reason="odd", raw='{"id": 919273645}'),
            Rejected(locator="f:4", reason="odd", raw='{"of": "somebody else"}'),
        ]
        store.runs.set_aside(run, "x", page_of(rejected=rejected).rejected, now=NOON)
        settings = replace(config.alerts, min_authors=1)
        store.findings.save(burst, now=NOON)
        (decision,) = notify(store, replace(config, alerts=settings), [burst], now=NOON)
        assert decision.told
        letter(store, "sent", sent=True)
        store.privacy.note("export", "report air", who="ani", now=NOON, detail=f"{HANDLE}.html")
        store.kept.keep(
            "q",
            json.dumps({"top": HANDLE, "text": OWN[0]}),
            revision=store.kept.revision(),
            now=NOON,
        )


def letter(store: Store, key: str, *, sent: bool) -> None:
    pseudonym = Naming(store.privacy.salt()).pseudonym(KEY)
    store.database.run(
        "insert into outbox (letter_key, recipient, subject, body_text, body_html, enqueued_at, "
        "due_at, sent_at) values ($key, 'a@b.example', $subject, $text, $html, $now, $now, $sent)",
        key=key,
        subject=f"about @{HANDLE}",
        text=f"WHO DROVE IT\n  {pseudonym}   6\n  @{HANDLE}   6\n"
        f"  > {OWN[0][:30]}\n  > {OWN[0][30:60]}…",
        html=f"<td>@{HANDLE}</td><blockquote>{OWN[1]}</blockquote><p>{pseudonym}</p>",
        now=NOON,
        sent=NOON if sent else None,
    )


def traces() -> list[str]:
    return [HANDLE.lower(), DISPLAY.lower(), KEY.partition(":")[2], *SECRET, "9000000000003"]


def cells(path: Path) -> list[str]:
    with duckdb.connect(path, read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
        return [
            f"{name}: {' | '.join(map(str, row))}"
            for (name,) in tables
            for row in connection.execute(f'select columns(*)::text from "{name}"').fetchall()  # noqa: S608
        ]


def left(path: Path) -> list[str]:
    return [
        row for row in cells(path) for trace in traces()
        if trace in row.lower() and not row.startswith("findings: ")
    ]  # fmt: skip


@pytest.fixture
def erased(gaung: Gaung, tmp_path: Path) -> tuple[StoreFile, str]:
    stores = StoreFile(tmp_path / "data" / "gaung.duckdb")
    fill(stores)
    assert len(left(stores.path)) > 25
    code, out, err = gaung("erase", f"@{HANDLE.lower()}", "--yes")
    assert code == 0, err
    return stores, out


def test_no_table_and_no_byte_has_anything_of_the_erased(
    erased: tuple[StoreFile, str], gaung: Gaung, tmp_path: Path
) -> None:
    stores, _ = erased
    assert left(stores.path) == []
    assert gaung("backup", "after.duckdb")[0] == 0
    assert gaung("report", "#airbersih", "--format", "json", "-o", "r.json")[0] == 0
    with duckdb.connect(":memory:") as connection:  # nothing hides in a dictionary either
        connection.execute("set force_compression = 'uncompressed'")
        connection.execute(f"attach '{stores.path}' as old (read_only)")
        connection.execute(f"attach '{tmp_path / 'plain.duckdb'}' as plain")
        connection.execute("copy from database old to plain")
    for path in (stores.path, tmp_path / "after.duckdb", tmp_path / "plain.duckdb"):
        raw = path.read_bytes().lower()
        # A number in evidence that looks like the account's is a count, and stays.
        assert [one for one in traces() if one != "919273645" and one.encode() in raw] == [], path
    beside = (one.name for one in stores.path.parent.iterdir() if ".at-" not in one.name)
    assert sorted(beside) == ["gaung.duckdb"]  # but for who is at work on it


def test_what_others_wrote_stays_but_for_the_erased(erased: tuple[StoreFile, str]) -> None:
    stores, _ = erased
    with stores.open(read_only=True) as store:
        rows = store.database.rows("select post_key, text, urls, text_id from posts")
    said = {row["post_key"]: row for row in rows}
    keys = {name: post.post_key for name, post in others().items()}
    assert said.keys() == {*keys.values(), *(f"x:{n}" for n in range(30))}
    for name, text in {
        "exact": "@… benar #AirBersih",
        "lower": "setuju @…!",
        "wide": "kata @… begitu",
        "bare": "menurut … airnya mati",
        "named": "Bu … yang bilang",
        "link": "lihat …",
        "post": "ini dia",
        "retold": "RT @…: …",
        "cut": "RT @…: …",
        "cited": "katanya: “…” #AirBersih",
        "repost": None,
        "reply": "betul sekali",
        "elsewhere": "cek @… di sana",
    }.items():
        assert said[keys[name]]["text"] == text, name
    assert said[keys["link"]]["urls"] == []
    assert said[keys["post"]]["urls"] == ["https://berita.example/air"]
    assert said[keys["wrapped"]]["text"].startswith("kutip\n…")
    assert said[keys["retold"]]["text_id"] is None
    assert said["x:3"]["text"] == make_post(3).text


def test_a_letter_that_waits_is_sent_without_the_erased(erased: tuple[StoreFile, str]) -> None:
    stores, _ = erased
    with stores.open() as store:
        pseudonym = Naming(store.privacy.salt()).pseudonym(KEY)
        waiting = store.outbox.due(NOON)
        (sent,) = store.database.rows("select * from outbox where sent_at is not null")
    (one,) = waiting
    assert "EXAMPLES" in one.letter.text or "CONTOH" in one.letter.text
    for said in (
        one.letter.subject,
        one.letter.text,
        one.letter.html,
        sent["body_text"],
        sent["body_html"],
    ):
        assert not [trace for trace in traces() if trace in said.lower()]
        assert pseudonym not in said
    assert one.letter.html.count("<") == one.letter.html.count(">") > 10


def test_evidence_keeps_its_numbers_and_other_people(erased: tuple[StoreFile, str]) -> None:
    stores, _ = erased
    with stores.open(read_only=True) as store:
        (finding,) = store.findings.between()
    assert finding.evidence["seen"] == 919273645
    assert finding.evidence["by"] == "@…"
    (told,) = finding.evidence["told"]
    assert told["members"] == ["x:…", "x:1"]
    assert told["post"] == "x:…"
    assert not [trace for trace in traces() if trace in told["says"].lower()]


def test_only_the_set_aside_records_of_the_erased_go(erased: tuple[StoreFile, str]) -> None:
    stores, out = erased
    with stores.open(read_only=True) as store:
        rows = store.database.rows("select locator from rejected")
    assert [row["locator"] for row in rows] == ["f:4"]
    assert "3 records that were set aside" in out


def test_what_a_source_shows_again_stays_as_it_was_blanked(erased: tuple[StoreFile, str]) -> None:
    stores, _ = erased
    before = [row for row in cells(stores.path) if row.startswith("posts: ")]
    raw = Rejected(locator="f:9", reason="odd", raw=json.dumps({"user": {"screen_name": HANDLE}}))
    new = make_post(
        5_000,
        platform="x",
        post_key="x:5000",
        author_key="x:8",
        text=f"hai @{HANDLE.upper()}, {HANDLE} https://x.com/{HANDLE}",
    )
    with stores.open() as store, store.transaction():
        store.posts.add(the_page(), source=SOURCE, now=NOON + HOUR)
        store.posts.add(page_of(posts=[new]), source=SOURCE, now=NOON + HOUR)
        run = store.runs.start("poll", SOURCE, now=NOON)
        store.runs.set_aside(run, SOURCE, page_of(rejected=[raw]).rejected, now=NOON)
    again = [row for row in cells(stores.path) if row.startswith("posts: ")]
    assert left(stores.path) == []
    assert sorted(row for row in again if "x:5000" not in row) == sorted(before)
    assert any("hai @…, … …" in row for row in again)


def test_words_that_others_posted_as_their_own_stay_theirs(stores: StoreFile) -> None:
    same = "Tolong sebarkan: warga butuh tangki air sekarang juga"
    with stores.open() as store, store.transaction():
        posts = [
            make_post(n, platform="x", post_key=f"x:{n}", author_key=f"x:{n}", text=same)
            for n in (1, 2, 3)
        ]
        cited = make_post(
            4, platform="x", post_key="x:4", author_key="x:4", text=f"kata orang: {same}"
        )
        store.posts.add(page_of(posts=[*posts, cited]), source=SOURCE, now=NOON)
        store.privacy.erase("x:1", now=NOON)
        kept = store.database.rows("select text from posts order by post_key")
    assert [row["text"] for row in kept] == [same, same, f"kata orang: {same}"]


def test_words_that_only_begin_alike_stay(stores: StoreFile) -> None:
    with stores.open() as store, store.transaction():
        posts = [
            make_post(n, platform="x", post_key=f"x:{n}", author_key=f"x:{n}")
            for n in (3, 31, 39, 300)
        ]
        store.posts.add(page_of(posts=posts), source=SOURCE, now=NOON)
        gone = store.privacy.erase("x:3", now=NOON)
        kept = store.database.rows("select text from posts order by post_key")
    assert gone.texts == 0
    assert [row["text"] for row in kept] == [make_post(n).text for n in (300, 31, 39)]
