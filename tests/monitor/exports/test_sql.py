"""`gaung sql`: it answers over views; `test_sql_locked` tells that nothing else can be done."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from monitor.naming import Naming
from monitor.store.asking import QuestionError
from monitor.store.views import VIEWS
from tests.builders import NOON
from tests.monitor.exports.stored import FORMULA, asking, filled

SALT = "garam-uji"
PAGE = Path(__file__).parents[3] / "docs" / "sql.md"
QUESTIONS = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def ran(gaung, stores, tmp_path):
    """The program over a filled store."""
    filled(stores)
    (tmp_path / "config.toml").write_text('[store]\npath = "data/gaung.duckdb"\n')
    return gaung


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_each_view_has_the_columns_that_are_described(asked, view):
    assert asked(f"from {view.name}").columns == list(view.columns)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_each_view_has_the_same_columns_for_publication(asked, view):
    found = asked(f"from {view.name}", naming=Naming(SALT))
    assert found.columns == list(view.columns)


def test_counts_are_those_of_the_store(asked):
    assert asked("select count(*) as n from posts").item() == 59
    assert asked("select count(*) from reposts").item() == 3
    assert asked("select sum(posts) from hourly where hashtag = 'airbersih'").item() == 59


def test_what_was_removed_is_in_no_view(asked):
    for view in VIEWS:
        rows = asked(f"from {view.name}")
        assert "yang dihapus" not in str(rows.to_dicts()), view.name
        if view.name not in ("interactions", "reposts", "watched"):
            assert "contoh.example/60" not in str(rows.to_dicts()), view.name


def test_what_was_erased_is_in_no_view(stores):
    asked = asking(filled(stores))
    with stores.open() as store, store.transaction():
        store.privacy.erase("mastodon:@warga3@contoh.example", now=NOON)
    for view in VIEWS:
        assert "warga3" not in str(asked(f"from {view.name}").to_dicts()), view.name


def test_answers_of_all_kinds_become_a_frame(asked):
    found = asked(
        "select sum(range) as whole, 1.5::decimal(4,2) as part, uuid() as u, time '10:00' as t,"
        " {'a': 1} as s, map {'a': 1} as m, 'x'::blob as b, null as nothing, 1 as n, 2 as n,"
        " date '2026-03-01' as d from range(10)"
    )
    assert found.columns == [
        *("whole", "part", "u", "t", "s", "m", "b", "nothing", "n", "n_2"),
        "d",
    ]
    assert found["whole"].item() == 45
    with pytest.raises(QuestionError, match="interval"):
        asked("select interval 1 hour as lama")


@pytest.mark.parametrize("question", QUESTIONS, ids=range(len(QUESTIONS)))
def test_each_question_of_the_page_is_answered(asked, question):
    assert asked(question).width >= 2
    assert asked(question, naming=Naming(SALT)).width >= 2


def test_the_page_tells_the_hour_beside_its_gap(stores):
    filled(stores)
    with stores.open() as store, store.transaction():
        stretch = (NOON - timedelta(minutes=90), NOON - timedelta(minutes=5))
        store.coverage.open_gap("mastodon/a.example", "airbersih", stretch, "outage", now=NOON)
    found = asking(stores)(QUESTIONS[2])
    assert found["missing"].to_list() == ["outage"] * found.height
    assert found["posts"].sum() == 59


def test_with_describe_and_values_are_answered(asked):
    assert asked("with a as (select 1 as n) select n from a").item() == 1
    assert asked("describe posts").height == len(VIEWS[0].columns)
    assert asked("values (7)").item() == 7
    assert asked("from posts select count(*);").item() == 59
    assert asked("-- what\nselect 1 /* ; */").item() == 1


def test_names_for_publication_are_those_that_reports_have(asked):
    naming = Naming(SALT, frozenset({"warga4@contoh.example"}), public_from=1_000_000)
    told = asked("select account, handle, text, url, links from posts", naming=naming)
    keys = asked("select distinct account, handle from posts")
    wanted = set()
    for key, handle in keys.iter_rows():
        public = handle in ("warga4@contoh.example", "warga6@contoh.example")
        wanted.add((key, handle) if public else (naming.pseudonym(key), None))
    assert set(told.select("account", "handle").iter_rows()) == wanted
    assert told["text"].null_count() == told.height
    assert "x.com" not in str(told["links"].to_list())
    assert "https://air.example/a" in str(told["links"].to_list())


def test_no_name_is_left_for_publication(asked):
    for view in VIEWS:
        rows = str(asked(f"from {view.name}", naming=Naming(SALT)).to_dicts())
        assert "warga" not in rows.lower(), view.name
        assert "klik" not in rows, view.name


def test_exact_counts_and_times_of_accounts_are_blurred_for_publication(stores):
    filled(stores)
    with stores.open() as store:
        store.database.run(
            "update authors set followers = 12345, posts = 87 where handle like 'warga3%'"
        )
    found = asking(stores)(
        "select followers, posts_told, created_at from accounts where followers > 11000"
        " and followers < 13000", naming=Naming(SALT),
    )  # fmt: skip
    followers, posts, born = found.row(0)
    assert (followers, posts) == (12000, 87)
    assert (born.hour, born.minute) == (0, 0)


def test_the_program_answers_in_every_format(ran, tmp_path):
    question = "select post, sort_at, text from posts order by sort_at limit 3"
    table = ran("sql", question)[1]
    told = json.loads(ran("sql", question, "--format", "json")[1])
    lines = [json.loads(x) for x in ran("sql", question, "--format", "ndjson")[1].splitlines()]
    rows = list(csv.DictReader(io.StringIO(ran("sql", question, "--format", "csv")[1])))
    assert told["schema"] == "gaung.sql/1"
    assert told["rows"] == lines
    assert [row["post"] for row in rows] == [row["post"] for row in lines]
    assert [row["sort_at"] for row in rows] == [row["sort_at"] for row in lines]
    assert all(row["post"] in table for row in lines)
    for name in ("jawaban.parquet", "jawaban.csv", "jawaban.ndjson"):
        code, _, err = ran("sql", question, "-o", name)
        assert (code, err) == (0, f"{name}: 3 rows\n")
    assert pl.read_parquet(tmp_path / "jawaban.parquet")["post"].to_list() == [
        row["post"] for row in lines
    ]


def test_a_question_comes_from_a_file_or_from_standard_input(ran, tmp_path, monkeypatch):
    (tmp_path / "q.sql").write_text("select count(*) as banyak from posts;\n")
    assert ran("sql", "-f", "q.sql", "--format", "csv")[1] == "banyak\n59\n"
    monkeypatch.setattr("sys.stdin", io.StringIO("select 7 as tujuh"))
    assert ran("sql", "--format", "csv")[1] == "tujuh\n7\n"
    code, _, err = ran("sql", "select 1", "-f", "q.sql")
    assert code == 2
    assert "not in both" in err


def test_no_answer_is_a_formula_to_a_spreadsheet(ran):
    out = ran("sql", "select text from posts where text like '=%'", "--format", "csv")[1]
    assert list(csv.reader(io.StringIO(out)))[1] == [f"'{FORMULA}"]


def test_what_is_wrong_is_told_in_one_line_with_what_to_do(ran):
    code, out, err = ran("sql", "select * from post")
    assert (code, out) == (1, "")
    assert "did you mean posts?" in err
    code, _, err = ran("sql", "selekt 1")
    assert code == 1
    assert err.startswith("gaung: SQL: ")
    assert len(err.splitlines()) == 1
    code, _, err = ran("sql", "select tidak_ada from posts")
    assert code == 1
    assert "tidak_ada" in err


def test_views_are_listed_with_what_their_columns_hold(ran):
    out = ran("sql", "--views")[1]
    for view in VIEWS:
        assert f"{view.name}: {view.what}" in out
    told = json.loads(ran("sql", "--views", "--format", "json")[1])
    assert [view["view"] for view in told["views"]] == [view.name for view in VIEWS]


_WRITER = """
import sys, time
from pathlib import Path
from collectors.page import page_of
from monitor.store import StoreFile
from tests.builders import NOON, make_post
stores = StoreFile(Path(sys.argv[1]))
for number in range(1001, 1021):
    with stores.open() as store, store.transaction():
        store.posts.add(page_of(posts=[make_post(number)]), source="mastodon/b.example", now=NOON)
    time.sleep(0.02)
"""


def test_it_answers_beside_another_process_that_writes(stores):
    """A daemon opens the store for each piece of work; a question waits for its turn."""
    asked = asking(filled(stores))
    counts = []
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(stores.path)],
        cwd=PAGE.parents[1], stderr=subprocess.PIPE, text=True,
    ) as writer:  # fmt: skip
        while writer.poll() is None:
            counts.append(asked("select count(*) from posts").item())
        assert (writer.returncode, writer.stderr.read()) == (0, "")
    counts.append(asked("select count(*) from posts").item())
    assert counts == sorted(counts)
    assert counts[-1] == 59 + 20
    assert len(set(counts)) >= 3, "it was asked while the other wrote"
