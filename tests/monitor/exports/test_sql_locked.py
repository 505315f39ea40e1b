"""`gaung sql`: nothing but a bounded answer can be had of it."""

from __future__ import annotations

import time
from datetime import timedelta

import polars as pl
import pytest

from monitor.naming import Naming
from monitor.store.asking import Bounds, QuestionError, answer

SALT = "garam-uji"


@pytest.mark.parametrize(
    "question",
    [
        "copy posts to 'keluar.csv'",
        "copy (select 1) to 'keluar.csv'",
        "attach 'lain.duckdb'",
        "create table t (a int)",
        "create temp table t (a int)",
        "insert into posts values (1)",
        "delete from posts",
        "drop view posts",
        "set memory_limit = '9GB'",
        "reset memory_limit",
        "set lock_configuration = false",
        "pragma database_list",
        "pragma enable_profiling",
        "install httpfs",
        "load httpfs",
        "call pragma_version()",
        "export database 'keluar'",
        "use main",
        "checkpoint",
        "explain analyze select 1",
        "prepare q as select 1",
        "create secret (type s3)",
        "vacuum",
        "begin transaction",
        "select 1; select 2",
        "select 1; drop view posts",
        "show tables",
        "show all tables",
        "show databases",
        "",
        " ; ",
    ],
)
def test_only_one_select_is_answered(asked, question):
    with pytest.raises(QuestionError):
        asked(question)


@pytest.mark.parametrize(
    "question",
    [
        "select * from meta",
        "select * from outbox",
        "select * from gaung.main.meta",
        "select * from main.meta",
        "select * from gaung.meta",
        'select * from "gaung"."main"."erased"',
        "select (select max(value) from gaung.main.meta)",
        "select * from posts where post in (select key from gaung.main.meta)",
        "with a as (select * from gaung.main.meta) select * from a",
        "with recursive a as (select value from gaung.main.meta union select * from a) from a",
        "select * from (with meta as (select 1) select * from meta) x, meta",
        "describe gaung.main.meta",
        "summarize gaung.main.meta",
        "from gaung.main.audit",
        "table gaung.main.meta",
        "pivot gaung.main.meta on key using max(value)",
        "select * from query('select * from gaung.main.meta')",
        "select * from query_table('meta')",
        "select * from query_table(['gaung.main.meta'])",
        "select * from posts, lateral (select * from gaung.main.meta) m",
        "select * from posts union all by name select * from gaung.main.meta",
        "values ((select max(value) from gaung.main.meta))",
        "select * from duckdb_tables()",
        "select * from duckdb_functions()",
        "select * from duckdb_settings()",
        "select * from duckdb_views",
        "with duckdb_views as (select 1) select * from (select * from duckdb_views)",
        "select * from information_schema.tables",
        "select * from pg_catalog.pg_views",
        "select * from sqlite_master",
        "select * from pragma_table_info('gaung.main.meta')",
        "select * from pragma_storage_info('gaung.main.meta')",
        "select * from seq_scan('gaung.main.meta')",
        "select shown_letters('x:1')",
        "select shown_digest('x:1')",
    ],
)
@pytest.mark.parametrize("naming", [None, Naming(SALT)], ids=["plain", "redacted"])
def test_no_table_of_the_store_and_no_catalog_can_be_read(shared, asked, question, naming):
    with shared.open() as store:
        salt = store.privacy.salt()
    with pytest.raises(QuestionError) as told:
        asked(question, naming=naming)
    assert salt not in str(told.value)


@pytest.mark.parametrize(
    "question",
    [
        "select * from read_csv('{file}')",
        "select * from read_text('{file}')",
        "select * from read_blob('{file}')",
        "select * from read_parquet('{file}')",
        "select * from read_json('{file}')",
        "select * from sniff_csv('{file}')",
        "select * from parquet_metadata('{file}')",
        "select * from glob('{folder}/*')",
        "select * from '{file}'",
        'select * from "{file}"',
        "select * from 'https://contoh.example/a.csv'",
        "select getenv('HOME')",
        "select content from read_text('/proc/self/environ')",
    ],
)
def test_no_file_and_no_network_can_be_read(asked, tmp_path, question):
    (tmp_path / "rahasia.csv").write_text("a\nrahasia\n")
    with pytest.raises(QuestionError) as told:
        asked(question.format(file=tmp_path / "rahasia.csv", folder=tmp_path))
    assert "\nrahasia" not in str(told.value)


def test_files_stay_shut_even_past_the_check(shared):
    """The second bar holds alone: the connection itself refuses."""
    import duckdb

    with shared.open(read_only=True) as store:
        answer(store.database, "select 1", bounds=Bounds())
        for question in (
            "from read_text('/etc/hostname')",
            "copy (select 1) to 'keluar.csv'",
            "set enable_external_access = true",
            "set memory_limit = '9GB'",
            "delete from gaung.main.posts",
            "from meta",
        ):
            with pytest.raises(duckdb.Error):
                store.database.connection.execute(question)


def test_a_variable_of_the_program_is_no_table(asked):
    secret_frame = pl.DataFrame({"a": ["rahasia"]})
    assert secret_frame.height == 1
    with pytest.raises(QuestionError):
        asked("select * from secret_frame")


def test_a_question_without_end_is_ended_in_time(asked):
    begun = time.monotonic()
    with pytest.raises(QuestionError, match="no answer within 1 s"):
        asked(
            "select count(*) from range(10000000) a, range(10000000) b where a.range * b.range = 7",
            timeout=timedelta(seconds=1),
        )
    assert time.monotonic() - begun < 5


def test_a_recursion_without_end_is_ended_in_time(asked):
    with pytest.raises(QuestionError, match="no answer within 1 s"):
        asked(
            "with recursive t as (select 1 as n union all select 1 from t) select count(*) from t",
            timeout=timedelta(seconds=1),
        )


def test_an_answer_without_end_is_ended_by_its_size(asked):
    with pytest.raises(QuestionError, match="memory-limit"):
        asked("select a.range from range(1000000000) a", memory="50MB")


def test_memory_is_bounded_and_nothing_is_written_beside_the_store(asked, shared):
    with pytest.raises(QuestionError, match="more memory"):
        asked("select list(repeat('x', 1000) || range) from range(10000000)", memory="60MB")
    assert {file.name for file in shared.path.parent.iterdir()} == {shared.path.name}


@pytest.mark.parametrize("size", ["banyak", "1'; drop view posts; --", "-5"])
def test_a_limit_that_is_none_is_refused(asked, size):
    with pytest.raises(QuestionError, match="memory-limit"):
        asked("select 1", memory=size)
