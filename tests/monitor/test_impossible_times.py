"""Nothing that is stored, sent or asked for with an impossible time stops a command."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import pytest

from collectors.page import POSTS, Page, page_of
from monitor.config import parse_duration, parse_time
from monitor.inputs import Wanted, opened
from monitor.store import StoreFile
from monitor.store.migrating import migrations
from tests.builders import NOON, SOURCE, make_author, make_post, make_repost

Gaung = Callable[..., tuple[int, str, str]]
FIRST_STATUS = {
    "id": "1", "uri": "https://m.example/users/a/statuses/1", "url": "https://m.example/@a/1",
    "created_at": "2026-03-01T00:00:00.000Z", "visibility": "public", "content": "<p>halo #air</p>",
    "tags": [{"name": "air"}], "mentions": [], "in_reply_to_id": None,
    "in_reply_to_account_id": None, "replies_count": 0, "reblogs_count": 0, "favourites_count": 0,
    "language": "id", "edited_at": None, "reblog": None, "card": None,
    "account": {"id": "1", "acct": "a", "display_name": "A", "url": "https://m.example/@a",
                "uri": "https://m.example/users/a", "created_at": "1970-01-01T00:00:00.000Z",
                "bot": False, "followers_count": 1, "following_count": 1, "statuses_count": 1},
}  # fmt: skip
ODD_YEARS = ["0001", "0030", "1000", "1900", "1941", "1970", "1999"]
OLD = ["0001-01-01 00:00:00+00", "1941-06-01 00:00:00+00", "1970-01-01 00:00:00+00",
       "12026-01-01 00:00:00+00"]  # fmt: skip
GOOD = "2026-03-01 11:00:00+00"


@pytest.fixture
def server() -> Iterator[int]:
    """A Mastodon server with a post of each odd year, one of the year 9999 and a sound one."""
    created = [f"{year}-01-01T00:00:00.000Z" for year in [*ODD_YEARS, "9999"]]
    statuses = [
        FIRST_STATUS | {"id": str(n), "uri": f"https://m.example/{n}", "created_at": at}
        for n, at in enumerate([FIRST_STATUS["created_at"], *created], 1)
    ]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told = (
                {"version": "4.5.0", "configuration": {}}
                if "/instance" in self.path
                else []
                if "max_id" in self.path
                else statuses
            )
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running.server_address[1]
        running.shutdown()


def write_config(folder: Path, port: int, timezone: str = "Asia/Jakarta") -> None:
    (folder / "config.toml").write_text(
        f'timezone = "{timezone}"\n[[watches]]\nname = "w"\nhashtags = ["air"]\n'
        f'[collectors.mastodon]\nservers = ["http://127.0.0.1:{port}"]\n'
        "seconds_between_requests = 0\n"
    )


@pytest.mark.parametrize("timezone", ["Asia/Jakarta", "America/New_York"])
def test_a_server_with_posts_of_impossible_years_stops_no_turn_and_no_report(
    timezone: str, gaung: Gaung, server: int, tmp_path: Path
) -> None:
    write_config(tmp_path, server, timezone)
    for _ in range(2):
        code, out, err = gaung("once")
        assert (code, "Traceback" in err) == (0, False), out + err
    with StoreFile(tmp_path / "data" / "gaung.duckdb").open(read_only=True) as store:
        years = store.database.rows("select created_at from posts order by created_at")
        assert [row["created_at"].year for row in years] == [2026, 9999]
        assert store.database.value("select count(*) from rejected") == len(ODD_YEARS)
        assert store.database.value("select max(sort_at) <= now() from posts")
        assert store.database.value("select count(created_at) from authors") == 0
    for command in (["report", "w"], ["digest", "--print"], ["genesis", "w"], ["status"]):
        code, _, err = gaung(*command)
        assert (code <= 1, "Traceback" in err) == (True, False), (command, err)


def old_store(path: Path) -> None:
    """Make a store as 0.1.0 made it, with posts that it took and that cannot be."""
    path.parent.mkdir(parents=True)
    with duckdb.connect(path) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("create table migrations (number integer, name text)")
        for number, (name, sql) in enumerate(migrations(), 1):
            if name < "0010":
                connection.execute(sql)
                connection.execute("insert into migrations values (?, ?)", [number, name])
        for number, at in enumerate([*OLD, GOOD]):
            key = f"mastodon:https://m.example/{number}"
            connection.execute(
                "insert into posts (post_key, platform, author_key, kind, captured_as, text, "
                "created_at, first_seen_at, sort_at, hashtags, hashtags_raw, urls, source) values "
                "($key, 'mastodon', $who, 'original', 'matched', 'halo #air', $at::timestamptz, "
                "'2026-03-01 12:00:00+00', least($at::timestamptz, '2026-03-01 12:00:00+00'), "
                "['air'], ['air'], [], 'mastodon/m.example')",
                {"key": key, "who": f"mastodon:@a{number}", "at": at},
            )
            connection.execute(
                "insert into authors (author_key, platform, created_at, seen_at) values "
                "($who, 'mastodon', '0001-01-01 00:00:00+00', '2026-03-01 12:00:00+00')",
                {"who": f"mastodon:@a{number}"},
            )
            connection.execute(
                "insert into interactions (interaction_key, kind, platform, author_key, "
                "target_author_key, target_post_key, acted_at, precision, source, first_seen_at) "
                "values ($act, 'repost', 'mastodon', 'mastodon:@b', $who, $key, $at::timestamptz, "
                "'exact', 'mastodon/m.example', '2026-03-01 12:00:00+00')",
                {"act": f"repost|{number}", "who": f"mastodon:@a{number}", "key": key, "at": at},
            )
        connection.execute(
            "insert into matches select 'w', post_key, 'mastodon/m.example', first_seen_at "
            "from posts"
        )
        connection.execute(
            "insert into coverage values ('news/a.example', 'air', '1970-01-01 00:00:00+00', "
            "'2026-03-01 12:00:00+00')"
        )
        connection.execute(
            "insert into runs (task, source, hashtag, started_at, version) values "
            "('poll', 'news/a.example', 'air', '2026-03-01 06:00:00+00', '0.1.0')"
        )
        connection.execute("insert into kept_reports values ('asked', 0, now(), '{}')")


def test_a_store_that_took_impossible_times_sets_them_aside_when_it_is_opened(
    tmp_path: Path,
) -> None:
    stores = StoreFile(tmp_path / "data" / "gaung.duckdb")
    old_store(stores.path)
    with stores.open() as store:
        database = store.database
        (post,) = database.rows("select post_key, sort_at from posts")
        assert post["sort_at"] == datetime(2026, 3, 1, 11, tzinfo=UTC)
        aside = database.rows("select locator, field, reason, raw from rejected order by locator")
        assert [row["locator"] for row in aside] == [
            f"mastodon:https://m.example/{n}" for n in range(4)
        ]
        assert {row["field"] for row in aside} == {"created_at"}
        assert [json.loads(row["raw"])["text"] for row in aside] == ["halo #air"] * 4
        assert "1970-01-01" in aside[2]["reason"]
        assert "beyond the calendar" in aside[3]["reason"]
        assert database.value("select count(*) from matches") == 1
        # Who passed on what stays known; the act that is beyond the calendar is of our clock.
        acts = database.rows("select acted_at, precision from interactions order by 1, 2")
        assert [act["precision"] for act in acts] == ["exact", "exact", *["unknown"] * 3]
        assert database.value("select count(created_at) from authors") == 0
        assert database.rows("select from_at from coverage") == [
            {"from_at": datetime(2026, 3, 1, 6, tzinfo=UTC)}
        ]
        assert database.value("select number from revision") == 1
        assert database.value("select count(*) from kept_reports") == 0
        assert database.value("select subject from audit where action = 'set aside'") == "4 posts"


def test_a_store_with_impossible_times_starts_and_answers_every_command(
    gaung: Gaung, tmp_path: Path
) -> None:
    old_store(tmp_path / "data" / "gaung.duckdb")
    with socket.socket() as closed:  # where no server is
        closed.bind(("127.0.0.1", 0))
        write_config(tmp_path, closed.getsockname()[1])
    commands = (
        "once", "status", "report w", "report all --format json", "digest --print", "genesis all",
        "indicators all", "coordination all", "backtest w", "findings", "alerts", "export lake",
        "audit --action set\u00a0aside",
    )  # fmt: skip
    for command in commands:
        arguments = [word.replace("\u00a0", " ") for word in command.split(" ")]
        _, _, err = gaung(*arguments)
        assert "Traceback" not in err, (command, err)


def test_a_store_without_such_times_is_told_nothing(stores: StoreFile) -> None:
    with stores.open() as store, store.transaction():
        store.posts.add(page_of(posts=[make_post()]), source=SOURCE, now=NOON)
    with stores.open() as store:
        assert store.database.value("select count(*) from audit") == 0
        assert store.count_posts() == 1


def test_an_act_of_the_future_is_told_by_our_clock_and_one_without_a_time_stays_so(
    stores: StoreFile,
) -> None:
    ahead = make_repost("mastodon:@a@b.example", acted_at=datetime(9999, 12, 31, tzinfo=UTC))
    unknown = make_repost("mastodon:@c@b.example", acted_at=None, precision="unknown")
    with stores.open() as store, store.transaction():
        store.posts.add(page_of(interactions=[ahead, unknown]), source=SOURCE, now=NOON)
        acts = store.database.rows("select acted_at from interactions order by author_key")
    assert [act["acted_at"] for act in acts] == [NOON, None]


SINCE = ["0001-01-01", "1000-05-05", "1900-01-01", "1941-12-31", "1970-01-01", "999999999d",
         "99999d", "9" * 5000 + "d", "0001-01-01T00:00:00+23:59", "9999-12-31",
         "9999-12-31T23:59-12:00"]  # fmt: skip


@pytest.mark.parametrize("written", SINCE)
@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Pacific/Apia", "America/New_York", "UTC"])
def test_every_time_that_can_be_written_is_one_that_can_be_asked_for(
    written: str, zone: str
) -> None:
    at = parse_time(written, now=NOON, zone=ZoneInfo(zone))
    expected = NOON + timedelta(days=366) if written.startswith("9999-") else None
    assert at == (expected or datetime(2000, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("written", ["999999999d", "99999999999999999999999w", "9" * 5000 + "m"])
def test_a_duration_that_ends_after_the_calendar_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="longer than a century"):
        parse_duration(written)


@pytest.mark.parametrize("written", ["0001-01-01", "999999999d", "1900-01-01"])
def test_no_command_that_takes_a_time_ends_in_a_traceback(
    written: str, gaung: Gaung, tmp_path: Path
) -> None:
    rows = "".join(f"{n},2026-03-01T0{n}:00:00Z,ani{n},halo #air\n" for n in range(5))
    (tmp_path / "a.csv").write_text("post_id,created_at,author,text\n" + rows)
    assert gaung("import", "a.csv")[0] == 0
    for command in ("report #air", "indicators #air", "genesis all", "coordination all",
                    "findings", "alerts", "export lake"):  # fmt: skip
        code, _, err = gaung(*command.split(), "--since", written)
        assert (code, "Traceback" in err) == (0, False), (command, err)


@pytest.mark.parametrize(
    "command",
    ["report all --window 99999999999999d", "sql select --timeout 99999999999999999999s",
     "coordination all --within 99999999999999999999h", "silence w --for 999999999999d --why x"],
)  # fmt: skip
def test_a_length_that_cannot_be_counted_is_refused_in_one_line(command: str, gaung: Gaung) -> None:
    code, _, err = gaung(*command.split())
    assert (code > 0, len(err.strip().splitlines())) == (True, 1)


def test_a_lake_of_an_older_store_is_read_without_its_impossible_posts(
    gaung: Gaung, tmp_path: Path
) -> None:
    old = tmp_path / "lake" / "posts" / "platform=import" / "day=0001-01-01"
    (tmp_path / "a.csv").write_text(
        "post_id,created_at,author,text\n1,2026-03-01T01:00:00Z,ani,halo #air\n"
    )
    gaung("import", "a.csv")
    assert gaung("export", "lake")[0] == 0
    (part,) = (tmp_path / "lake" / "posts").rglob("part.parquet")
    odd = pl.read_parquet(part, hive_partitioning=False).with_columns(
        post_key=pl.lit("import:9"), sort_at=pl.lit(datetime(1, 1, 1, tzinfo=UTC))
    )
    old.mkdir(parents=True)
    odd.cast({"sort_at": pl.Datetime("us", "UTC")}).write_parquet(old / "part.parquet")
    source = opened(StoreFile(tmp_path / "none"), Wanted("all", ()), path=tmp_path / "lake")
    assert source.posts()["post_key"].to_list() == ["import:1"]
    assert "1 posts are left out: their times are impossible." in source.notes
    # And as it is imported, by its manifest.
    manifest = json.loads((tmp_path / "lake" / "gaung-lake.json").read_text())
    manifest["parts"]["posts/platform=import/day=0001-01-01/part.parquet"] = {"rows": 1}
    (tmp_path / "lake" / "gaung-lake.json").write_text(json.dumps(manifest, indent=1))
    code, out, err = gaung("import", "lake")
    assert (code, "1 set aside" in out) == (0, True), out + err


def test_a_page_that_is_made_of_columns_reaches_no_store_with_such_a_time(
    stores: StoreFile,
) -> None:
    posts = page_of(posts=[make_post(1), make_post(2)]).posts
    odd = pl.when(pl.col("post_key") == make_post(1).post_key).then(
        pl.lit(datetime(1900, 1, 1, tzinfo=UTC))
    )
    page = Page(
        posts=posts.with_columns(created_at=odd.otherwise("created_at")).cast(dict(POSTS)),
        authors=page_of(authors=[make_author(created_at=datetime(1, 1, 1, tzinfo=UTC))]).authors,
    )
    with stores.open() as store, store.transaction():
        assert store.posts.add(page, source=SOURCE, now=NOON).new == 1
        assert store.database.value("select min(sort_at) from posts").year == 2026
        assert store.database.value("select count(created_at) from authors") == 0
