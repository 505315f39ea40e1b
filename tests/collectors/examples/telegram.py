"""https://t.me/s/kabarwarga: a channel of 26 messages on two pages, built here."""

from __future__ import annotations

from urllib.parse import quote

import httpx

from tests.collectors.examples import Example

CHANNEL = "KabarWarga"


def block(
    number: int,
    text: str | None = "Air naik lagi",
    *,
    tags: tuple[str, ...] = (),
    before: str = "",
    after: str = "",
    time: str | None = None,
    views: str = "12.3K",
    classes: str = "",
) -> str:
    """Give a message as the page shows it."""
    time = time or f"2026-03-01T{number // 6:02}:{number % 6 * 10:02}:00+00:00"
    linked = "".join(f' <a href="?q=%23{quote(tag)}">#{tag}</a>' for tag in tags)
    said = (
        ""
        if text is None
        else f'<div class="tgme_widget_message_text js-message_text">{text}{linked}</div>'
    )
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        f'<div class="tgme_widget_message {classes} js-widget_message" '
        f'data-post="{CHANNEL}/{number}">'
        '<div class="tgme_widget_message_bubble">'
        f'<a class="tgme_widget_message_owner_name" href="https://t.me/{CHANNEL}">Kabar Warga</a>'
        f"{before}{said}{after}"
        f'<span class="tgme_widget_message_views">{views}</span>'
        f'<span class="tgme_widget_message_meta"><a class="tgme_widget_message_date" '
        f'href="https://t.me/{CHANNEL}/{number}"><time datetime="{time}" class="time">x</time></a>'
        "</span></div></div></div>"
    )


def channel_page(*blocks: str) -> str:
    """Give a page of the channel, oldest first as it comes."""
    return (
        "<!DOCTYPE html><html><body><main>"
        '<div class="tgme_channel_info"><div class="tgme_channel_info_header_title">'
        "<span>Kabar Warga</span></div>"
        '<div class="tgme_channel_info_counter"><span class="counter_value">57.5K</span> '
        '<span class="counter_type">subscribers</span></div></div>'
        '<section class="tgme_channel_history js-message_history">'
        f"{''.join(blocks)}</section></main></body></html>"
    )


def forwarded(origin: str | None) -> str:
    """Give the line above a forwarded message; None for an origin that hides."""
    kind = 'class="tgme_widget_message_forwarded_from_name"'
    name = f'<a {kind} href="{origin}">Asal</a>' if origin else f"<span {kind}>Bu Tini</span>"
    return f'<div class="tgme_widget_message_forwarded_from">Forwarded from {name}</div>'


def _block(number: int) -> str:
    tags = ("BanjirKota",) if number % 4 == 0 else ("jalan",)
    if number == 1:
        return block(1, "Channel created", classes="service_message")
    if number == 24:
        return block(24, tags=tags, before=forwarded("https://t.me/PoskoAir/77"))
    if number == 20:
        reply = f'<a class="tgme_widget_message_reply" href="https://t.me/{CHANNEL}/19">x</a>'
        return block(20, tags=tags, before=reply)
    if number == 11:
        return block(11, tags=tags, time="not a time")
    return block(number, tags=tags)


def answer(request: httpx.Request) -> httpx.Response:
    """Answer as t.me does."""
    if request.url.path != "/s/kabarwarga":
        return httpx.Response(302, headers={"Location": "https://t.me/kabarwarga"})
    end = int(request.url.params.get("before", 27))
    numbers = range(max(1, end - 20), end)
    return httpx.Response(200, html=channel_page(*(_block(number) for number in numbers)))


EXAMPLE = Example(
    settings={"channels": ["@KabarWarga"]},
    answering=answer,
    matched=6,
    received=26,
    rejected=1,
)
