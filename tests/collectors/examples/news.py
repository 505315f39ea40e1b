"""https://koran.example/rss.xml: a feed of twelve articles, built here."""

from __future__ import annotations

from html import escape

import httpx

from tests.collectors.examples import Example


def item(
    number: int,
    title: str = "Harga cabai turun",
    *,
    summary: str = "Pedagang pasar mengaku lega.",
    date: str | None = None,
    link: str | None = None,
    category: str = "Nasional",
) -> str:
    """Give an article as a feed of RSS 2.0 announces it."""
    date = date or f"Sun, 01 Mar 2026 {number:02}:30:00 +0700"
    link = link if link is not None else f"https://www.koran.example/berita/{number}?utm_source=rss"
    return (
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link>"
        f"<guid>koran-{number}</guid><pubDate>{escape(date)}</pubDate>"
        f"<category>{escape(category)}</category>"
        f"<description>{escape(summary)}</description></item>"
    )


def feed(*items: str, title: str = "Koran Contoh") -> bytes:
    """Give a feed of RSS 2.0."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>{title}</title><link>https://www.koran.example/</link><language>id-id</language>"
        f"{''.join(items)}</channel></rss>"
    ).encode()


ITEMS = (
    item(18, "Banjir kota surut, warga pulang"),
    item(17),
    item(16, "Wali kota: tanggul selesai", summary="Tagar #BanjirKota ramai sejak pagi."),
    item(15, date="kemarin sore"),
    *(item(number) for number in range(14, 8, -1)),
    item(8, "Tanggul jebol", category="Banjir Kota"),
    item(7),
)


def answer(request: httpx.Request) -> httpx.Response:
    """Answer as the outlet does."""
    if request.headers.get("If-None-Match") == '"pagi"':
        return httpx.Response(304, headers={"ETag": '"pagi"'})
    return httpx.Response(
        200,
        content=feed(*ITEMS),
        headers={"Content-Type": "application/rss+xml; charset=UTF-8", "ETag": '"pagi"'},
    )


EXAMPLE = Example(
    settings={"feeds": [{"url": "https://www.koran.example/rss.xml", "outlet": "koran.example"}]},
    answering=answer,
    matched=3,
    received=12,
    rejected=1,
)
