"""Blocks of shell in a document, with what is said of how they are run."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A comment on the line before a block: why it is not run, or why it may end with another code.
_BLOCK = re.compile(
    r"(?:<!-- (?P<mark>not run|exit \d+): (?P<reason>.+?) -->\n)?"
    r"^```(?:sh|bash|console|shell)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Block:
    """One block: what is typed, on which line it begins, and what was said before it."""

    text: str
    line: int
    mark: str | None
    reason: str | None

    @property
    def is_run(self) -> bool:
        """Whether it is typed in the tests."""
        return self.mark != "not run"

    @property
    def codes(self) -> tuple[int, ...]:
        """Give the exit codes that a line of it may end with."""
        if self.mark is None or self.mark == "not run":
            return (0,)
        return (0, int(self.mark.removeprefix("exit ")))


def blocks(text: str) -> list[Block]:
    """Give the blocks of a document, in its order."""
    return [
        Block(
            found["text"],
            text.count("\n", 0, found.start("text")) + 1,
            found["mark"],
            found["reason"],
        )
        for found in _BLOCK.finditer(text)
    ]
