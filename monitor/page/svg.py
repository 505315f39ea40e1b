"""What the pictures of the page share: numbers as short as they can be, and text that is text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape


def short(value: float) -> str:
    """Write a place on a picture.

    >>> short(12.0), short(3.14159)
    ('12', '3.1')
    """
    return f"{value:.1f}".removesuffix(".0")


def label(
    x: float, y: float, text: str, *, name: str = "", anchor: str = "start", turn: str = ""
) -> str:
    """Give one line of text."""
    kind = f' class="{name}"' if name else ""
    at = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{short(x)}" y="{short(y)}"{kind}{at}{turn}>{escape(text)}</text>'


def rectangle(x: float, y: float, width: float, height: float, name: str, more: str = "") -> str:
    """Give a rectangle, drawn as the style sheet says."""
    return (
        f'<rect class="{name}" x="{short(x)}" y="{short(y)}" width="{short(width)}" '
        f'height="{short(height)}"{more}/>'
    )


def line(x1: float, y1: float, x2: float, y2: float, name: str) -> str:
    """Give a straight line."""
    ends = f'x1="{short(x1)}" y1="{short(y1)}" x2="{short(x2)}" y2="{short(y2)}"'
    return f'<line class="{name}" {ends}/>'


def picture(
    width: float, height: float, name: str, title: str, parts: Sequence[str], more: str = ""
) -> str:
    """Give a picture that says what it shows to those who do not see it."""
    return (
        f'<svg class="{name}" viewBox="0 0 {short(width)} {short(height)}" role="img" '
        f'aria-label="{escape(title)}"{more}>{"".join(parts)}</svg>'
    )


Number = Callable[[float], str]
