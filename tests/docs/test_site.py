"""The documents hang together: anchors are there, built pages fetch nothing, rooms are right."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.docs.world import ROOT

PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]*)#([^)\s]+)\)")
_FETCHES = {
    "script": "src",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "object": "data",
}


def anchors(page: Path) -> set[str]:
    """Give the anchors of a page's headings, as GitHub and the site make them."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = set()
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        plain = re.sub(r"[^\w\s-]", "", heading.lower()).strip()
        found |= {re.sub(r"\s", "-", plain), re.sub(r"[\s-]+", "-", plain)}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_an_anchor_that_a_page_links_to_is_there(page: Path) -> None:
    for target, anchor in _LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        other = (page.parent / target).resolve() if target else page
        if other.suffix == ".md":
            assert anchor in anchors(other), f"{page.name} links to {target}#{anchor}"


class Fetched(HTMLParser):
    """Collects what a browser fetches by itself for a page; links that are followed are none."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and given.get("rel") in {"canonical", "next", "prev", "alternate"}:
            return
        if address := given.get(_FETCHES.get(tag, "")):
            self.found.append(address)


def leaves(address: str) -> bool:
    return bool(re.match(r"(https?:)?//", address))


@pytest.mark.skipif(
    not (ROOT / ".venv-docs/bin/mkdocs").exists(), reason="make docs makes what builds the site"
)
def test_built_pages_fetch_nothing_from_elsewhere(tmp_path: Path) -> None:
    site = tmp_path / "site"
    built = subprocess.run(
        [ROOT / ".venv-docs/bin/mkdocs", "build", "--strict", "--site-dir", site],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "NO_MKDOCS_2_WARNING": "1", "LANG": "C.UTF-8"},
        check=False,
    )
    assert built.returncode == 0, built.stderr[-2000:]
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        parser = Fetched()
        parser.feed(page.read_text(encoding="utf-8"))
        assert parser.found
        assert not [address for address in parser.found if leaves(address)], page.name
    for style in site.rglob("*.css"):
        used = re.findall(r"url\(['\"]?([^'\")]+)", style.read_text(encoding="utf-8"))
        assert not [address for address in used if leaves(address)], style.name
    assert not list(site.rglob("*.py"))
    shutil.rmtree(site)


# --- architecture ---------------------------------------------------------------------------------


def layers(package: str) -> list[set[str]]:
    """Give the layers of a package as the import rules have them, highest first."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for contract in settings["tool"]["importlinter"]["contracts"]:
        if contract.get("containers") == [package]:
            return [set(re.split(r"\s*\|\s*", layer)) for layer in contract["layers"]]
    raise AssertionError(package)


def rooms(package: str) -> list[set[str]]:
    """Give the rows of a package's table in architecture.md, highest first."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    section = text.partition(f"### {package}\n")[2].partition("\n#")[0]
    cells = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    return [set(re.findall(r"`([^`]+)`", cell)) for cell in cells]


@pytest.mark.parametrize("package", ["monitor", "collectors", "analysis"])
def test_the_rooms_of_the_architecture_are_those_of_the_import_rules(package: str) -> None:
    assert rooms(package) == layers(package), "docs/architecture.md: mend the table of rooms"


# --- the container --------------------------------------------------------------------------------


def test_what_the_container_copies_is_there_and_not_left_out() -> None:
    text = (ROOT / "deploy/Containerfile").read_text(encoding="utf-8")
    kept = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE))
    copied = {
        path
        for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE)
        for path in line.split()[:-1]
    }
    assert copied
    assert copied == kept
    assert all((ROOT / path).exists() for path in copied)


def test_the_container_runs_as_nobody_in_particular_and_asks_for_its_health() -> None:
    lines = (ROOT / "deploy/Containerfile").read_text(encoding="utf-8").splitlines()
    assert "USER 10001:10001" in lines
    assert 'ENTRYPOINT ["gaung"]' in lines
    assert any(line.startswith("HEALTHCHECK") and '"status"' in line for line in lines)
    assert not any(line.startswith("ADD ") or ":latest" in line for line in lines)
