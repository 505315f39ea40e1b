"""Whom an earlier version erased, or whom others wrote of since, can be erased again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from collectors.page import page_of
from monitor.store import StoreFile
from tests.builders import NOON, SOURCE, make_post

Gaung = Callable[..., tuple[int, str, str]]


@pytest.fixture
def stores(tmp_path: Path) -> StoreFile:
    """A store in which version 0.1.0 erased @Warga_Diam88, and what it overlooked."""
    made = StoreFile(tmp_path / "data" / "gaung.duckdb")
    posts = [
        make_post(n, platform="x", post_key=f"x:{n}", author_key=f"x:{n}", text=text, urls=urls)
        for n, (text, urls) in enumerate(
            [
                ("@warga_diam88 huruf kecil", ()),
                ("kata warga_diam88 tanpa tanda", ()),
                ("lihat ini", ("https://twitter.com/Warga_Diam88/status/5",)),
                ("tentang orang lain @warga_ramai88", ("https://x.com/warga_ramai88",)),
            ],
            start=1,
        )
    ]
    with made.open() as store, store.transaction():
        store.posts.add(page_of(posts=posts), source=SOURCE, now=NOON)
        for name in ("x:919273645", "x:@warga_diam88"):  # as it kept them
            digest = hashlib.sha256(f"{store.privacy.salt()}|{name}".encode()).hexdigest()
            store.database.run("insert into erased values ($digest, $now)", digest=digest, now=NOON)
    return made


@pytest.mark.parametrize("name", ["@Warga_Diam88", "warga_diam88", "x:@warga_diam88"])
def test_who_was_erased_before_is_found_by_name_and_leaves_others_posts(
    stores: StoreFile, gaung: Gaung, name: str
) -> None:
    code, _, err = gaung("erase", name, "--yes")
    assert code == 0, err
    assert "x:@warga_diam88: erased before" in err
    with stores.open(read_only=True) as store:
        rows = store.database.rows("select text, urls from posts order by post_key")
    assert [(row["text"], row["urls"]) for row in rows] == [
        ("@… huruf kecil", []),
        ("kata … tanpa tanda", []),
        ("lihat ini", []),
        ("tentang orang lain @warga_ramai88", ["https://x.com/warga_ramai88"]),
    ]
    assert b"warga_diam88" not in stores.path.read_bytes().lower()


def test_who_was_never_here_is_not_found(stores: StoreFile, gaung: Gaung) -> None:
    code, _, err = gaung("erase", "@warga_ramai", "--yes")
    assert (code, "there is no account '@warga_ramai'" in err) == (1, True)
