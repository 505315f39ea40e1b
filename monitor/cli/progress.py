"""Says that something is at work where nobody can count how much is left."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SOON = 1.0  # seconds: what is done by then needs no sign of it


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show, on a terminal and after a second, what is done and for how long; nothing is left of it.

    what: a word or two, as `drawing the graph`. Ctrl-C ends it like all else.
    """
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task(f"{what} (Ctrl-C ends it)", total=None)
    lock, over = threading.Lock(), threading.Event()

    def show() -> None:
        with lock:
            if not over.is_set():
                bar.start()

    soon = threading.Timer(_SOON, show)
    soon.daemon = True
    soon.start()
    try:
        yield
    finally:
        soon.cancel()
        with lock:
            over.set()
            bar.stop()
