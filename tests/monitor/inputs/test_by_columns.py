"""A table brought in by columns is the same store as one that the importer read by rows."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from monitor.importing import import_file, importer_for
from monitor.inputs.by_columns import ByColumns
from monitor.inputs.tables import PlainTable
from monitor.store import StoreFile
from monitor.store.queries import Selection

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HEAD = "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n"


def written(path, count=400):
    """Write a table with reposts, answers, names, links, hashtags, and some odd rows."""
    rng = random.Random(3)
    lines = [HEAD]
    for n in range(count):
        repost = str(rng.randrange(n)) if n and rng.random() < 0.4 else ""
        reply = str(rng.randrange(n)) if n and not repost and rng.random() < 0.2 else ""
        user = rng.randrange(60)
        said = rng.choice(
            ("Air #Bersih, @Ani dan @budi!", "https://a.example/1. tutup", "#Air #air")
        )
        url = rng.choice(("", f"https://b.example/{n % 9}"))
        at = "nanti" if n == 77 else str(1_700_000_000 + 60 * n)
        name = f" u{user}" if n == 100 else f"u{user}"
        lines.append(f'{n},{user},{name},{repost},{reply},"{said}",{at},{url}\n')
    path.write_text("".join(lines))
    return path


def stored(folder, path, importer):
    """Import, and give all that a report is made of."""
    stores = StoreFile(folder / f"{type(importer).__name__}.duckdb")
    done = import_file(stores, path, importer=importer, mapping={}, now=NOW)
    with stores.open(read_only=True) as store:
        everything = Selection(hashtags=(), since=None, until=None)
        posts = store.gathered.posts(everything, ["post_key", "author_key", "handle", "platform",
                                                  "kind", "sort_at", "text", "hashtags", "urls",
                                                  "mentions", "repost_of_key", "reply_to_key",
                                                  "quote_of_key"])  # fmt: skip
        rows = sorted(row for batch in posts for row in map(str, batch.rows()))
        acts = sorted(map(str, store.gathered.acts(everything).rows()))
    return done, rows, acts


def test_both_ways_give_the_same_store(tmp_path):
    path = written(tmp_path / "posts.csv")
    importer = importer_for(path, "auto")
    by_rows, rows, acts = stored(tmp_path, path, importer)
    by_columns, same_rows, same_acts = stored(tmp_path, path, ByColumns(importer))
    assert len(rows) == 399
    assert len(acts) > 200
    assert rows == same_rows
    assert acts == same_acts
    assert (by_rows.read, by_rows.new, by_rows.set_aside) == (400, 399, 1)
    assert (by_columns.read, by_columns.new, by_columns.set_aside) == (400, 399, 1)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("5,3,u3,,,lagi,1700000000,\n", "a post that stands there twice"),
        ("9000,3,anton,,,lagi,1700000000,\n", "an account with two handles"),
    ],
)
def test_what_depends_on_the_order_of_rows_is_left_to_the_importer(
    tmp_path, line, why, monkeypatch
):
    path = written(tmp_path / "posts.csv", 60)
    path.write_text(path.read_text() + "7000,3,u3,,,x,1700000000,\n" + line)
    asked = []
    importer = importer_for(path, "auto")
    pages = type(importer).pages
    monkeypatch.setattr(
        type(importer), "pages", lambda self, *a: asked.append(why) or pages(self, *a)
    )
    stored(tmp_path, path, ByColumns(importer))
    assert asked == [why]


def test_a_plain_table_is_not_read_by_rows(tmp_path, monkeypatch):
    path = written(tmp_path / "posts.csv", 60)
    importer = importer_for(path, "auto")
    monkeypatch.setattr(type(importer), "pages", lambda *_: pytest.fail("read by rows"))
    done, rows, _ = stored(tmp_path, path, ByColumns(importer))
    assert done.read == len(rows) == 60


def test_a_table_with_counts_is_left_to_the_importer(tmp_path, monkeypatch):
    path = tmp_path / "counted.csv"
    path.write_text("id,user,text,created_at,likes\n1,ani,air,1700000000,3\n")
    monkeypatch.setattr(PlainTable, "read", lambda *_, **__: pytest.fail("counts would be lost"))
    done, rows, _ = stored(tmp_path, path, ByColumns(importer_for(path, "auto")))
    assert done.read == len(rows) == 1
