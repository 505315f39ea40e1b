"""Reads a whole file for a test, and finds the real data where it is at hand."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from collectors.imports.sample import Importer, ImportOptions
from collectors.page import AUTHORS, ENGAGEMENT, INTERACTIONS, POSTS, REJECTED, Page

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAYLOADS = Path(__file__).parents[1] / "payloads" / "imports"
_ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("GAUNG_SHARED", _ROOT.parent / "shared"))
needs_shared = pytest.mark.skipif(
    not (SHARED / "data").is_dir(),
    reason="needs the real exports, which are not ours to ship: set GAUNG_SHARED to their folder",
)


@dataclass(frozen=True)
class Whole:
    """All pages of a file, one under the other."""

    pages: list[Page]
    posts: pl.DataFrame
    authors: pl.DataFrame
    interactions: pl.DataFrame
    engagement: pl.DataFrame
    rejected: pl.DataFrame
    received: int

    @property
    def matched(self) -> pl.DataFrame:
        return self.posts.filter(pl.col("captured_as") == "matched")

    def post(self, key: str) -> dict[str, object]:
        return self.posts.row(by_predicate=pl.col("post_key") == key, named=True)

    def edges(self, post_key: str) -> list[tuple[str, str | None, str | None]]:
        acted = self.interactions.filter(pl.col("post_key") == post_key)
        return acted.select("kind", "target_author_key", "target_post_key").rows()

    def counts(self, post_key: str) -> dict[str, object]:
        return self.engagement.row(by_predicate=pl.col("post_key") == post_key, named=True)


def read(
    importer: Importer,
    path: Path,
    *,
    mapping: dict[str, str] | None = None,
    page_size: int = 20_000,
) -> Whole:
    """Read all of a file; what must hold for every page is checked here."""
    options = ImportOptions(captured_at=NOON, mapping=mapping or {}, page_size=page_size)
    pages = list(importer.pages(path, options))
    for page in pages:
        assert page.posts.schema == POSTS
        assert page.authors.schema == AUTHORS
        assert page.interactions.schema == INTERACTIONS
        assert page.engagement.schema == ENGAGEMENT
        assert page.rejected.schema == REJECTED
        assert page.received >= page.rejected.height
    reached = [page.progress for page in pages]
    assert reached == sorted(reached)
    assert not pages or 0 < reached[-1] <= path.stat().st_size

    def frames(name: str, schema: pl.Schema) -> pl.DataFrame:
        given: list[pl.DataFrame] = [getattr(page, name) for page in pages]
        return pl.concat([schema.to_frame(), *given])

    return Whole(
        pages=pages,
        posts=frames("posts", POSTS),
        authors=frames("authors", AUTHORS),
        interactions=frames("interactions", INTERACTIONS),
        engagement=frames("engagement", ENGAGEMENT),
        rejected=frames("rejected", REJECTED),
        received=sum(page.received for page in pages),
    )
