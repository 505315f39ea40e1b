"""Draw the pictures of the README anew: python docs/images/draw.py DEMO, a folder of `gaung demo`.

Wants chromium. All that is drawn is what the commands print about made-up posts.
"""

from __future__ import annotations

import base64
import email
import email.policy
import os
import pty
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

_HERE = Path(__file__).parent
_COLUMNS = 124
_SHOWN = ("Bursts", "Gaps", "Indicators", "Posts per")  # sections of the report; the rest is cut
_PAGE = """<!doctype html><meta charset="utf-8"><style>body{{margin:0;background:#fff}}
pre{{margin:0;padding:18px 22px;font:14px/1.32 'DejaVu Sans Mono',monospace;color:{foreground}}}
</style><pre>{code}</pre>"""


def printed(*command: str) -> str:
    """Give what a command prints on a terminal."""
    chunks = []
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ |= {"TERM": "xterm-256color", "COLUMNS": str(_COLUMNS)}
        os.execv(command[0], command)  # noqa: S606  # no shell is wanted
    while True:
        try:
            chunk = os.read(terminal, 1 << 16)
        except OSError:  # the command has ended
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.waitpid(pid, 0)
    return b"".join(chunks).decode().replace("\r\n", "\n")


def excerpt(report: str) -> list[str]:
    """Give the headline and the sections that are shown, with a mark where others are cut."""
    headline, *blocks = report.strip().split("\n\n")
    lines = [headline]
    for block in blocks:
        if re.sub(r"\x1b\[[\d;]*m", "", block).startswith(_SHOWN):
            curve = block.partition("\nThe ")[0] if "Posts per" in block else block
            lines += ["", *curve.split("\n")]
        elif lines[-1] != "⋮":
            lines += ["", "⋮"]
    return lines


def shoot(html: str, name: str, *, width: int, height: int, scale: float = 1.0) -> None:
    """Make a picture of a page."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text(html, encoding="utf-8")
        subprocess.run(  # noqa: S603
            [  # noqa: S607
                "chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--disable-gpu",
                f"--window-size={width},{height}", f"--force-device-scale-factor={scale}",
                f"--user-data-dir={folder}/profile", f"--screenshot={_HERE / name}", page.as_uri(),
            ],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip


def main() -> None:
    """Draw the report as a page and on a terminal, and the first letters about the push."""
    demo = Path(sys.argv[1])
    gaung = str(Path(sys.executable).with_name("gaung"))
    times = ("--since", "2026-08-18", "--until", "2026-09-01")
    config = str(demo / "config.toml")
    draw_page(gaung, config, times)
    lines = excerpt(printed(gaung, "--config", config, "report", "jembatan-raya", *times))
    prompt = "$ gaung report jembatan-raya --since 2026-08-18 --until 2026-09-01"
    console = Console(record=True, width=_COLUMNS, file=Path(os.devnull).open("w"))  # noqa: SIM115
    console.print(Text(prompt, style="dim"))
    for line in lines:
        console.print(Text.from_ansi(line), soft_wrap=True)
    html = console.export_html(inline_styles=True, code_format=_PAGE)
    shoot(html, "report.png", width=1090, height=19 * (len(lines) + 1) + 38)

    draw_letter(demo, "alert", "alert.png", width=720, height=1560)
    draw_letter(demo, "digest", "digest.png", width=500, height=1900)


def draw_page(gaung: str, config: str, times: tuple[str, ...]) -> None:
    """Draw the top of the report as a page."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "report.html")
        command = [gaung, "--config", config, "report", "jembatan-raya", *times]
        subprocess.run([*command, "--language", "en", "-o", str(page)], check=True)  # noqa: S603
        html = page.read_text(encoding="utf-8")
    shoot(html, "page.png", width=1060, height=1870)


def draw_letter(demo: Path, kind: str, name: str, *, width: int, height: int) -> None:
    """Draw the first letter of a kind that tells of a burst, with its charts."""
    for path in sorted(demo.glob(f"mail/{kind}-*.eml")):
        letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = letter.get_body(("html",))
        if re.search(r"Burst in|\d lonjakan", letter["subject"]) and body is not None:
            html = body.get_content()
            for part in letter.walk():
                if part.get_content_type() == "image/png":
                    data = base64.b64encode(part.get_content()).decode()
                    cid = part["Content-ID"].strip("<>")
                    html = html.replace(f"cid:{cid}", f"data:image/png;base64,{data}")
            shoot(html, name, width=width, height=height)
            return


if __name__ == "__main__":
    main()
