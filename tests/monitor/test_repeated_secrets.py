"""What a server repeats of what it was sent is in no table, on no screen and in no letter."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from collectors.page import page_of
from monitor import secrets
from monitor.collect import RunResult
from monitor.deliver import DeliveryError
from monitor.store import StoreFile
from tests.builders import SOURCE, make_author, make_post

Gaung = Callable[..., tuple[int, str, str]]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOKEN = "tok/EN+with=odd&chars-0123456789"  # noqa: S105  # of a test
PASSWORD = 'sandi rahasia "4" lagi'  # noqa: S105


@pytest.fixture(autouse=True)
def _none_known() -> Iterator[None]:
    before = set(secrets._known)
    yield
    secrets._known.clear()
    secrets._known.update(before)
    secrets._forms.cache_clear()


def learn(*values: str) -> None:
    for value in values:
        secrets.read("X", key="k", environment={"X": value})


def traces(secret: str) -> set[str]:
    """Write out how a secret may be repeated, by the standard library alone."""
    raw = secret.encode()
    found = {secret, secret.upper(), quote(secret, safe=""), json.dumps(secret)[1:-1], raw.hex()}
    for before in (b"", b"\0ana\0", b"\0budi@a.example\0", b"x", b"xy"):
        found.add(base64.b64encode(before + raw).decode())
        found.add(base64.urlsafe_b64encode(before + raw).decode())
    return found


@given(
    secret=st.text(st.characters(min_codepoint=33, max_codepoint=0x24F), min_size=8, max_size=60),
    user=st.text(max_size=20),
    after=st.text(max_size=5),
)
def test_a_secret_is_blanked_however_it_is_written(secret: str, user: str, after: str) -> None:
    assume(secret != "refused")  # noqa: S105
    secrets._known.clear()
    learn(secret)
    login = b"\0" + user.encode(errors="replace") + b"\0" + secret.encode()
    written = {
        "plain": secret,
        "quoted": quote(secret, safe=""),
        "json": json.dumps(secret)[1:-1],
        "hex": secret.encode().hex().upper(),
        "alone": base64.b64encode(secret.encode()).decode(),
        "login": base64.b64encode(login).decode(),
        "followed": base64.b64encode(login + after.encode(errors="replace")).decode(),
        "url": base64.urlsafe_b64encode(login).decode(),
    }
    for how, form in written.items():
        assert form not in secrets.redact(f"refused ({form})"), how
        assert form not in secrets.blank(f"refused ({form})") or secret.isalpha(), how


@pytest.mark.parametrize(
    "text",
    [
        "POST /api/notes?i=RAHASIA123 answered 400",
        "Cookie: session=RAHASIA123; path=/",
        "set-cookie: sid=RAHASIA123",
        "Authorization: Basic RAHASIA123==",
        "AUTH PLAIN RAHASIA123= refused",
        "refreshJwt eyJRAHASIA123.eyJRAHASIA123.RAHASIA123 expired",
        "<a href='/x?a=1&amp;access_token=RAHASIA123'>",
    ],
)
def test_what_looks_like_a_secret_is_blanked_wherever_it_came_from(text: str) -> None:
    assert "RAHASIA123" not in secrets.redact(text)


def test_a_secret_that_was_cut_off_is_blanked_too() -> None:
    learn("abcdefghij-0123456789-klmnop")
    for length in range(9, 28):
        assert secrets.redact(f"bad token {'abcdefghij-0123456789-klmnop'[:length]}") == (
            "bad token [redacted]"
        )


def test_a_password_that_is_a_word_stays_a_word_in_posts_and_goes_from_errors() -> None:
    learn("jembatan")
    assert secrets.blank("jembatan roboh") == "jembatan roboh"
    assert secrets.redact("535 jembatan") == "535 [redacted]"


def test_an_end_of_a_run_and_a_refused_letter_carry_no_secret() -> None:
    learn(TOKEN)
    run = RunResult(task="poll", source="a", hashtag="b", verdict="failed", detail=f"401 {TOKEN}")
    assert TOKEN not in str(run.detail)
    assert TOKEN not in str(DeliveryError(f"535 {TOKEN}", permanent=False))


def test_a_post_or_a_profile_into_which_a_server_writes_a_secret_is_stored_without_it(
    stores: StoreFile,
) -> None:
    learn(TOKEN)
    packed = base64.b64encode(f"x{TOKEN}".encode()).decode()
    post = make_post(
        text=f"halo {TOKEN} {packed} #AirBersih",
        url=f"https://contoh.example/?t={quote(TOKEN, safe='')}",
        urls=(f"https://contoh.example/{TOKEN}", "https://berita.example/1"),
    )
    author = make_author(post.author_key, handle="warga", display_name=TOKEN)
    with stores.open() as store, store.transaction():
        store.posts.add(page_of(posts=[post], authors=[author]), source=SOURCE, now=NOW)
    kept = cells(stores.path)
    assert not [trace for trace in traces(TOKEN) if trace in kept]
    assert "halo [redacted] [redacted] #AirBersih" in kept
    assert "https://berita.example/1" in kept


@contextmanager
def repeating(answer: Callable[[str], tuple[int, object]]) -> Iterator[str]:
    """Serve a Mastodon server that repeats the token which it is sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            status, body = answer(token)
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def refusing_logins() -> Iterator[int]:
    """Serve a mail server that repeats the login, as it was sent and unpacked."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as file:
                file.write(b"220 hi\r\n")
                file.flush()
                for line in file:
                    words = line.decode().split()
                    if words[0].upper() == "EHLO":
                        file.write(b"250-x\r\n250 AUTH PLAIN\r\n")
                    elif words[0].upper() == "AUTH":
                        said = base64.b64decode(words[2]).decode().replace("\0", " ")
                        file.write(f"535 5.7.8 no {words[2]} = {said}\r\n".encode())
                    else:
                        file.write(b"221 bye\r\n")
                    file.flush()
                    if words[0].upper() == "QUIT":
                        break

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()


def set_up(folder: Path, monkeypatch: pytest.MonkeyPatch, server: str, mail: int) -> None:
    monkeypatch.setenv("SERVER_TOKEN", TOKEN)
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    (folder / "config.toml").write_text(f"""
[[watches]]
name = "air"
hashtags = ["airbersih"]
sources = ["mastodon"]
recipients = ["redaksi@contoh.example"]
[alerts]
min_authors = 1
[digest]
recipients = ["redaksi@contoh.example"]
[mail]
server = "127.0.0.1"
port = {mail}
security = "none"
sender = "gaung@contoh.example"
username = "ana"
password_env = "MAIL_PASSWORD"
[collectors.mastodon]
servers = ["{server}"]
token_env = "SERVER_TOKEN"
""")


def cells(path: Path) -> str:
    with duckdb.connect(path, read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
        return "\n".join(
            str(connection.execute(f'select columns(*)::text from "{name}"').fetchall())  # noqa: S608
            for (name,) in tables
        )


_ASKED = (
    ("once",),
    ("status",),
    ("status", "--json"),
    ("check",),
    ("sql", "select * from gaps", "--format", "json"),
    ("sql", "select * from findings", "--format", "json"),
    ("findings",),
    ("alerts",),
    ("digest", "--print"),
    ("digest", "--send"),
    ("report", "air", "--format", "json"),
)


_ANSWERS: dict[str, Callable[[str], tuple[int, object]]] = {
    "in words": lambda token: (401, {"error": f"the token {token} was revoked"}),
    "packed": lambda token: (403, {"error": base64.b64encode(f"u:{token}".encode()).decode()}),
    "quoted": lambda token: (503, {"error": f"GET /x?token={quote(token, safe='')}"}),
    "cut": lambda token: (401, {"error": "x" * 175 + " " + token}),
    "as a payload": lambda token: (200, {"unexpected": token}),
}


@pytest.mark.parametrize(
    "how",
    [
        how if n == 0 else pytest.param(how, marks=pytest.mark.soak)
        for n, how in enumerate(_ANSWERS)
    ],
)
def test_nothing_keeps_shows_or_mails_a_repeated_token(
    gaung: Gaung, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    with repeating(_ANSWERS[how]) as server, refusing_logins() as mail:
        set_up(tmp_path, monkeypatch, server, mail)
        said = "\n".join(str(gaung(*command)) for command in _ASKED)
    kept = cells(tmp_path / "data" / "gaung.duckdb")
    assert "'redaksi@contoh.example'" in kept  # a letter waits, and its refusal is on record
    assert "535" in kept
    for secret in (TOKEN, PASSWORD):
        for trace in traces(secret) | {secret[:20]}:
            assert trace not in kept, trace
            assert trace not in said, trace


def test_a_check_finds_what_an_earlier_version_kept_and_blanks_it(
    gaung: Gaung, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "data" / "gaung.duckdb"
    with StoreFile(path).open() as store:
        for sql in (
            "insert into gaps (source, hashtag, from_at, to_at, reason, detail, detected_at) "
            "values ('s', 'airbersih', $now - interval 1 day, $now, 'refused', $said, $now)",
            "insert into outbox (letter_key, recipient, subject, body_text, body_html, "
            "enqueued_at, due_at, last_error, sent_at) "
            "values ('k', 'a@b.example', 's', $said, '', $now, $now, $said, $now)",
        ):
            store.database.run(
                sql, now=NOW, said=f"401 {TOKEN} {base64.b64encode(TOKEN.encode()).decode()}"
            )
    with repeating(lambda _: (200, {})) as server, refusing_logins() as mail:
        set_up(tmp_path, monkeypatch, server, mail)
        code, out, _ = gaung("check")
        told = " ".join(out.split())
        assert code == 1
        assert (
            "secrets: stood in 3 texts of the store (gaps.detail, outbox.last_error, "
            "outbox.body_text), and were blanked there" in told
        )
        kept = cells(path)
        assert not [trace for trace in traces(TOKEN) if trace in kept]
        assert "401 [redacted] [redacted]" in kept
        raw = path.read_bytes()
        assert not [trace for trace in traces(TOKEN) if trace.encode() in raw]
        assert "secrets:" not in gaung("check")[1]
