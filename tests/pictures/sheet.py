"""The contact sheet: all pictures of a folder on one page."""

from __future__ import annotations

from html import escape
from itertools import groupby
from pathlib import Path

_KINDS = {
    "page": "Pages",
    "letter": "Letters",
    "show": "What is told",
    "do": "What is done",
    "error": "What is said where somebody mistypes",
    "demo": "The demo",
    "help": "Help",
}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><style>
body{{font:15px/1.5 system-ui,sans-serif;margin:2rem;background:#f4f4f2;color:#222}}
h2{{margin-top:2.5rem}}
div{{display:flex;flex-wrap:wrap;gap:1rem;align-items:flex-start}}
figure{{margin:0;width:{width}px;background:#fff;padding:6px;border:1px solid #ccc}}
img{{display:block;width:100%;max-height:420px;object-fit:cover;object-position:top}}
figcaption{{font-size:12px;overflow-wrap:anywhere}}
</style><h1>{title}</h1>
<p>{count} pictures. Terminals have 80 and 120 columns, on dark and on light ground; <em>plain</em>
is with NO_COLOR.</p>
{parts}</html>
"""


def write(folder: Path, *, title: str) -> Path:
    """Write index.html beside the pictures, and give where it is."""
    names = sorted(path.name for path in folder.glob("*.png"))
    order = list(_KINDS)
    named = sorted((order.index(name.split("-")[0].removesuffix(".png")), name) for name in names)
    parts = []
    for kind, group in groupby(named, key=lambda one: one[0]):
        figures = "\n".join(_figure(name) for _, name in group)
        parts.append(f"<h2>{_KINDS[order[kind]]}</h2>\n<div>\n{figures}\n</div>")
    index = folder / "index.html"
    text = _PAGE.format(title=escape(title), count=len(names), width=340, parts="\n".join(parts))
    index.write_text(text, encoding="utf-8")
    return index


def _figure(name: str) -> str:
    shown = escape(name)
    return (
        f'<figure><a href="{shown}"><img loading="lazy" src="{shown}" alt=""></a>'
        f"<figcaption>{shown.removesuffix('.png')}</figcaption></figure>"
    )
