"""Engines that are not there say what to install."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.engines import engine_of
from monitor.errors import OperatorError

Gaung = Callable[..., tuple[int, str, str]]


def test_without_pyspark_the_command_says_what_to_install(
    gaung: Gaung, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)  # as if it were not installed
    (tmp_path / "a.csv").write_text("id,user,created_at,text\n1,ani,2025-02-22 10:00:00,air\n")
    code, out, err = gaung("coordination", "--input", "a.csv", "--engine", "spark")
    assert (code, out) == (1, "")
    assert 'pip install "gaung[spark]"' in err
    assert "Traceback" not in err


def test_there_is_no_other_engine() -> None:
    with pytest.raises(ValueError, match="no engine 'dask'"):
        engine_of("dask")


def test_a_memory_that_is_too_small_says_what_to_do() -> None:
    import polars as pl

    engine = engine_of("duckdb", memory_limit="1MB")
    frame = pl.DataFrame({"n": range(2_000_000)}, schema={"n": pl.Int64})
    with pytest.raises(OperatorError, match="--memory-limit"):
        engine.collect(engine.keep(engine.load([frame] * 4, frame.schema)))
    engine.close()
