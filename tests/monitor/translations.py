"""Brings the translations up to date: `make translations`. New sentences are left empty to fill in.

What is no longer said is dropped, what is said still keeps its translation; then it is compiled.
"""

from __future__ import annotations

import re
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from monitor.letters.language import LOCALES

TEMPLATES = Path(__file__).parents[2] / "monitor" / "templates"
PO = LOCALES / "id" / "LC_MESSAGES" / "gaung.po"
_HEAD = """\
# Surat gaung dalam bahasa Indonesia.
msgid ""
msgstr ""
"Language: id\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
_OPTIONS = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}


def extracted() -> dict[str, str | tuple[str, ...]]:
    """Give every sentence of the templates, by its (first) English form."""
    found = extract_from_dir(
        TEMPLATES,
        method_map=[("**.txt", "jinja2"), ("**.html", "jinja2")],
        options_map={"**.txt": _OPTIONS, "**.html": _OPTIONS},
    )
    return {one if isinstance(one, str) else one[0]: one for _, _, one, _, _ in found}


def translations() -> dict[str, str]:
    """Give the Indonesian of every English sentence."""
    catalog = read_po(BytesIO(PO.read_bytes()), locale="id")
    found = {}
    for message in catalog:
        if message.id:
            name = message.id if isinstance(message.id, str) else message.id[0]
            text = message.string
            found[name] = text if isinstance(text, str) else text[0]
    return found


def main() -> int:
    """Rewrite both files, and name what is not translated."""
    known, catalog = translations(), Catalog(locale="id", fuzzy=False)
    missing = []
    for name, identity in extracted().items():
        text = known.get(name, "")
        missing += [] if text else [name]
        flags = ["python-format"] if re.search(r"%\(|%%", name) else []
        catalog.add(identity, text if isinstance(identity, str) else (text,), flags=flags)
    buffer = BytesIO()
    write_po(buffer, catalog, sort_output=True, no_location=True, omit_header=True, width=100)
    # Indonesian has one form for all numbers; Babel writes a second, empty one.
    PO.write_text(_HEAD + buffer.getvalue().decode().replace('msgstr[1] ""\n', ""))
    with PO.with_suffix(".mo").open("wb") as compiled:
        write_mo(compiled, read_po(BytesIO(PO.read_bytes()), locale="id"))
    for name in missing:
        sys.stderr.write(f"not translated yet: {name}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
