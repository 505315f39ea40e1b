"""A mail server that fails as real ones do, as a process of its own.

`python -m tests.soak.chaos_server LOG SEED` tells its port. It refuses every tenth letter at RCPT
and every tenth at DATA for now (4xx), hangs up on some before and on some after it has taken the
letter, and writes a line for each: what happened, Message-ID, a hash of the content. Which letter
fares how is drawn anew at each try.
"""

from __future__ import annotations

import asyncio
import email
import hashlib
import random
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP


class _Chaos:
    def __init__(self, log: Path, seed: int) -> None:
        self._log = log.open("a", buffering=1)
        self._rng = random.Random(seed)

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self._rng.random() < 0.1:
            self._log.write("4xx - -\n")
            return "451 4.7.1 greylisted, try again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        fate = self._rng.random()
        mail = email.message_from_bytes(envelope.content)
        told = f"{mail['Message-ID']} {_content(envelope.content)}\n"
        if fate < 0.1:
            self._log.write(f"4xx {told}")
            return "452 4.3.1 insufficient storage"
        if fate < 0.12:
            self._log.write(f"dropped-before {told}")
            server.transport.abort()
            return ""
        if fate < 0.14:
            self._log.write(f"dropped-after {told}")
            server.transport.abort()
            return ""
        self._log.write(f"taken {told}")
        return "250 taken"


def _content(raw: bytes) -> str:
    """Give what must be the same in each copy; the date is when it is sent."""
    lines = [line for line in raw.splitlines() if not line.lower().startswith(b"date:")]
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


async def _serve(log: Path, seed: int) -> None:
    chaos = _Chaos(log, seed)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(chaos, hostname="localhost"), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2])))
