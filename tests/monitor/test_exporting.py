"""The lake: what is written is what the store holds, and only what has changed is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from collectors.page import page_of
from collectors.records import Removal
from monitor import exporting
from monitor.errors import OperatorError
from monitor.exporting import Exported, chunk_of_input, chunks_of_store, export
from monitor.inputs.files import FileInput
from monitor.inputs.input import Wanted
from monitor.inputs.lake import LakeInput, manifest_of
from monitor.inputs.stored import StoreInput
from monitor.store import StoreFile
from tests.builders import NOON, SOURCE, make_author, make_post, make_repost

Gaung = Callable[..., tuple[int, str, str]]
DAY = timedelta(days=1)
ALL = Wanted("all posts", ())
TAG = Wanted("#airbersih", ("airbersih",))


def fill(stores: StoreFile, *, days: int = 5) -> None:
    """Store posts of several days and two platforms, with boosts, mentions, and what is no post."""
    posts = [
        make_post(
            n,
            created_at=NOON - n * DAY / 4,
            kind="reply" if n % 5 == 0 else "original",
            reply_to_key="mastodon:https://contoh.example/1" if n % 5 == 0 else None,
            hashtags_raw=("AirBersih",) if n % 3 else ("Lain",),
            urls=("https://a.example/1",) if n % 2 else (),
        )
        for n in range(1, days * 4)
    ]
    posts += [
        make_post(50, post_key="x:50", platform="x", author_key="x:1", created_at=NOON - DAY),
        make_post(51, post_key="news:51", platform="news", kind="article"),
        make_post(52, captured_as="referenced"),
    ]
    acts = [
        make_repost("mastodon:@a@b.example", acted_at=NOON - DAY),
        make_repost("mastodon:@z@b.example", acted_at=NOON - 2 * DAY, target_author_key=None),
        make_repost("mastodon:@c@b.example", acted_at=None, precision="unknown"),
        make_repost("x:1", platform="x", post_key="x:50", kind="mention", target_post_key=None,
                    acted_at=NOON - DAY, precision="exact"),
    ]  # fmt: skip
    authors = [make_author("x:1", handle="Ani", followers=7, created_at=NOON - 900 * DAY)]
    with stores.open() as store, store.transaction():
        page = page_of(posts=posts, interactions=acts, authors=authors)
        store.posts.add(page, source=SOURCE, now=NOON)


def of_store(stores: StoreFile, wanted: Wanted) -> StoreInput:
    return StoreInput(lambda: stores.open(read_only=True), wanted)


def write(stores: StoreFile, folder: Path, **days: datetime) -> Exported:
    since, until = (days[name].date() if name in days else None for name in ("since", "until"))
    return export(chunks_of_store(stores, since, until)[0], folder, now=NOON)


@pytest.mark.parametrize("chunk", [1, 7, 250_000], ids=["by day", "some days", "at once"])
def test_a_lake_gives_what_its_store_gives(
    stores: StoreFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    fill(stores)
    monkeypatch.setattr(exporting, "_CHUNK", chunk)
    done = write(stores, tmp_path / "lake")
    for wanted in (
        ALL,
        TAG,
        Wanted("late", (), since=NOON - 2 * DAY),
        Wanted("between", ("airbersih",), since=NOON - 3 * DAY, until=NOON - DAY),
    ):
        lake, store = LakeInput(tmp_path / "lake", wanted), of_store(stores, wanted)
        assert_frame_equal(lake.posts(), store.posts())
        assert_frame_equal(
            lake.posts("author_key", "post_key", "sort_at"),
            store.posts("author_key", "post_key", "sort_at"),
        )
        assert_frame_equal(lake.acts(), store.acts())
    assert LakeInput(tmp_path / "lake", Wanted("none", ("takada",))).posts().is_empty()
    everything = of_store(stores, ALL)
    assert done.rows == {
        "posts": everything.posts().height, "acts": everything.acts().height
    }  # fmt: skip
    acts = LakeInput(tmp_path / "lake", ALL).acts()
    boosts = acts.filter(pl.col("author_key") == "mastodon:@z@b.example")
    # Whom a boost passes on is known from the post.
    assert boosts["target_author_key"].to_list() == ["mastodon:@warga1@contoh.example"]
    assert LakeInput(tmp_path / "lake", ALL).handles(["x:1", "x:404"]) == {"x:1": "Ani"}


def test_only_days_that_changed_are_written_again(stores: StoreFile, tmp_path: Path) -> None:
    fill(stores)
    lake = tmp_path / "lake"
    first = write(stores, lake)
    again = write(stores, lake)
    assert (again.written, again.unchanged, again.removed) == (0, first.written, 0)
    with stores.open() as store, store.transaction():
        late = make_post(99, created_at=NOON - 3 * DAY)
        store.posts.add(page_of(posts=[late]), source=SOURCE, now=NOON)
    assert write(stores, lake).written == 1
    assert_frame_equal(LakeInput(lake, ALL).posts(), of_store(stores, ALL).posts())


def test_what_is_removed_leaves_the_lake(stores: StoreFile, tmp_path: Path) -> None:
    fill(stores)
    lake = tmp_path / "lake"
    write(stores, lake)
    with stores.open() as store, store.transaction():
        gone = [Removal(kind="author", key="x:1", reason="erased", removed_at=NOON)]
        store.posts.add(page_of(removals=gone), source=SOURCE, now=NOON)
    done = write(stores, lake)
    assert done.removed == 2  # its post and its mention stood alone on their day
    assert not list(lake.glob("posts/platform=x*"))
    assert "x:1" not in LakeInput(lake, ALL).posts()["author_key"].to_list()


def test_some_days_may_be_exported_and_the_others_stay(stores: StoreFile, tmp_path: Path) -> None:
    fill(stores)
    lake = tmp_path / "lake"
    write(stores, lake, since=NOON - 2 * DAY)
    known = LakeInput(lake, ALL).posts()
    midnight = (NOON - 2 * DAY).replace(hour=0)
    assert_frame_equal(known, of_store(stores, Wanted("late", (), since=midnight)).posts())
    write(stores, lake, until=NOON - 2 * DAY)
    assert_frame_equal(LakeInput(lake, ALL).posts(), of_store(stores, ALL).posts())
    rows = manifest_of(lake)["rows"]
    assert rows["posts"] == of_store(stores, ALL).posts().height


def test_an_interrupted_export_goes_on(stores: StoreFile, tmp_path: Path) -> None:
    fill(stores)
    lake = tmp_path / "lake"

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(chunks_of_store(stores)[0], lake, now=NOON, on_progress=interrupt)
    part = next(lake.glob("posts/*/*/part.parquet"))
    part.with_name(".part.parquet.123").write_bytes(b"half")
    before = {file: file.stat().st_mtime_ns for file in lake.rglob("part.parquet")}
    done = write(stores, lake)
    assert done.unchanged == len(before)
    assert {file: file.stat().st_mtime_ns for file in before} == before
    assert not list(lake.rglob(".part*"))
    assert_frame_equal(LakeInput(lake, ALL).posts(), of_store(stores, ALL).posts())


def test_a_damaged_part_is_told_and_mended(stores: StoreFile, tmp_path: Path) -> None:
    fill(stores)
    lake = tmp_path / "lake"
    write(stores, lake)
    part = next(lake.glob("posts/*/*/part.parquet"))
    part.write_bytes(part.read_bytes()[:200])
    with pytest.raises(OperatorError, match="export again"):
        LakeInput(lake, ALL).posts()
    assert write(stores, lake).written == 1
    assert_frame_equal(LakeInput(lake, ALL).posts(), of_store(stores, ALL).posts())


def test_the_manifest_says_what_is_in_it(stores: StoreFile, tmp_path: Path) -> None:
    fill(stores)
    lake = tmp_path / "lake"
    write(stores, lake)
    told = manifest_of(lake)
    for name, part in told["parts"].items():
        data = (lake / name).read_bytes()
        assert part["sha256"] == hashlib.sha256(data).hexdigest()
        assert part["rows"] == pl.read_parquet(lake / name, hive_partitioning=False).height
    lines = "".join(f"{part['sha256']}  {name}\n" for name, part in sorted(told["parts"].items()))
    assert told["sha256"] == hashlib.sha256(lines.encode()).hexdigest()
    assert told["written_at"] == "2026-03-01T12:00:00Z"
    (lake / "gaung-lake.json").write_text(json.dumps(told | {"schema": "gaung.lake/9"}))
    with pytest.raises(OperatorError, match="another gaung"):
        LakeInput(lake, ALL)


def test_another_engine_reads_the_partitions(stores: StoreFile, tmp_path: Path) -> None:
    import duckdb

    fill(stores)
    write(stores, tmp_path / "lake")
    found = duckdb.sql(
        "select day, count(*) from read_parquet(?, hive_partitioning = true) "
        "group by day order by day",
        params=[f"{tmp_path}/lake/posts/**/*.parquet"],
    ).fetchall()
    posts = of_store(stores, ALL).posts("sort_at")
    days = posts.group_by(pl.col("sort_at").dt.date()).len().sort("sort_at").rows()
    assert [(str(day), count) for day, count in found] == [(str(d), c) for d, c in days]


def test_files_become_a_lake_without_a_store(tmp_path: Path) -> None:
    rows = [f"{n},{n % 3},ani{n % 3},{n - 1 if n % 2 else ''},,air,{1_700_000_000 + n * 9999},"
            for n in range(1, 30)]  # fmt: skip
    header = "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls"
    path = tmp_path / "posts.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    source = FileInput(path, ALL)
    done = export(chunk_of_input(source), tmp_path / "lake", now=NOON)
    assert done.rows["posts"] == 29
    lake = LakeInput(tmp_path / "lake", ALL)
    assert_frame_equal(lake.posts(), source.posts())
    assert_frame_equal(lake.acts(), source.acts())


def test_other_peoples_files_are_left_alone(stores: StoreFile, tmp_path: Path) -> None:
    fill(stores)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "thesis.tex").write_text("x")
    with pytest.raises(OperatorError, match="holds other files"):
        write(stores, tmp_path / "docs")
    assert [file.name for file in (tmp_path / "docs").iterdir()] == ["thesis.tex"]


def test_the_command_exports_and_the_log_knows(
    gaung: Gaung, stores: StoreFile, tmp_path: Path
) -> None:
    fill(stores)
    code, out, err = gaung("export", "lake")
    assert code == 0, err
    assert "lake: 22 posts and 4 acts; 11 files written" in out
    assert "0 files written" in gaung("export", "lake")[1]
    entry = json.loads(gaung("audit", "--json")[1])["entries"][0]
    assert (entry["action"], entry["subject"]) == ("export", "lake")
    assert "real names" in entry["detail"]
    since = datetime(2026, 2, 27, 9, tzinfo=UTC).isoformat()
    assert gaung("export", "late", "--since", since)[0] == 0
    first = LakeInput(tmp_path / "late", ALL).posts()["sort_at"].min()
    assert first == datetime(2026, 2, 27, 0, tzinfo=UTC)
    assert gaung("export", "late", "--since", "2026-02-27", "--until", "2026-02-25")[0] == 2
    told = gaung("indicators", "--input", "lake", "--format", "json")
    assert told[0] == 0, told[2]
