"""gaung in Python: three lines give frames and graphs; the page about it is true."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import networkx as nx
import polars as pl
import pytest

import monitor
from analysis.frames import ACTS, POSTS
from monitor.errors import OperatorError
from tests.builders import HOUR, NOON
from tests.monitor.exports.stored import CONFIG, filled

PAGE = Path(__file__).parents[3] / "docs" / "notebook.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def folder(stores, tmp_path, monkeypatch):
    """A folder with a configuration, a filled store and a file of posts."""
    filled(stores)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG)
    told = monitor.open("config.toml").all().posts()
    pl.DataFrame(
        {
            "created_at": told["sort_at"],
            "author": told["handle"].fill_null("seseorang"),
            "text": told["text"].fill_null("RT #AirBersih"),
            "post_id": [str(n) for n in range(told.height)],
        }
    ).write_parquet("posts.parquet")
    return tmp_path


def test_the_code_of_the_page_runs(folder, capsys):
    everything = "\n".join(BLOCKS)
    assert len(BLOCKS) >= 7
    exec(compile(everything, str(PAGE), "exec"), {})  # noqa: S102 - our own page
    out = capsys.readouterr().out
    assert "mastodon" in out
    assert pl.read_parquet("for-others.parquet")["author_key"].str.contains("akun-").all()


def test_three_lines_give_what_the_command_line_says(folder, gaung):
    watch = monitor.open("config.toml").watch("air-bersih")
    told = json.loads(gaung("report", "air-bersih", "--format", "json")[1])
    posts, series, graph = watch.posts(), watch.series(), watch.graph()
    assert posts.schema == POSTS
    assert watch.acts().schema == ACTS
    assert series["posts"].to_list() == [window["posts"] for window in told["series"]]
    assert series["posts"].sum() == told["posts"] == 59
    assert isinstance(graph, nx.DiGraph)
    top = told["top_amplified"][0]
    acts = sum(data["weight"] for _, _, data in graph.in_edges(top["author"], data=True))
    assert acts == top["total"]
    assert watch.edges()["weight"].sum() == graph.size(weight="weight")


def test_a_file_gives_the_same_counts_as_its_posts(folder):
    file = monitor.read("posts.parquet")
    assert file.posts().schema == POSTS
    assert file.series("1d")["posts"].sum() == file.posts().height
    assert {"expected", "score"} <= set(file.series().columns)
    with pytest.raises(OperatorError, match="gaung import"):
        file.report()


def test_times_are_chosen_as_on_the_command_line(folder):
    watch = monitor.open().watch("air-bersih")
    half = watch.between(NOON - HOUR / 2, NOON)
    assert 0 < half.posts().height < watch.posts().height
    assert half.posts()["sort_at"].min() >= NOON - HOUR / 2
    file = monitor.read("posts.parquet")
    assert file.between("2026-03-01T18:30:00+07:00").posts()["sort_at"].min() >= NOON - HOUR / 2
    with pytest.raises(OperatorError, match="zone"):
        watch.between(datetime(2026, 3, 1))  # noqa: DTZ001 - that is the mistake
    with pytest.raises(OperatorError, match="7d"):
        watch.between("kemarin dulu")


def test_what_is_wrong_is_told_with_what_there_is(folder):
    with pytest.raises(OperatorError, match="air-bersih"):
        monitor.open().watch("air-bersi")
    with pytest.raises(OperatorError, match="no such file"):
        monitor.read("tidak-ada.csv")
    with pytest.raises(AttributeError, match="tidak_ada"):
        monitor.tidak_ada  # noqa: B018


def test_redacted_frames_and_graphs_name_nobody(folder):
    watch = monitor.open(redact=True).watch("air-bersih")
    everything = str(watch.posts().to_dicts()) + str(watch.acts().to_dicts())
    everything += str(list(watch.graph().edges)) + str(
        watch.coordination().account_table.to_dicts()
    )
    assert "warga" not in everything
    assert "klik" not in everything
    plain = monitor.open().watch("air-bersih")
    assert watch.posts().height == plain.posts().height
    assert watch.graph().number_of_edges() == plain.graph().number_of_edges()


def test_sql_is_answered_in_python_too(folder):
    assert monitor.open().sql("select count(*) from posts").item() == 59


def test_importing_it_imports_nothing_heavy():
    code = (
        "import sys; import monitor; assert 'open' in dir(monitor);"
        "heavy = {'polars', 'duckdb', 'networkx', 'msgspec', 'monitor.notebook'};"
        "sys.exit(', '.join(heavy & sys.modules.keys()) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_stub_names_what_the_package_gives():
    stub = (Path(monitor.__file__).parent / "__init__.pyi").read_text(encoding="utf-8")
    named = set(re.findall(r"as (\w+)$|^(\w+):", stub, re.MULTILINE))
    assert {a or b for a, b in named} == set(monitor.__all__)
    assert all(hasattr(monitor, name) for name in monitor.__all__)
