"""A mail server on loopback that keeps each letter in a file, as a process of its own.

`python -m tests.soak.mail_server FOLDER DELAY` tells its port once it is open. It answers so many
seconds after it has kept a letter: who is killed meanwhile does not know that it was taken.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP


class _Keeper:
    def __init__(self, folder: Path, delay: float) -> None:
        self._folder, self._delay, self._numbers = folder, delay, itertools.count()

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: object, session: object, envelope: Any
    ) -> str:
        path = self._folder / f"{next(self._numbers):04}.eml"
        path.with_suffix(".part").write_bytes(envelope.content)
        path.with_suffix(".part").rename(path)
        await asyncio.sleep(self._delay)
        return "250 taken"


async def _serve(folder: Path, delay: float) -> None:
    keeper = _Keeper(folder, delay)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(keeper, hostname="localhost"), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), float(sys.argv[2])))
