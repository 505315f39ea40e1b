"""A filled store that is only read, and what asks it."""

from __future__ import annotations

import pytest

from monitor.store import StoreFile
from tests.monitor.exports.stored import asking, filled


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A filled store that tests only read."""
    return filled(StoreFile(tmp_path_factory.mktemp("sql") / "data" / "gaung.duckdb"))


@pytest.fixture
def asked(shared):
    """Ask the store that is only read."""
    return asking(shared)
