"""How far a search for groups that act together is: reading, comparing, telling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.cli.progress import Progress, Step

if TYPE_CHECKING:
    from monitor.engines import Engine
    from monitor.inputs.reading import Read

READ = Step("read", "reading posts", reads=True)
COMPARE = Step("compare", "comparing who shares what", 3.0)
TELL = Step("tell", "reading what groups shared", 0.5, reads=True)
SEARCH = (READ, COMPARE, TELL)


def steps_of(kinds: int, *, scored: bool) -> int:
    """Tell how many steps an engine computes for so many kinds of things that are shared, about."""
    return 4 + kinds * (25 if scored else 10)


class Search:
    """Tells a bar how far it is. scored: all accounts are ranked, too."""

    def __init__(self, bar: Progress, *, scored: bool = True) -> None:
        self.bar = bar
        self._scored = scored
        self._done = 0
        self._step = READ.name
        bar.step(READ.name)

    def on_read(self, read: Read) -> None:
        """Hear how far the input is read: before the search, or for what was found."""
        if self._step == COMPARE.name:
            self._step = TELL.name
            self.bar.step(TELL.name)
        self.bar.read(read)

    def on_kinds(self, kinds: int) -> None:
        """Hear at how many kinds of things there is to look."""
        self.bar.to(self._done, steps_of(kinds, scored=self._scored))

    def counted(self, engine: Engine) -> Engine:
        """Give an engine that tells of each of its steps."""
        from monitor.engines.counted import counted

        return counted(engine, self._on_step)

    def _on_step(self) -> None:
        if self._step == READ.name:
            self._step, self._done = COMPARE.name, 0
            self.bar.step(COMPARE.name)
        self._done += 1
        if self._step == COMPARE.name:
            self.bar.to(self._done)
