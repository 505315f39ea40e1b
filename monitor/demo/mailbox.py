"""A mail server on loopback that writes each letter into a folder."""

from __future__ import annotations

import asyncio
import re
import threading
from email import message_from_bytes, policy
from pathlib import Path
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9-]+")


class Mailbox:
    """The mail server. Use it in a `with`; `port` is known from then on."""

    def __init__(self, folder: Path) -> None:
        self.port = 0
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def handle_DATA(  # noqa: N802  # the name that aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Write the letter; the same letter is written to the same file."""
        del server, session
        content = envelope.original_content or b""
        path = self._folder / file_name(content)
        await asyncio.to_thread(path.write_bytes, content)
        return "250 OK"

    async def _listen(self) -> asyncio.Server:
        # Named, because looking this machine's name up can take long without a network.
        return await self._loop.create_server(
            lambda: SMTP(self, hostname="localhost", loop=self._loop), host="127.0.0.1", port=0
        )

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        # Sessions end by themselves once their client has left.
        sessions = asyncio.all_tasks() - {asyncio.current_task()}
        if sessions:
            await asyncio.wait(sessions, timeout=2)


def file_name(content: bytes) -> str:
    """Name a letter by when it was sent, what it is, and its Message-ID."""
    mail = message_from_bytes(content, policy=policy.default)
    kind = str(mail["X-Gaung-Key"] or "letter").partition(":")[0]
    sent = mail["Date"].datetime if mail["Date"] else None
    when = f"{sent:%Y-%m-%dT%H%M}Z" if sent else "undated"
    identity = str(mail["Message-ID"] or "").strip("<>")[:8]
    return _NOT_IN_NAMES.sub("-", f"{kind}-{when}-{identity}") + ".eml"
