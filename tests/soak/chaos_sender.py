"""Sends what is due until nothing waits: `python -m tests.soak.chaos_sender STORE PORT START`.

Its clock runs 1,000 times as fast as ours from START (seconds, monotonic) on, so that pauses of
minutes pass at once, and leases as well; it never goes back over a restart.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.config import MailSettings
from monitor.deliver import Mailer, deliver
from monitor.outgoing import StoredOutbox
from monitor.store import StoreFile

NOON = datetime(2026, 8, 18, 5, tzinfo=UTC)
_FAST = 1_000


def main() -> None:
    stores, port, start = StoreFile(Path(sys.argv[1])), int(sys.argv[2]), float(sys.argv[3])

    def now() -> datetime:
        return NOON + timedelta(seconds=_FAST * (time.monotonic() - start))

    outbox = StoredOutbox(stores, clock_now=now)
    settings = MailSettings(
        server="127.0.0.1", port=port, security="none", sender="gaung@example.org"
    )
    while True:
        with Mailer(settings) as mailer:
            done = deliver(outbox, mailer, now=now())
        with stores.open() as store:
            waiting = store.outbox.summary()["waiting"]
        if not waiting:
            return
        if not (done.sent or done.deferred):
            time.sleep(0.02)


if __name__ == "__main__":
    main()
