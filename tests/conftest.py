"""What every test may use. No test reaches a network beyond this machine."""

from __future__ import annotations

import gc
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import hypothesis
import pytest

from monitor.store import StoreFile

_connect = socket.socket.connect
# A machine may be busy: how long an example takes is for `bench`.
hypothesis.settings.register_profile("gaung", deadline=None)
hypothesis.settings.load_profile("gaung")


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections that leave the machine."""

    def connect(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "127.0.0.1"
        if host not in ("127.0.0.1", "::1", "localhost"):
            raise RuntimeError(f"a test wanted to connect to {host}")
        _connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


class _ReadyStore(StoreFile):
    """A store that begins as a copy of an empty one: to make its tables takes three times that."""

    __slots__ = ()
    empty: ClassVar[Path]

    def _prepare_folder(self) -> None:
        super()._prepare_folder()
        if not self.path.exists():
            shutil.copyfile(self.empty, self.path)
            self.path.chmod(0o600)


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with its tables, and nothing in them."""
    path = tmp_path_factory.mktemp("empty") / "gaung.duckdb"
    with StoreFile(path).open():
        pass
    return path


@pytest.fixture
def stores(tmp_path: Path, empty_store: Path) -> StoreFile:
    """A real store in a folder of its own; there is none until it is opened for writing."""
    _ReadyStore.empty = empty_store
    return _ReadyStore(tmp_path / "data" / "gaung.duckdb")


@pytest.fixture
def gaung(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """The program, in a folder of its own: exit code, standard output, standard error."""
    from monitor.cli import _run

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GAUNG_CONFIG", raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = _run(list(arguments))
        out, err = capfd.readouterr()
        return code, out, err

    return run


# Files that take five seconds or more of a core, the longest first; `make test ARGS=--durations=50`
# tells. A long one that begins last lets the other workers wait for it.
LONGEST = (
    "monitor/week/test_week.py",
    "monitor/exports/test_schemas.py",
    "monitor/test_demo.py",
    "monitor/test_coordination.py",
    "monitor/test_kept_reports.py",
    "monitor/exports/test_named_nowhere.py",
    "monitor/test_hearsay.py",
    "monitor/page/test_said.py",
    "monitor/test_cli.py",
    "monitor/exports/test_sql.py",
    "monitor/test_progress.py",
    "monitor/test_engine_option.py",
    "monitor/exports/test_equal_numbers.py",
    "monitor/exports/test_book.py",
    "monitor/exports/test_neighbours.py",
    "monitor/test_moving.py",
    "monitor/test_store.py",
)
_PLACES = {Path(__file__).parent / name: place for place, name in enumerate(LONGEST)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: workers side by side then end at about the same time."""

    def place(item: pytest.Item) -> int:
        rest = 0 if item.get_closest_marker("long") else 1
        return _PLACES.get(item.path, len(LONGEST) + rest)

    items.sort(key=place)


def pytest_unconfigure() -> None:
    """Let go of what tests left behind: DuckDB counts its objects when the interpreter ends."""
    gc.collect()
