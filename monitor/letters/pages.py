"""Renders the templates. Sentences are rendered first, as plain text, and then laid out twice."""

from __future__ import annotations

import textwrap
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from monitor.letters import words


def sentences(template: str, **facts: Any) -> dict[str, str]:
    """Render what a template of sentences sets: the name of each, and its one line of text."""
    said = vars(_environment().overlay(trim_blocks=False).get_template(template).make_module(facts))
    return {
        name: " ".join(text.split())
        for name, text in said.items()
        if isinstance(text, str) and not name.startswith("_")
    }


def page(template: str, **facts: Any) -> str:
    """Render a whole text or HTML page; HTML is escaped."""
    return _environment().get_template(template).render(facts).strip() + "\n"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("monitor", "templates"),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": words.number, "percent": words.percent, "wrapped": _wrapped}
    return environment


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Break a paragraph for plain text mail, with what its lines start with."""
    return textwrap.fill(
        text,
        width=76,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
