"""`gaung silence`, `gaung ack` and `gaung digest --to`, as people use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analysis.findings import Finding, FindingKind
from monitor.store import StoreFile

Run = Callable[..., tuple[int, str, str]]
_CONFIG = """
[[watches]]
name = "air-bersih"
hashtags = ["AirBersih"]
[[watches]]
name = "harga-beras"
hashtags = ["HargaBeras"]
[[people]]
address = "wali@example.go.id"
language = "en"
timezone = "Asia/Jayapura"
"""


@pytest.fixture
def run(gaung: Run, tmp_path: Path) -> Run:
    (tmp_path / "config.toml").write_text(_CONFIG)
    return gaung


def test_a_silence_is_listed_with_its_reason_and_can_be_ended(run: Run) -> None:
    assert "no watch is silenced" in run("silence")[1]
    code, out, _ = run("silence", "#airbersih", "--for", "6h", "--why", "rapat")
    assert (code, "gaung silence --end 1" in out) == (0, True)
    assert "air-bersih" in run("silence")[1]
    assert "rapat" in run("silence")[1]
    assert run("silence", "--end", "1")[0] == 0
    assert "no watch is silenced" in run("silence")[1]
    assert "rapat" in run("silence", "--all")[1]
    assert run("silence", "--end", "1")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("air-bersi", "--for", "6h", "--why", "x"), "did you mean 'air-bersih'?"),
        (("air-bersih", "--why", "x"), "--for 6h"),
        (("air-bersih", "--for", "6h"), "say why"),
        (("air-bersih", "--for", "soon", "--why", "x"), "write 30m, 6h or 2d"),
    ],
)
def test_what_is_missing_is_said(run: Run, arguments: tuple[str, ...], said: str) -> None:
    code, _, err = run("silence", *arguments)
    assert (code, said in err) == (2, True)


def test_what_goes_on_is_acknowledged(run: Run, tmp_path: Path) -> None:
    assert "nothing goes on" in run("ack", "air-bersih")[1]
    now = datetime(2026, 8, 18, 5, tzinfo=UTC)
    burst = Finding(
        watch="air-bersih",
        kind=FindingKind.BURST,
        subject="",
        from_at=now,
        to_at=None,
        score=8.0,
    )
    with StoreFile(tmp_path / "data" / "gaung.duckdb").open() as store:
        store.findings.save(burst, now=now)
    assert (
        "acknowledged: burst in air-bersih since 2026-08-18 12:00 WIB"
        in run("ack", "air-bersih")[1]
    )
    with StoreFile(tmp_path / "data" / "gaung.duckdb").open(read_only=True) as store:
        assert store.telling.is_acknowledged(burst.key)


def test_a_digest_is_shown_as_its_reader_gets_it(run: Run) -> None:
    run("ack", "air-bersih")  # there is a store from now on
    assert "PANTAUAN" in run("digest", "--print")[1]
    told = run("digest", "--print", "--to", "wali@example.go.id")[1]
    assert "WATCHES, WORST FIRST" in told
    assert " WIT" in told
