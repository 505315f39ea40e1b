"""What the documents tell to type is typed, page by page, in a folder with made-up files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import Block, blocks
from tests.docs.world import ROOT, world

PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]
TYPED = [page for page in PAGES if any(b.is_run for b in blocks(page.read_text("utf-8")))]
# Their readers have nothing yet; all others have a store with posts.
BEGIN = ("README", "tutorial")

pytestmark = pytest.mark.long


@pytest.mark.docs
@pytest.mark.parametrize("page", TYPED, ids=lambda page: page.stem)
def test_what_a_page_tells_to_type_works_in_its_order(page: Path, tmp_path: Path) -> None:
    told = [block for block in blocks(page.read_text("utf-8")) if block.is_run]
    with world(tmp_path) as here:
        if page.stem not in BEGIN:
            here.stock()
        typed = here.type(told)
    assert typed.code == 0, f"{page.name}:\n{typed.said[-4000:]}"
    last = told[-1].line + len(told[-1].text.splitlines()) - 1
    assert f"@@ line {last}" in typed.said or told[-1].text.rstrip().endswith("#")


def test_few_blocks_are_not_run_and_each_says_why() -> None:
    kept = {
        page.name: [block for block in blocks(page.read_text("utf-8")) if not block.is_run]
        for page in PAGES
    }
    assert all(block.reason for found in kept.values() for block in found)
    every = sum(len(blocks(page.read_text("utf-8"))) for page in PAGES)
    assert sum(len(found) for found in kept.values()) <= every / 2


def test_a_block_says_before_it_why_it_is_not_run() -> None:
    text = "a\n<!-- not run: needs root -->\n```sh\nreboot\n```\n\n```sh\nls\n```\n"
    assert blocks(text) == [
        Block("reboot\n", 4, "not run", "needs root"),
        Block("ls\n", 8, None, None),
    ]


def test_a_line_that_fails_ends_its_page_and_is_named(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        typed = here.type([Block("true\nfalse\necho later\n", 10, None, None)])
    assert typed.code == 1
    assert "@@ failed: line 11, exit 1" in typed.said
    assert "later" not in typed.said.split("failed")[1]


def test_another_exit_code_is_taken_only_where_the_page_says_so(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        assert here.type([Block("(exit 1)\n", 1, "exit 1", "why")]).code == 0
        assert here.type([Block("(exit 2)\n", 1, "exit 1", "why")]).code == 1
