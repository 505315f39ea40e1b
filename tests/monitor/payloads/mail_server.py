"""A mail server on loopback that fails as it is told to, and letters for it."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from random import Random
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from monitor.config import MailSettings
from monitor.letters import Letter

NOON = datetime(2026, 8, 18, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CERTIFICATE = Path(__file__).with_name("localhost.crt")  # for localhost and 127.0.0.1, until 2056
SENDER = "Gaung <gaung@example.go.id>"


@dataclass
class Server:
    """A mail server that fails as it is told to by the recipient's name."""

    options: dict[str, Any] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None  # from the first byte
    greylists: float = 0.0  # the share of recipients that are put off
    got: list[EmailMessage] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    logins: int = 0
    random: Random = field(default_factory=lambda: Random(3))

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("spam@"):
            return "554 5.7.1 sender rejected"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        name = address.partition("@")[0]
        self.seen[name] += 1
        if name == "reject":
            return "550 5.7.1 \x1b[31mmailbox refuses mail"
        if name == "nobody":
            return "550 5.1.1 User unknown"
        if name == "full":
            return "552 5.2.2 Mailbox full"
        if name == "stranger":
            return "554 5.7.1 Access denied"
        if name == "busy" and self.seen[name] == 1:
            return "421 4.3.2 closing"
        grey = name == "grey" and self.seen[name] == 1
        if grey or self.random.random() < self.greylists:
            return "451 4.7.1 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        name = envelope.rcpt_tos[0].partition("@")[0]
        content = envelope.original_content or b""
        mail = email.message_from_bytes(content, policy=email.policy.default)
        if name == "big":
            return "552 5.3.4 message too big"
        if name == "spf":
            return "550 5.7.26 SPF did not pass"
        if name == "late":
            return "452 4.3.1 insufficient storage"
        if name == "lost":  # it was taken, and then the line broke: RFC 1047
            self.got.append(mail)
        if name in ("drop", "lost") and self.seen[name] == 1:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            return "250 never heard"
        self.got.append(mail)
        return "250 OK"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        self.logins += 1
        good = isinstance(data, LoginPassword) and data == LoginPassword(b"gaung", b"geheim")
        return AuthResult(success=good, handled=False)

    def session(self, loop: asyncio.AbstractEventLoop) -> SMTP:
        self.connections += 1
        return SMTP(self, hostname="localhost", loop=loop, **self.options)


@contextlib.contextmanager
def running(server: Server) -> Iterator[int]:
    """Run a server in a thread; give its port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def listen() -> asyncio.Server:
        return await loop.create_server(
            lambda: server.session(loop), host="127.0.0.1", port=0, ssl=server.tls
        )

    async def close() -> None:
        listener.close()
        if sessions := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(sessions, timeout=2)

    listener = asyncio.run_coroutine_threadsafe(listen(), loop).result()
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def server_tls() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE, CERTIFICATE.with_suffix(".key"))
    return context


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATE))


def mail_settings(port: int, **fields: Any) -> MailSettings:
    given: dict[str, Any] = {
        "server": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": SENDER,
    }
    return MailSettings(**(given | fields))


def strict(server: Server) -> Server:
    """Let a server want STARTTLS and a login."""
    server.options = {
        "tls_context": server_tls(),
        "require_starttls": True,
        "auth_required": True,
        "authenticator": server.authenticate,
    }
    return server


def make_letter(name: str = "ana", number: int = 1) -> Letter:
    return Letter(
        key=f"alert:{number}:{name}@example.go.id",
        recipient=f"{name}@example.go.id",
        subject=f"[gaung] Burst in air-bersih ↑ {number}",
        text="412 posts\n.\n",
        html="<p>412 posts</p>\n",
        references="finding:1",
    )
