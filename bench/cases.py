"""What is measured, and against whom."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.running import Case, gaung, python, written

# As in `generate`. That is not imported here: a child's memory is told as no less than what its
# parent held, so this process stays small.
_TAG = "AirBersih"


_READ = """
import sys, pathlib, duckdb
path = pathlib.Path(sys.argv[1])
path.unlink(missing_ok=True)
with duckdb.connect(path) as connection:
    connection.execute(f"create table posts as select * from {sys.argv[2]}")
"""
_ASK = """
import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    print(len(connection.execute(sys.argv[2], sys.argv[3:]).fetchall()))
"""
_FORGET = """
import sys, duckdb
with duckdb.connect(sys.argv[1]) as connection:
    connection.execute("delete from kept_reports")
"""
_HOURS = """
select epoch(date_trunc('hour', sort_at)), count(*) from posts
where list_contains(hashtags, ?) group by 1 order by 1
"""
_CONFIG = 'timezone = "Asia/Jakarta"\n[[watches]]\nname = "air"\nhashtags = ["{}"]\n'


def cases(folder: Path, *, quick: bool) -> Iterator[Case]:
    """Write the files of each case, and give it. Later cases use the store of earlier ones."""
    yield Case("start", gaung("--help"), python("pass"), "bare Python")
    yield Case("start-click", gaung("--help"), python("import click"), "Python with click")
    (folder / "config.toml").write_text(_CONFIG.format(_TAG), encoding="utf-8")
    amount = 100_000 if quick else 1_000_000
    path = written("parquet", amount, folder / "posts.parquet")
    yield _import(folder, "parquet", path, f"read_parquet('{path}')", amount)
    store, config = str(folder / "data" / "gaung.duckdb"), str(folder / "config.toml")
    hours = python(_ASK, store, _HOURS, _TAG.lower())
    asked = gaung("--config", config, "report", f"#{_TAG}", "--format", "json")

    def forget() -> None:
        subprocess.run(python(_FORGET, store), check=True)

    peer = "counts per hour in DuckDB"
    yield Case("report-first", asked, hours, peer, prepare=forget, posts=amount)
    yield Case("report", asked, hours, peer, posts=amount)
    count = python(_ASK, store, "select count(*), max(sort_at)::text from posts")
    yield Case("status", _status(config), count, "count in DuckDB", posts=amount)

    amount = 200_000 if quick else 2_000_000
    yield Case(
        "jetstream",
        [sys.executable, "-m", "bench.jetstream", str(amount)],
        [sys.executable, "-m", "bench.jetstream", str(amount), "decode"],
        "decoding each event",
        posts=amount,
    )

    amount = 20_000 if quick else 100_000
    yield Case(
        "pages",
        [sys.executable, "-m", "bench.pages", str(amount)],
        [sys.executable, "-m", "bench.pages", str(amount), "decode"],
        "decoding the JSON",
        posts=amount,
    )
    for name, source in (
        ("twitter-v1", "read_json('{}', maximum_object_size=67108864)"),
        ("twitter-v2", "read_json('{}', maximum_object_size=67108864)"),
        ("tweet-harvest", "read_csv('{}')"),
    ):
        path = written(name, amount, folder / name)
        yield _import(folder, name, path, source.format(path), amount)
        path.unlink()


def _import(folder: Path, name: str, path: Path, source: str, amount: int) -> Case:
    store, peer = folder / "data" / "gaung.duckdb", folder / "peer.duckdb"

    def fresh() -> None:
        for file in (store, store.with_name(f"{store.name}.wal")):
            file.unlink(missing_ok=True)

    return Case(
        f"import-{name}",
        gaung("--config", str(folder / "config.toml"), "import", str(path)),
        python(_READ, str(peer), source),
        f"DuckDB's {source.partition('(')[0]}",
        prepare=fresh,
        posts=amount,
    )


def _status(config: str) -> list[str]:
    # No daemon runs, which `status` rightly calls a problem: exit code 1.
    program, *arguments = gaung("--config", config, "status")
    return ["sh", "-c", '"$0" "$@"; test $? -le 1', program, *arguments]
