"""Against a relay that nobody here wrote: signed events go in and come out by the collector."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import websockets.exceptions
import websockets.sync.client

from collectors.collector import PostRef
from collectors.errors import SourceUnavailableError
from collectors.options import ClientOptions
from collectors.platforms import nostr
from collectors.platforms.nostr.collector import NostrCollector
from tests.collectors.examples.nostr import BUDI, SARI, WAYAN, Event

pytestmark = [
    pytest.mark.servers,
    # Lines are opened to be kept (collectors/http/websocket.py); websockets 17 would rather not.
    pytest.mark.filterwarnings("ignore:connect.. must be used as a context:DeprecationWarning"),
]

_ROOT = Path(__file__).parents[2]
CONFIG = """
relay_name: warung
storage:
  sqlalchemy.url: sqlite+aiosqlite:///{folder}/nostr.sqlite3
  validators: [nostr_relay.validators.is_not_too_large, nostr_relay.validators.is_signed]
verification: {{nip05_verification: disabled}}
gunicorn: {{bind: "127.0.0.1:{port}", workers: 1, loglevel: warning}}
"""


def _free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with websockets.sync.client.connect(url, open_timeout=2):
                return
        except (OSError, TimeoutError, EOFError, websockets.exceptions.WebSocketException):
            time.sleep(0.1)
    pytest.fail(f"nostr-relay did not start: {log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the relay on a database of its own. Backdated events are let in."""
    program = _ROOT / ".venv-servers" / "bin" / "nostr-relay"
    if not program.exists():
        found = shutil.which("nostr-relay")
        if found is None:
            pytest.skip("nostr-relay is not installed: make servers")
        program = Path(found)
    folder = tmp_path_factory.mktemp("nostr_relay")
    port = _free_port()
    config, log = folder / "relay.yaml", folder / "log"
    config.write_text(CONFIG.format(folder=folder, port=port))
    with log.open("wb") as out:
        process = subprocess.Popen(
            [program, "-c", config, "serve"], stdout=out, stderr=subprocess.STDOUT, cwd=folder
        )
        try:
            _await(f"ws://127.0.0.1:{port}", process, log)
            yield f"ws://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def open_collector(url: str, **settings: Any) -> NostrCollector:
    options = ClientOptions(
        secret=str,
        user_agent="gaung/test",
        now=lambda: datetime.now(UTC),
        sleep=lambda _: None,
        min_interval=0,
    )
    chosen = nostr.Settings(relays=(url,), **{"page_size": 20, **settings})
    (collector,) = nostr.build(chosen, options)
    assert isinstance(collector, NostrCollector)
    return collector


@pytest.fixture
def collector(url: str) -> Iterator[NostrCollector]:
    opened = open_collector(url)
    yield opened
    opened.close()


def publish(url: str, *events: Event) -> list[tuple[bool, str]]:
    """Hand events to the relay; give what it said of each."""
    said = []
    with websockets.sync.client.connect(url) as line:
        for event in events:
            line.send(json.dumps(["EVENT", event]))
            verb, event_id, is_taken, words = json.loads(line.recv(10))
            assert verb == "OK"
            assert event_id in (event["id"], "")  # it does not name what is forged
            said.append((is_taken, words))
    return said


def ago(**past: float) -> datetime:
    return (datetime.now(UTC) - timedelta(**past)).replace(microsecond=0)


def key(event: Event) -> str:
    return f"nostr:{event['id']}"


def ref(event: Event) -> PostRef:
    created_at = datetime.fromtimestamp(event["created_at"], UTC)
    return PostRef(key(event), f"nostr:{event['pubkey']}", None, created_at, None)


def read(collector: NostrCollector, hashtag: str) -> pl.DataFrame:
    pages = collector.pages(hashtag, cursor=None, now=datetime.now(UTC))
    return pl.concat(page.posts for page in pages)


def test_notes_come_out_as_they_went_in(url: str, collector: NostrCollector) -> None:
    text = 'Turun "Sabtu" \\ 😢\n\tdi kota #JakartaTurun https://berita.example/a'
    first = SARI.sign(text, [["t", "jakartaturun"], ["t", "sabtu"]], at=ago(hours=1))
    upper = BUDI.sign("Besar", [["t", "JAKARTATURUN"]], at=ago(minutes=50))
    reply = WAYAN.sign(
        "Ikut",
        [["e", first["id"], "", "root", SARI.pubkey], ["t", "jakartaturun"], ["p", SARI.pubkey]],
        at=ago(minutes=40),
    )
    quote = BUDI.sign(
        "Lihat", [["q", first["id"], "", SARI.pubkey], ["t", "jakartaturun"]], at=ago(minutes=30)
    )
    other = WAYAN.sign("Lain", [["t", "jakartaturunlagi"]], at=ago(minutes=20))
    assert all(taken for taken, _ in publish(url, first, upper, reply, quote, other))

    page = next(collector.pages("jakartaturun", cursor=None, now=datetime.now(UTC)))
    columns = ("post_key", "kind", "text", "created_at", "author_key")
    assert page.posts.select(columns).rows() == [
        (key(one), kind, one["content"], ref(one).created_at, f"nostr:{one['pubkey']}")
        for one, kind in (
            (quote, "quote"),
            (reply, "reply"),
            (upper, "original"),
            (first, "original"),
        )
    ]
    assert page.rejected.is_empty()
    edges = page.interactions.select("kind", "author_key", "target_author_key").rows()
    assert set(edges) == {
        ("quote", BUDI.key, SARI.key),
        ("reply", WAYAN.key, SARI.key),
        ("mention", WAYAN.key, SARI.key),
    }


def test_forty_five_notes_come_page_by_page_and_from_a_cursor_on(
    url: str, collector: NostrCollector
) -> None:
    # Five in each second: pages end within one.
    start = ago(hours=2)
    notes = [
        SARI.sign(f"Banyak {n}", [["t", "banyak"]], at=start - timedelta(seconds=n // 5))
        for n in range(45)
    ]
    publish(url, *notes)
    now = datetime.now(UTC)
    pages = list(collector.pages("banyak", cursor=None, now=now))
    found = [post for page in pages for post in page.posts["post_key"]]
    assert sorted(found) == sorted(key(note) for note in notes)
    assert [page.beyond for page in pages] == [None] * len(pages)
    assert max(page.received for page in pages) == 20
    rest = list(collector.pages("banyak", cursor=pages[0].cursor, now=now))
    assert sum(page.received for page in rest) == 25


def test_reposts_quotes_and_replies_of_a_post_are_found(
    url: str, collector: NostrCollector
) -> None:
    first = SARI.sign("Sebarkan", [["t", "sebar"]], at=ago(hours=1))
    to, at = ["e", first["id"]], ago(minutes=10)
    assert collector.expand(ref(first), now=datetime.now(UTC)) is None
    publish(
        url,
        first,
        BUDI.sign(json.dumps(first), [to, ["p", SARI.pubkey]], kind=6, at=at),
        WAYAN.sign("", [to, ["p", SARI.pubkey], ["k", "1"]], kind=16, at=at),
        WAYAN.sign("Baca", [["q", first["id"]]], at=at),
        BUDI.sign("Benar", [[*to, "", "root"]], at=at),
        BUDI.sign("+", [to], kind=7, at=at),
    )
    page = collector.expand(ref(first), now=datetime.now(UTC))
    assert page is not None
    assert set(page.interactions.select("kind", "author_key").rows()) == {
        ("repost", BUDI.key),
        ("repost", WAYAN.key),
        ("quote", WAYAN.key),
        ("reply", BUDI.key),
    }
    assert set(page.interactions["target_post_key"]) == {key(first)}
    assert set(page.interactions["acted_at"]) == {at}


def test_a_deleted_note_is_gone_and_said_to_be(url: str, collector: NostrCollector) -> None:
    first = SARI.sign("Salah ketik", [["t", "hapus"]], at=ago(hours=1))
    kept = BUDI.sign("Tetap", [["t", "hapus"]], at=ago(hours=1))
    publish(url, first, kept)
    assert read(collector, "hapus").height == 2
    deletion = SARI.sign("", [["e", first["id"]], ["e", kept["id"]]], kind=5, at=ago(minutes=1))
    publish(url, deletion)
    page = collector.hydrate([ref(first), ref(kept)], now=datetime.now(UTC))
    assert page.removals.select("key", "reason").rows() == [(key(first), "deleted")]
    deadline = time.monotonic() + 10  # the relay deletes when it has time for it
    while read(collector, "hapus").height == 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert read(collector, "hapus")["post_key"].to_list() == [key(kept)]


def test_both_refuse_a_note_that_was_tampered_with(url: str, collector: NostrCollector) -> None:
    note = SARI.sign("Saya hadir", [["t", "palsu"]], at=ago(hours=1))
    ((is_taken, words),) = publish(url, note | {"content": "Saya mundur"})
    assert not is_taken
    assert "invalid" in words
    assert read(collector, "palsu").is_empty()


def test_a_hashtag_that_nobody_used_is_an_empty_page(collector: NostrCollector) -> None:
    (page,) = collector.pages("takadayangpakai", cursor=None, now=datetime.now(UTC))
    assert (page.received, page.cursor) == (0, None)


def test_a_check_names_the_relay(collector: NostrCollector) -> None:
    report = collector.check()
    assert report.remedy is None
    assert "warung" in report.summary


def test_where_no_relay_is_a_check_has_a_remedy() -> None:
    nobody = open_collector(f"ws://127.0.0.1:{_free_port()}")
    with pytest.raises(SourceUnavailableError):
        read(nobody, "sebar")
    assert nobody.check().remedy
    nobody.close()
