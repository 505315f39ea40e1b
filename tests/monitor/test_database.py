"""What comes out of the store as rows is what comes out as a frame."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest

QUERIES = [
    "select 1 as n, 'x' as word, 1.5 as part, true as yes, null::integer as none",
    "select timestamptz '2026-03-01 19:00:00.123456+07' as at, null::timestamptz as never",
    "select max(moment) from (values (timestamptz '2026-03-01 12:00Z')) t(moment)",
    'select max("until") from (values (timestamptz \'1969-12-31 23:59:59.5Z\')) t("until")',
    "select [timestamptz '2026-03-01 12:00Z'] as times, ['a', 'b'] as words",
    "select {'at': timestamptz '2026-03-01 12:00Z'} as inner",
    "select unnest(['b', 'a']) as word order by 1",
    "select 1 as n where false",
]


@pytest.mark.parametrize("sql", QUERIES)
def test_rows_are_those_of_the_frame(stores, sql):
    with stores.open() as store:
        found = store.database.rows(sql)
        assert found == store.database.frame(sql).to_dicts()


def test_times_are_in_utc_to_the_microsecond(stores):
    with stores.open() as store:
        value = store.database.value("select timestamptz '2026-03-01 19:00:00.123456+07'")
    assert value == datetime(2026, 3, 1, 12, 0, 0, 123456, UTC)
    assert value.tzinfo is UTC


@pytest.mark.parametrize("sql", QUERIES)
def test_what_was_asked_before_has_the_same_answer(stores, sql):
    with stores.open() as store:
        first = store.database.rows(sql)
    with stores.open() as store:
        assert store.database.rows(sql) == store.database.rows(sql) == first
        asked = f"select * from ({sql}) where $n = 1"  # noqa: S608
        assert [store.database.rows(asked, n=n) for n in (1, 2, 1)] == [first, [], first]


def test_a_question_is_looked_up_again_when_its_columns_are_others(stores):
    asked = "select * from moments"
    with stores.open() as store:
        store.database.script("create table moments (moment timestamptz)")
        store.database.run("insert into moments values ('2026-03-01 12:00Z')")
        moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
        assert [store.database.rows(asked) for _ in range(2)] == [[{"moment": moment}]] * 2
        with store.transaction():
            store.database.script("alter table moments alter moment type varchar")
            store.database.script("alter table moments add column n integer default 3")
            (row,) = store.database.rows(asked)
        assert (row["moment"][:10], row["n"]) == ("2026-03-01", 3)


def test_the_only_value_is_refused_where_there_are_more(stores):
    with stores.open() as store, pytest.raises(ValueError, match="unpack"):
        store.database.value("select unnest([1, 2])")


def test_what_changes_posts_is_no_question(stores):
    with stores.open() as store, pytest.raises(ValueError, match="goes by `run`"):
        store.database.rows("update posts set lang = 'id' returning post_key")


def test_a_status_loads_no_frames(tmp_path):
    code = (
        "import sys; from monitor.cli import _run; _run(['status']);"
        "heavy = {'polars', 'numpy', 'networkx', 'httpx', 'scipy', 'apscheduler', 'structlog'};"
        "sys.exit(', '.join(heavy & sys.modules.keys()) or 0)"
    )
    (tmp_path / "config.toml").write_text("[[watches]]\nname = 'a'\nhashtags = ['x']\n")
    made = "from monitor.store import StoreFile\nfrom pathlib import Path\n"
    made += "with StoreFile(Path('data/gaung.duckdb')).open(): pass"
    subprocess.run([sys.executable, "-c", made], cwd=tmp_path, check=True)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 posts" in done.stdout
