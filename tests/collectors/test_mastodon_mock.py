"""Against a server that nobody here wrote: posts go in by its API and come out by the collector."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest

from collectors.collector import PostRef
from collectors.errors import (
    AccessRefusedError,
    PayloadError,
    RateLimitedError,
    SourceUnavailableError,
)
from collectors.http import PoliteClient
from collectors.platforms.mastodon.collector import MastodonCollector

pytestmark = pytest.mark.servers

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


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the server in memory, with four accounts."""
    program = _ROOT / ".venv-servers" / "bin" / "mastodon_mock"
    if not program.exists():
        found = shutil.which("mastodon_mock")
        if found is None:
            pytest.skip("mastodon_mock is not installed: make servers")
        program = Path(found)
    folder = tmp_path_factory.mktemp("mastodon_mock")
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


@pytest.fixture
def people(url: str) -> Iterator[dict[str, httpx.Client]]:
    clients = {
        name: httpx.Client(base_url=url, headers={"Authorization": f"Bearer tok-{name}"})
        for name in NAMES
    }
    yield clients
    for client in clients.values():
        client.close()


@pytest.fixture
def collector(url: str) -> Iterator[MastodonCollector]:
    opened = open_collector(url)
    yield opened
    opened.close()


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


def break_next(url: str, effect: dict[str, Any], *, count: int = 1) -> None:
    """Let the server fail on purpose."""
    fault = {"match": {"path": TIMELINES}, "effect": effect, "count": count}
    httpx.post(f"{url}/api/v1/_mock/faults", json=fault).raise_for_status()


def test_posts_come_out_as_they_went_in(
    people: dict[str, httpx.Client], collector: MastodonCollector
) -> None:
    first = say(people["alice"], "We march on Saturday. #ClimateStrike #Lisbon")
    reply = say(people["bob"], "I'm in @alice #climatestrike", in_reply_to_id=first["id"])
    say(people["carol"], "Not the same: #ClimateStrikeOnline")
    say(people["dan"], "unlisted #ClimateStrike", visibility="unlisted")
    say(people["dan"], "private #ClimateStrike", visibility="private")

    now = datetime.now(UTC)
    page = next(collector.pages("climatestrike", cursor=None, now=now))
    posts = {post["post_key"]: post for post in page.posts.to_dicts()}
    assert posts.keys() == {f"mastodon:{first['uri']}", f"mastodon:{reply['uri']}"}
    assert page.rejected.height == 0
    post = posts[f"mastodon:{first['uri']}"]
    host = collector.source.removeprefix("mastodon/")
    assert post["author_key"] == f"mastodon:@alice@{host}"
    assert post["hashtags"] == ["climatestrike", "lisbon"]
    assert "We march on Saturday." in post["text"]
    assert timedelta() <= now - post["created_at"] < timedelta(minutes=1)
    assert posts[f"mastodon:{reply['uri']}"]["reply_to_key"] == f"mastodon:{first['uri']}"
    edges = page.interactions.select("kind", "author_key", "target_author_key").rows()
    alice, bob = f"mastodon:@alice@{host}", f"mastodon:@bob@{host}"
    assert set(edges) == {("reply", bob, alice), ("mention", bob, alice)}


def test_forty_five_posts_come_in_three_pages_and_from_a_cursor_on(
    people: dict[str, httpx.Client], collector: MastodonCollector
) -> None:
    said = {f"mastodon:{say(people[NAMES[n % 4]], f'bulk {n} #BulkTag')['uri']}" for n in range(45)}
    now = datetime.now(UTC)
    pages = [page for page in collector.pages("bulktag", cursor=None, now=now) if page.received]
    assert [page.received for page in pages] == [20, 20, 5]
    assert set(pl.concat(page.posts for page in pages)["post_key"]) == said
    rest = list(collector.pages("bulktag", cursor=pages[0].cursor, now=now))
    assert sum(page.received for page in rest) == 25


def test_boosts_come_out_as_reposts(
    people: dict[str, httpx.Client], collector: MastodonCollector
) -> None:
    said = say(people["alice"], "Pass it on #BoostTag")
    for name in ("bob", "carol"):
        people[name].post(f"/api/v1/statuses/{said['id']}/reblog").raise_for_status()
    page = next(collector.pages("boosttag", cursor=None, now=datetime.now(UTC)))
    post = page.posts.row(0, named=True)
    assert page.engagement["reposts"].to_list() == [2]

    now = datetime.now(UTC)
    ref = PostRef(post["post_key"], post["author_key"], post["url"], post["created_at"], None)
    found = collector.expand(ref, now=now)
    host = collector.source.removeprefix("mastodon/")
    assert set(found.interactions["author_key"]) == {
        f"mastodon:@bob@{host}",
        f"mastodon:@carol@{host}",
    }
    assert set(found.interactions["target_post_key"]) == {post["post_key"]}
    assert set(found.interactions["target_author_key"]) == {f"mastodon:@alice@{host}"}
    windows = found.interactions.select("not_before", "acted_at").rows()
    assert all(post["created_at"] <= low <= high <= now for low, high in windows)


def test_boosts_are_found_after_a_restart_too(
    url: str, people: dict[str, httpx.Client], collector: MastodonCollector
) -> None:
    said = say(people["alice"], "Once more #RestartTag")
    people["dan"].post(f"/api/v1/statuses/{said['id']}/reblog").raise_for_status()
    ref = PostRef(
        f"mastodon:{said['uri']}",
        "mastodon:@alice",
        said["url"],
        datetime.fromisoformat(said["created_at"]),
        None,
    )
    assert collector.expand(ref, now=datetime.now(UTC)).interactions.height == 1


def test_a_deleted_post_is_gone(
    people: dict[str, httpx.Client], collector: MastodonCollector
) -> None:
    said = say(people["alice"], "Oops #GoneTag")
    assert read(collector, "gonetag").height == 1
    people["alice"].delete(f"/api/v1/statuses/{said['id']}").raise_for_status()
    assert read(collector, "gonetag").height == 0
    created_at = datetime.fromisoformat(said["created_at"])
    ref = PostRef(f"mastodon:{said['uri']}", "mastodon:@alice", None, created_at, None)
    assert collector.expand(ref, now=datetime.now(UTC)).received == 0


def test_a_hashtag_that_nobody_used_is_an_empty_page(collector: MastodonCollector) -> None:
    (page,) = collector.pages("nobodysaidthis", cursor=None, now=datetime.now(UTC))
    assert (page.received, page.cursor) == (0, None)


def test_a_check_names_the_server_and_finds_a_wrong_token(url: str) -> None:
    well, wrong = open_collector(url), open_collector(url, token="not-a-token")
    report = well.check()
    assert report.remedy is None
    assert "Mastodon" in report.summary
    assert "check the token" in (wrong.check().remedy or "")
    well.close()
    wrong.close()


def test_a_rate_limit_of_the_server_says_when_to_come_back(
    url: str, collector: MastodonCollector
) -> None:
    break_next(url, {"type": "ratelimit"})
    with pytest.raises(RateLimitedError) as caught:
        read(collector, "bulktag")
    wait = caught.value.retry_at - datetime.now(UTC)
    assert timedelta(seconds=290) < wait <= timedelta(seconds=300)


@pytest.mark.parametrize(
    ("effect", "count", "error"),
    [
        ({"type": "malformed"}, 1, PayloadError),
        ({"type": "malformed", "truncate": False}, 1, PayloadError),
        ({"type": "status", "status": 503}, 3, SourceUnavailableError),
        ({"type": "status", "status": 401}, 1, AccessRefusedError),
        ({"type": "timeout"}, 1, SourceUnavailableError),
    ],
)
def test_a_fault_of_the_server_has_its_name(
    url: str, effect: dict[str, Any], count: int, error: type[Exception]
) -> None:
    collector = open_collector(url, total_timeout=2.0)
    break_next(url, effect, count=count)
    with pytest.raises(error):
        read(collector, "bulktag")
    # The fault is over, and so is its effect.
    read(collector, "bulktag")
    collector.close()


def test_a_passing_fault_costs_nothing(url: str, collector: MastodonCollector) -> None:
    break_next(url, {"type": "status", "status": 502}, count=2)
    read(collector, "bulktag")
