"""What other tools get is what they read: written, and read back by our own importers."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

import monitor
from collectors.page import page_of
from collectors.records import Interaction
from monitor.sheets.cells import plain
from tests.builders import NOON, make_author, make_post
from tests.monitor.exports.stored import FORMULA

PEER = Path(__file__).parents[3] / ".venv-peers" / "bin" / "compute_networks"
TOOLKIT = "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls"
FIRST = 9_123_456_789_012_345_600


def post(number, **fields):
    author = number % 5
    given = {
        "post_key": f"x:{FIRST + number}",
        "platform": "x",
        "author_key": f"x:{100 + author}",
        "created_at": NOON - timedelta(seconds=2 * number),
        "text": f"Air bersih {number} @orang{author} #AirBersih https://air.example/{number % 3}",
        "urls": (f"https://air.example/{number % 3}",),
    }
    return make_post(number, **given | fields)


@pytest.fixture
def ran(gaung, stores, tmp_path):
    """The program over posts of X with all kinds of acts."""
    posts = [post(n) for n in range(40)]
    for n in range(40, 60):
        of = n % 4
        whole = {
            "text": posts[of].text,
            "urls": posts[of].urls,
            "repost_of_key": posts[of].post_key,
        }
        posts.append(post(n, kind="repost", **whole))
    posts.append(post(60, kind="reply", reply_to_key=posts[1].post_key))
    posts.append(post(61, kind="quote", quote_of_key=posts[2].post_key))
    posts.append(post(62, text=FORMULA, urls=("http://jahat.example",)))
    authors = [make_author(f"x:{100 + n}", handle=f"orang{n}", followers=10 * n) for n in range(5)]
    mentions = [
        Interaction(kind="mention", platform="x", author_key=one.author_key, post_key=one.post_key,
                    target_author_key=f"x:@{name}", acted_at=one.created_at, precision="exact")
        for one in posts if one.kind != "repost"
        for name in re.findall(r"@(orang\d)", one.text or "")
    ]  # fmt: skip
    page = page_of(posts=posts, authors=authors, interactions=mentions)
    with stores.open() as store, store.transaction():
        store.posts.add(page, source="import/twarc", now=NOON)
    (tmp_path / "config.toml").write_text('[store]\npath = "data/gaung.duckdb"\n')
    return gaung


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def told_by(path=None):
    """Give what every analysis reads: from the store, or from a file."""
    read = monitor.open().all() if path is None else monitor.read(path)
    return read.posts().with_columns(pl.col("text").str.strip_chars())


def test_each_tool_gets_its_columns(ran, tmp_path):
    for name, tool in (("a.csv", "4cat"), ("b.csv", "coortweet"), ("c.csv", "cnt")):
        code, out, err = ran("export", name, "--format", tool)
        assert (code, err) == (0, "")
        assert f"rows for {tool}" in out
    heads = {n: (tmp_path / f"{n}.csv").read_text().split("\n")[0] for n in "abc"}
    assert {"id", "thread_id", "author", "body", "timestamp"} <= set(heads["a"].split(","))
    assert heads["b"] == "object_id,account_id,content_id,timestamp_share"
    assert heads["c"] == TOOLKIT


@pytest.mark.parametrize("ending", ["csv", "ndjson"])
def test_4cat_comes_back_as_it_went(ran, tmp_path, ending):
    assert ran("export", f"posts.{ending}", "--format", "4cat")[0] == 0
    before, after = told_by(), told_by(tmp_path / f"posts.{ending}")
    if ending == "csv":
        after = after.with_columns(
            post_key=pl.col("post_key").str.replace("^[^:]*:", "x:"),
            text=pl.col("text").map_elements(plain, return_dtype=pl.String),
        )
    same = ["post_key", "sort_at", "handle"]
    assert after.sort("post_key").select(same).equals(before.sort("post_key").select(same))
    # What the store knows by its id, 4CAT calls by its name.
    by_name = pl.element().replace({f"x:{100 + n}": f"x:@orang{n}" for n in range(5)})
    before = before.with_columns(pl.col("mentions").list.eval(by_name))
    if ending == "ndjson":
        for column in ("kind", "author_key", "text", "hashtags", "urls", "mentions"):
            assert (
                after.sort("post_key")[column].to_list()
                == before.sort("post_key")[column].to_list()
            ), column


def test_4cat_says_whom_a_post_acts_on(ran, tmp_path):
    ran("export", "p.ndjson", "--format", "4cat")
    rows = [json.loads(line) for line in (tmp_path / "p.ndjson").read_text().splitlines()]
    reposts = [row for row in rows if row["is_retweet"] == "yes"]
    assert len(reposts) == 20
    assert {row["retweeted_user"] for row in reposts} == {f"orang{n}" for n in range(4)}
    reply = next(row for row in rows if row["is_reply"] == "yes")
    assert (reply["replied_user"], reply["thread_id"]) == ("orang1", str(FIRST + 1))
    assert next(row for row in rows if row["is_quote_tweet"] == "yes")["quoted_user"] == "orang2"
    first = min(rows, key=lambda row: row["id"])
    assert first["link"] == "https://x.com/orang0/status/" + str(FIRST)
    assert (first["timestamp"], first["unix_timestamp"]) == (
        "2026-03-01 12:00:00",
        NOON.timestamp(),
    )
    assert FORMULA in [row["body"] for row in rows]


@pytest.mark.parametrize("by", ["repost", "link", "hashtags"])
def test_coortweet_finds_the_same_in_what_it_gets(ran, by):
    """Our reader of its table makes the same network as the store itself."""
    assert ran("export", "s.csv", "--format", "coortweet", "--by", by)[0] == 0
    options = ("--as", "coortweet", "--by", by, "--edges", "--format", "csv")
    direct = ran("coordination", "all", *options)
    through = ran("coordination", "all", "--input", "s.csv", *options)
    assert direct[0] == through[0] == 0
    assert len(direct[1].splitlines()) > 3
    assert through[1] == direct[1]


@pytest.mark.parametrize("by", ["repost", "link", "text", "reply"])
def test_the_toolkit_finds_the_same_in_what_it_gets(ran, by):
    assert ran("export", "t.csv", "--format", "cnt")[0] == 0
    options = ("--as", "cnt", "--by", by, "--edges", "--format", "csv")
    direct = ran("coordination", "all", *options)
    through = ran("coordination", "all", "--input", "t.csv", *options)
    assert direct[0] == through[0] == 0
    assert through[1] == direct[1]


@pytest.mark.skipif(not PEER.exists(), reason="make bench-graphs installs the toolkit")
def test_the_toolkit_itself_reads_it(ran, tmp_path):
    ran("export", "t.csv", "--format", "cnt")
    for step in (["preprocess", "t.csv"], ["compute", "co_retweet", "--time_window", "60"]):
        done = subprocess.run(
            [PEER, "t.db", *step], cwd=tmp_path, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
    import sqlite3

    with sqlite3.connect(tmp_path / "t.db") as db:
        assert db.execute("select count(*) from edge").fetchone()[0] == 63


def test_a_target_and_a_time_are_chosen(ran, tmp_path):
    since = (NOON - timedelta(seconds=20)).isoformat()
    assert (
        ran("export", "p.csv", "--format", "4cat", "--target", "#AirBersih", "--since", since)[0]
        == 0
    )
    assert len(rows_of(tmp_path / "p.csv")) == 11
    code, _, err = ran("export", "p.csv", "--format", "4cat", "--target", "air-bersi")
    assert code == 2
    assert "watch" in err


@pytest.mark.parametrize("tool", ["4cat", "coortweet", "cnt"])
def test_nobody_is_named_for_publication(ran, tmp_path, tool):
    for name in ("p.csv", "p.ndjson") if tool == "4cat" else ("p.csv",):
        assert ran("export", name, "--format", tool, "--redact")[0] == 0
        told = (tmp_path / name).read_text()
        assert "orang" not in told
        assert str(FIRST)[:12] not in told
        assert "x.com/" not in told
        assert "klik" not in told
        assert "akun-" in told


@pytest.mark.parametrize("tool", ["4cat", "coortweet", "cnt"])
def test_no_cell_is_a_formula(ran, tmp_path, tool):
    ran("export", "p.csv", "--format", tool, *(("--by", "hashtags") if tool == "coortweet" else ()))
    cells = [cell for row in rows_of(tmp_path / "p.csv") for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_it_is_on_record(ran):
    ran("export", "p.csv", "--format", "4cat", "--redact")
    told = json.loads(ran("audit", "--json")[1])["entries"]
    assert told[0]["subject"] == "4cat all posts"
    assert "pseudonyms" in told[0]["detail"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("p.txt", "--format", "4cat"), ".csv"),
        (("p.ndjson", "--format", "cnt"), ".csv"),
        (("p.csv", "--format", "4cat", "--by", "link"), "CooRTweet"),
        (("danau", "--by", "link"), "--format"),
        (("tidak/p.csv", "--format", "cnt"), "cannot be written"),
    ],
)
def test_what_is_wrong_is_told(ran, arguments, says):
    code, _, err = ran("export", *arguments)
    assert code in (1, 2)
    assert says in err


def test_it_is_whole_or_not_there(ran, tmp_path, monkeypatch):
    def broken(*_):
        yield pl.DataFrame({"a": [1]})
        raise OSError("the disk is full")

    monkeypatch.setattr("monitor.exporting.neighbours.toolkit", broken)
    assert ran("export", "p.csv", "--format", "cnt")[0] == 1
    assert not (tmp_path / "p.csv").exists()
    assert not list(tmp_path.glob(".p.csv*"))
