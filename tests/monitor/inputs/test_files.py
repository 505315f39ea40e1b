"""Posts from files: reading by columns gives what the importers give row by row."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from analysis.frames import POSTS
from analysis.graphs.acts import resolved
from collectors.imports.detect import recognize
from collectors.imports.sample import ImportOptions
from monitor.errors import OperatorError
from monitor.inputs.files import FileInput
from monitor.inputs.input import Wanted
from monitor.inputs.pages import acts_of_page, posts_of
from monitor.inputs.tables import plain_table
from tests.many import examples

ALL = Wanted("all posts", ())
TOOLKIT = [
    "message_id", "user_id", "username", "repost_id", "reply_id", "message", "timestamp", "urls",
]  # fmt: skip
WORDS = st.sampled_from([
    "air", "mati #AirBersih", "#Air#Mati", "lihat https://a.example/x, ya", "(https://b.example)",
    "RT @ani: air", "@Budi,@ani", "surat@contoh.example", "\nbaris", "“#Kutip”", "#2024", "é@dia",
    "https://c.example/…", "#ＡＩＲ", "@terlalu_panjang_sekali_namanya", "@@ani", ".@ani", "HTTPS://D.EXAMPLE",
])  # fmt: skip
TEXTS = st.lists(WORDS, max_size=4).map(" ".join)
IDS = st.integers(1, 40).map(str)
ODD_IDS = st.sampled_from(["", "nan", "1.90E+18", "77.0", "1895262175704550000", " 8"])
TIMES = st.one_of(
    st.integers(1_700_000_000, 1_700_009_999).map(str),
    st.sampled_from(["2025-02-22T10:00:00Z", "2025-02-22 10:00:00", "2025-02-22T10:00:00.000Z"]),
)
ODD_TIMES = st.sampled_from(["", "kemarin", "0001-01-01T00:00:00Z", "123", "2025-13-01 10:00:00",
                             "1700000000000", "2025-02-22T10:00:00+07:00"])  # fmt: skip
LINKS = st.sampled_from(
    ["", "", "https://e.example/1", "https://e.example/1 https://e.example/2", "nan", "lain",
     "['https://f.example']", "https://g.example/1,2"]
)  # fmt: skip


def rows(
    ids: st.SearchStrategy[str], times: st.SearchStrategy[str]
) -> st.SearchStrategy[list[list[str]]]:
    """Give tables as the coordination toolkit reads them."""
    # An account has one handle, as it does on a platform.
    who = st.sampled_from([("1", "ani"), ("2", "@Budi"), ("", "cici"), ("4", ""), ("5", "@Dia")])
    row = st.tuples(ids, who, st.one_of(st.just(""), ids), st.one_of(st.just(""), ids), TEXTS,
                    times, LINKS)  # fmt: skip
    return st.lists(row.map(lambda r: [r[0], *r[1], *r[2:]]), min_size=1, max_size=12)


def written(folder: Path, header: list[str], table: list[list[str]]) -> Path:
    """Write a CSV file."""
    path = folder / "posts.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(table)
    return path


def of_importer(path: Path) -> tuple[pl.DataFrame, pl.DataFrame, list[tuple[str, str]]]:
    """Give POSTS, ACTS and what was set aside, row by row."""
    options = ImportOptions(captured_at=datetime(2026, 3, 1, tzinfo=UTC))
    pages = list(recognize(path).pages(path, options))
    posts = pl.concat([posts_of(page) for page in pages])
    posts = posts.unique("post_key", keep="first", maintain_order=True)
    acts = resolved(pl.concat([acts_of_page(page) for page in pages]), posts)
    aside = [
        (r["locator"], f"{r['field']}: {r['reason']}" if r["field"] else r["reason"])
        for page in pages for r in page.rejected.iter_rows(named=True)
    ]  # fmt: skip
    return posts.sort("sort_at", "post_key"), acts, aside


def same_as_importer(path: Path) -> None:
    """Compare all columns."""
    posts, acts, aside = of_importer(path)
    source = FileInput(path, ALL)
    assert_frame_equal(source.posts(), posts)
    assert [(one.place, one.reason) for one in source.set_aside] == aside
    assert source.aside == len(aside)
    assert_frame_equal(source.acts(), acts)


@pytest.mark.fuzz
@settings(max_examples=examples(60), deadline=None)
@given(table=rows(st.integers(1, 10_000).map(str), TIMES))
def test_a_clean_table_reads_by_columns_as_it_reads_row_by_row(
    table: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    distinct = {row[0]: row for row in table}
    path = written(tmp_path_factory.mktemp("clean"), TOOLKIT, list(distinct.values()))
    assert plain_table(path) is not None
    same_as_importer(path)


@pytest.mark.fuzz
@settings(max_examples=examples(60), deadline=None)
@given(table=rows(st.one_of(IDS, ODD_IDS), st.one_of(TIMES, ODD_TIMES)))
def test_odd_rows_are_looked_at_twice_and_set_aside_with_their_line(
    table: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    # Row by row the first of two rows with one id counts; by columns the first clean one.
    distinct = {row[0].strip(): row for row in table}
    path = written(tmp_path_factory.mktemp("odd"), TOOLKIT, list(distinct.values()))
    same_as_importer(path)


COORTWEET = ["object_id", "account_id", "content_id", "timestamp_share"]
OBJECTS = st.sampled_from(["901", "902", "#AirBersih", "https://a.example/x", "https://b.example"])


@pytest.mark.fuzz
@settings(max_examples=examples(60), deadline=None)
@given(
    table=st.lists(
        st.tuples(OBJECTS, st.sampled_from(["7", "8"]), st.integers(1, 5).map(str)), min_size=1
    )
)
def test_what_was_shared_twice_stands_in_two_rows_of_one_post(
    table: list[tuple[str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = written(
        tmp_path_factory.mktemp("shared"), COORTWEET, [[*row, "1700000000"] for row in table]
    )
    assert plain_table(path) is not None
    posts, acts, _ = of_importer(path)
    source = FileInput(path, ALL)
    found = source.posts()
    assert_frame_equal(found, posts)
    assert_frame_equal(source.acts(), acts)


@pytest.mark.parametrize(
    "text",
    [
        "message_id,username,timestamp,message\r\n1,ani,1700000000,satu\r\n\r\n2,budi,1700000001,\r\n",
        "message_id,username,timestamp,message\n1,ani,1700000000\n2,budi,1700000001,dua\n",
        "message_id,username,timestamp,message\n1,ani,1700000000,satu,,\n2,budi,kapan,\"d,\nu\"\n3,c,x,\n",
        "\ufeffmessage_id;username;timestamp;message\n1;ani;1700000000;RT @budi: a;b\n",
        "sep=;\nmessage_id;username;timestamp;message\n1;ani;1700000000;RT @budi: a\n",
        "id,user,created_at,text\n1,ani,2025-02-22 10:00:00, RT @Budi ayo\n"
        f"2,cici,2025-02-22T10:00:00Z,RT @{'x' * 21} ayo\n",
        "1,7,ani,,,air,1700000000,\n2,8,budi,1,,RT,1700000001,\n",
    ],
    ids=["blank line", "short row", "long row", "semicolons", "sep line", "RT @", "no header"],
)  # fmt: skip
def test_files_as_they_are_found_read_as_the_importer_reads_them(text: str, tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_bytes(text.encode())
    same_as_importer(path)


def test_a_parquet_file_with_the_toolkits_columns_reads_like_its_csv(tmp_path: Path) -> None:
    rng = random.Random(3)
    table = [
        [str(n), str(n % 4), f"u{n % 4}", str(n - 1) if n % 3 == 0 else "", "", f"air #Tag{n % 2}",
         str(1_700_000_000 + rng.randrange(99)), "https://a.example/1" if n % 2 else ""]
        for n in range(1, 30)
    ]  # fmt: skip
    as_csv = written(tmp_path, TOOLKIT, table)
    columns = dict(zip(TOOLKIT, zip(*table, strict=True), strict=True))
    frame = pl.DataFrame(columns).with_columns(
        pl.col("message_id", "user_id", "timestamp").cast(pl.Int64),
        pl.col("repost_id").replace("", None).cast(pl.Int64),
        pl.col("urls")
        .replace("", None)
        .map_elements(lambda u: [u], pl.List(pl.String))
        .fill_null([]),
    )
    frame.write_parquet(tmp_path / "posts.parquet")
    assert_frame_equal(
        FileInput(tmp_path / "posts.parquet", ALL).posts(), FileInput(as_csv, ALL).posts()
    )


def base_table(path: Path) -> None:
    """Write a small table with the base columns of research data."""
    at = [datetime(2025, 2, 22, 10, minute, tzinfo=UTC) for minute in range(6)]
    pl.DataFrame(
        {
            "post_id": ["1", "2", "3", "4", None, "6"],
            "platform": ["twitter"] * 6,
            "author": ["Ani", "Budi", "Cici", "Budi", "Dia", None],
            "author_id": ["7", None, "9", None, "11", None],
            "created_at": [*at[:3], None, *at[4:]],
            "text": ["air #AirBersih", "RT @Ani: air", "@ani ya", "x", "y", "z"],
            "hashtags": [["AirBersih"], ["AirBersih"], [], [], [], []],
            "post_type": ["post", "repost", "reply", "post", "post", "post"],
            "repost_of_id": [None, "1", None, None, None, None],
            "reply_to_id": [None, None, "1", None, None, None],
            "reply_to_author": [None, None, "7", None, None, None],
            "mentions": [[], [], ["ani", "Budi"], [], [], []],
            "urls": [["https://a.example"], [], [], [], [], []],
            "author_followers": [5, 6, None, 7, 8, 9],
        }
    ).write_parquet(path)


def test_reading_some_columns_of_a_parquet_file_gives_what_reading_all_of_it_gives(
    tmp_path: Path,
) -> None:
    path = tmp_path / "base.parquet"
    base_table(path)
    posts, acts, aside = of_importer(path)
    source = FileInput(path, ALL)
    assert_frame_equal(source.posts(), posts)
    for name in POSTS:
        found = source.posts("post_key", name) if name != "post_key" else source.posts(name)
        assert_frame_equal(found.sort("post_key"), posts.select(found.columns).sort("post_key"))
    assert [(one.place, one.reason) for one in source.set_aside] == aside
    assert len(aside) == 3
    assert_frame_equal(source.acts(), acts)
    told = acts.select("author_key", "target_author_key", "kind").rows()
    # Who repeats @Ani repeats the account whose id another row tells.
    assert ("x:@budi", "x:7", "repost") in told
    assert ("x:9", "x:7", "reply") in told


def test_each_post_of_a_folder_comes_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        base_table(tmp_path / name / "base.parquet")
    assert FileInput(tmp_path, ALL).posts()["post_key"].to_list() == ["x:1", "x:2", "x:3"]


def test_a_hashtag_and_a_time_choose_posts_and_acts(tmp_path: Path) -> None:
    base_table(tmp_path / "base.parquet")
    tag = Wanted("#airbersih", ("airbersih",))
    late = Wanted("#airbersih", ("airbersih",), since=datetime(2025, 2, 22, 10, 1, tzinfo=UTC))
    assert FileInput(tmp_path, tag).posts()["post_key"].to_list() == ["x:1", "x:2"]
    assert FileInput(tmp_path, late).posts("post_key")["post_key"].to_list() == ["x:2"]
    acts = FileInput(tmp_path, late).acts()
    assert acts.select("post_key", "target_author_key").rows() == [("x:2", "x:7")]


def test_handles_are_told_as_they_are_written(tmp_path: Path) -> None:
    base_table(tmp_path / "base.parquet")
    source = FileInput(tmp_path, ALL)
    assert source.handles(["x:7", "x:9", "x:404"]) == {"x:7": "Ani", "x:9": "Cici"}


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="no such file"):
        FileInput(tmp_path / "none.csv", ALL)
    (tmp_path / "a.csv").write_text("nama,umur\nani,3\n")
    with pytest.raises(OperatorError, match="no column that tells the time"):
        FileInput(tmp_path / "a.csv", ALL).posts()
    pl.DataFrame({"nama": ["ani"]}).write_parquet(tmp_path / "b.parquet")
    with pytest.raises(OperatorError, match="no column that tells the time"):
        FileInput(tmp_path / "b.parquet", ALL).posts()
