"""SVG → PNG, with a font of our own: a server may have none."""

from __future__ import annotations

from pathlib import Path

FONT = "DejaVu Sans"
_FONT_FILE = Path(__file__).parent / "fonts" / "DejaVuSans-Latin.ttf"
_ZOOM = 2.0  # mail programs show it at half the size, sharp on every screen


def png(svg: str) -> bytes:
    """Draw an SVG as PNG, at twice its size in pixels."""
    import resvg_py  # only letters with charts need it

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=_ZOOM,
            skip_system_fonts=True,
            font_files=[str(_FONT_FILE)],
            font_family=FONT,
            sans_serif_family=FONT,
        )
    )
