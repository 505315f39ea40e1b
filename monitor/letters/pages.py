"""Renders the templates. Sentences are rendered first, as plain text, and then laid out twice."""

from __future__ import annotations

import textwrap
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from monitor.letters.language import Speech


def sentences(template: str, speech: Speech, **facts: Any) -> dict[str, str]:
    """Render what a template of sentences sets: the name of each, and its one line of text."""
    said = vars(_speaking(speech).get_template(template).make_module(facts))
    return {
        name: " ".join(text.split())
        for name, text in said.items()
        if isinstance(text, str) and not name.startswith("_")
    }


def module(template: str, speech: Speech) -> Any:
    """Give the macros of a template, to be called from another one."""
    return _speaking(speech).get_template(template).module


def page(template: str, speech: Speech, **facts: Any) -> str:
    """Render a whole text or HTML page; HTML is escaped."""
    text = _environment(speech).get_template(template).render(facts, language=speech.code)
    return text.strip() + "\n"


@cache
def _speaking(speech: Speech) -> Environment:
    # Kept, because it keeps the templates that it has compiled.
    return _environment(speech).overlay(trim_blocks=False)


@cache
def _environment(speech: Speech) -> Environment:
    environment = Environment(
        loader=PackageLoader("monitor", "templates"),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        speech.catalog, newstyle=True
    )
    environment.filters |= {
        "number": speech.number,
        "percent": speech.percent,
        "fine": speech.fine,
        "plural": _plural,
        "first_upper": lambda text: text[:1].upper() + text[1:],
        "wrapped": _wrapped,
    }
    return environment


def _plural(count: float) -> int:
    """Give a whole number that has the plural of a count: gettext knows no others."""
    return 1 if count == 1 else 2


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
