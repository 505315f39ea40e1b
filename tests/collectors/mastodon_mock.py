"""A Mastodon server that nobody here wrote, its people, and what they say."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest

from collectors.collector import PostRef
from collectors.http import PoliteClient
from collectors.platforms.mastodon.collector import MastodonCollector

_ROOT = Path(__file__).parents[2]
NAMES = ("alice", "bob", "carol", "dan")
TIMELINES = "/api/v1/timelines/tag/*"


def _free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{url}/api/v2/instance", timeout=1)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"mastodon_mock did not start: {log.read_text()[-2000:]}")


@contextlib.contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run the server in memory, with four accounts; give its address."""
    program = _ROOT / ".venv-servers" / "bin" / "mastodon_mock"
    if not program.exists():
        found = shutil.which("mastodon_mock")
        if found is None:
            pytest.skip("mastodon_mock is not installed: make servers")
        program = Path(found)
    config = folder / "mock.toml"
    config.write_text(
        "".join(
            f'[[seed.accounts]]\nusername = "{name}"\naccess_token = "tok-{name}"\n'
            for name in NAMES
        )
    )
    port = _free_port()
    address = ["--host", "127.0.0.1", "--port", str(port)]
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [program, "serve", "--in-memory", *address, "--config", config],
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
        try:
            # Its own addresses start with localhost; a server is asked under its own name.
            _await(f"http://localhost:{port}", process, log)
            yield f"http://localhost:{port}"
        finally:
            process.kill()  # it would wait for the answer that it was told to delay
            process.wait(timeout=10)


@contextlib.contextmanager
def clients_of(url: str) -> Iterator[dict[str, httpx.Client]]:
    """Give each person's client."""
    clients = {
        name: httpx.Client(base_url=url, headers={"Authorization": f"Bearer tok-{name}"})
        for name in NAMES
    }
    yield clients
    for client in clients.values():
        client.close()


def open_collector(
    url: str, *, token: str | None = None, page_size: int = 20, **options: Any
) -> MastodonCollector:
    client = PoliteClient(
        url,
        user_agent="gaung/test",
        now=lambda: datetime.now(UTC),
        sleep=lambda _: None,
        min_interval=0,
        token=token,
        **options,
    )
    return MastodonCollector(client.host, client, page_size=page_size)


def say(person: httpx.Client, text: str, **fields: Any) -> dict[str, Any]:
    answer = person.post(
        "/api/v1/statuses", json={"status": text, "visibility": "public"} | fields
    ).raise_for_status()
    posted: dict[str, Any] = answer.json()
    return posted


def read(collector: MastodonCollector, hashtag: str) -> pl.DataFrame:
    pages = collector.pages(hashtag, cursor=None, now=datetime.now(UTC))
    return pl.concat(page.posts for page in pages)


def ref_of(said: dict[str, Any]) -> PostRef:
    """Give a post as the store would."""
    created_at = datetime.fromisoformat(said["created_at"])
    return PostRef(f"mastodon:{said['uri']}", "mastodon:@alice", said["url"], created_at, None)


def break_next(url: str, effect: dict[str, Any], *, count: int = 1) -> None:
    """Let the server fail on purpose."""
    fault = {"match": {"path": TIMELINES}, "effect": effect, "count": count}
    httpx.post(f"{url}/api/v1/_mock/faults", json=fault).raise_for_status()
