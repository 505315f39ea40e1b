"""A report of a file is the report of the store into which the file was brought."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from collectors.page import page_of
from tests.builders import make_engagement, make_post

pytestmark = pytest.mark.soak  # real processes, or many commands: too long for each change

SOURCE = "import/a.csv"
AT = datetime(2026, 2, 20, 3, 0, 5, tzinfo=UTC)
ROWS = range(24)


def clock(n):
    return f"{AT + timedelta(minutes=7 * n):%Y-%m-%dT%H:%M:%SZ}"


def text(n):
    return f"RT @warga0: banjir lagi {n % 5} #Banjir" if n % 4 == 3 else f"banjir {n} #Banjir @w{n}"


def table(head, row):
    return "\n".join([head, *(row(n) for n in ROWS)]) + "\n"


def nothing(n):
    word = ("NA", "0", r"\N", "n.a.", "kosong", "no", "-", "undefined", "False", "[]", "nan", "")
    return word[n % len(word)]


def missing(n):
    return f"{700 + n},{clock(n)},warga{n % 6},{text(n)},{nothing(n)},{nothing(n + 1)}"


def comment(n):
    return f"Ug{n}x,vid{n % 2},{clock(n)},warga{n % 6},{text(n)}"


def message(n):
    return f"-100{n % 3},{n // 3 + 1},{clock(n)},{40 + n % 6},{text(n)}"


def again(n):
    """Every third row is one that was there before, edited; every fifth only has its id."""
    of = n - 1 if n % 3 == 2 else n
    who = "lain" if n % 5 == 4 else f"warga{of}"
    return f"{900 + of},{clock(of)},{who},{text(n)},{n}"


def impossible(n):
    when = ("0001-01-01T00:00:00Z", "1970-01-01", "0", "9999-12-31T23:59:59-14:00", "2026-02-30")
    return f"{800 + n},{when[n // 4 % 5] if n % 4 == 1 else clock(n)},warga{n % 6},{text(n)}"


CSV = {
    "missing": table("id,created_at,author,text,retweet_id,quoted_id", missing),
    "comments": table("comment_id,post_id,created_at,author,text", comment),
    "comments of one name": table("commentId,post_id,created_at,author,text", comment),
    "chats": table("chat_id,message_id,date,sender_id,text", message).replace("sender", "user"),
    "walls": table("owner_id,id,date,user_id,text", message),
    "again": table("id,created_at,author,text,likes", again),
    "again, without counts": table("id,created_at,author,text,zzz", again),
    "impossible": table("id,created_at,author,text", impossible),
}
PARQUET = {
    "comments": {
        "post_id": ["vid"] * 24,
        "comment_id": [f"c{n}" for n in ROWS],
    },
    "channels": {"post_id": [f"{n // 2}" for n in ROWS], "channel": [f"k{n % 2}" for n in ROWS]},
    "another's id": {"post_id": [f"{n // 2}" for n in ROWS]},
    "marked": {"post_id": [f"x{1895262175704556019 + n}" for n in ROWS]},
    "words": {
        "post_id": [f"{n}" for n in ROWS],
        "repost_of_id": [nothing(n) for n in ROWS],
        "mentions": [["NA"] if n % 2 else ["null", f"w{n}"] for n in ROWS],
        "hashtags": [["NA", "Banjir"] for n in ROWS],
        "platform": ["NA"] * 24,
    },
}


ACCOUNT = {
    "id": "1",
    "url": "https://satu.example/@w",
    "uri": "https://satu.example/users/w",
    "display_name": "W",
    "created_at": "2022-11-18T00:00:00.000Z",
    "bot": False,
    "followers_count": 1,
    "following_count": 1,
    "statuses_count": 1,
}


def status(n):
    odd = {3: "0001-01-01T00:00:00.000Z", 5: "1969-12-31T23:59:59.000Z"}
    return {
        "id": f"{n}",
        "uri": f"https://satu.example/{n}",
        "created_at": odd.get(n, clock(n)),
        "content": f"<p>{text(n)}</p>",
        "account": ACCOUNT | {"acct": f"warga{n % 6}"},
        "tags": [{"name": "banjir"}],
        "mentions": [],
        "visibility": "public",
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "language": "id",
        "edited_at": None,
        "reblog": None,
        "card": None,
        "reblogs_count": n,
        "replies_count": 0,
        "favourites_count": 0,
        "url": f"https://satu.example/@w/{n}",
    }


def told(gaung, *options):
    code, out, err = gaung("report", "all", "--format", "json", *options)
    assert code == 0, err
    report = json.loads(out)
    report.pop("generated_at")
    return report


def agree(gaung, name):
    from_file = told(gaung, "--input", name)
    code, out, err = gaung("import", name)
    assert code == 0, (out, err)
    from_store = told(gaung)
    assert from_file == from_store
    assert from_file["posts"]
    return from_file


def test_a_post_on_two_pages_of_a_file_has_the_highest_of_its_counts(stores):
    seen = [(3, None), (9, 1), (4, 2)]
    with stores.open() as store:
        for likes, views in seen:
            one = make_engagement(reposts=None, likes=likes, views=views)
            store.posts.add(page_of(posts=[make_post()], engagement=[one]), source=SOURCE, now=AT)
        rows = store.database.rows("select reposts, likes, views from engagement")
    assert rows == [{"reposts": None, "likes": 9, "views": 2}]


@pytest.mark.parametrize("name", CSV)
def test_tables_of_text(gaung, tmp_path, name):
    (tmp_path / "a.csv").write_text(CSV[name])
    agree(gaung, "a.csv")


@pytest.mark.parametrize("name", PARQUET)
def test_parquet(gaung, tmp_path, name):
    rows = {
        "created_at": [AT + timedelta(minutes=7 * n) for n in ROWS],
        "author": [f"warga{n % 6}" for n in ROWS],
        "text": [text(n) for n in ROWS],
    }
    pl.DataFrame(PARQUET[name] | rows).write_parquet(tmp_path / "a.parquet")
    agree(gaung, "a.parquet")


def test_statuses(gaung, tmp_path):
    lines = [json.dumps(status(n)) for n in ROWS]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    agree(gaung, "a.jsonl")


def test_two_files_that_share_posts(gaung, tmp_path):
    folder = tmp_path / "dua"
    folder.mkdir()
    (folder / "a.csv").write_text(CSV["again"])
    (folder / "b.csv").write_text(CSV["again"].replace("banjir 1", "banjir besar 1"))
    (folder / "c.csv").write_text(CSV["missing"])
    agree(gaung, "dua")
