"""Shows what a command prints in a pager; only where somebody asked for it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_paged = False


def is_paged() -> bool:
    """Tell whether standard output is a pager in a terminal."""
    return _paged


@contextmanager
def paged() -> Iterator[None]:
    """Let standard output be a pager's input; where no terminal or pager is, change nothing."""
    global _paged
    words = shlex.split(os.environ.get("PAGER") or "less")
    program = shutil.which(words[0]) if words else None
    if not sys.stdout.isatty() or program is None:
        yield
        return
    # Colours are shown, and what fits on the screen needs no key.
    environment = {"LESS": "-FRX", **os.environ}
    pager = subprocess.Popen(  # noqa: S603 - the one that the user has set
        [program, *words[1:]], stdin=subprocess.PIPE, env=environment
    )
    assert pager.stdin is not None  # noqa: S101 - a pipe was asked for
    sys.stdout.flush()
    screen = os.dup(1)
    os.dup2(pager.stdin.fileno(), 1)
    _paged = True
    try:
        yield
    finally:
        with suppress(BrokenPipeError):  # whoever pages has seen enough
            sys.stdout.flush()
        os.dup2(screen, 1)
        os.close(screen)
        with suppress(BrokenPipeError):
            pager.stdin.close()
        pager.wait()
        _paged = False
