"""What the operator says about relays, and what cannot work."""

from __future__ import annotations

import msgspec
import pytest

from collectors.platforms.nostr import Settings, address_of


def test_a_relay_is_known_by_its_host() -> None:
    assert address_of("nos.lol").url == "wss://nos.lol"
    assert address_of("wss://Relay.example:444/khusus/").host == "relay.example:444/khusus"
    assert address_of("ws://127.0.0.1:6969").document_url == "http://127.0.0.1:6969"


@pytest.mark.parametrize(
    ("relays", "words"),
    [
        ([], "empty"),
        (["wss://a.example", "a.example/"], "twice"),
        (["ws://a.example"], "not encrypted"),
        (["https://a.example"], "not the address"),
        (["wss://a.example/?x=1"], "not the address"),
    ],
)
def test_what_cannot_work_is_refused_with_a_remedy(relays: list[str], words: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.convert({"relays": relays}, Settings)


def test_the_default_relays_are_encrypted() -> None:
    assert all(address_of(written).url.startswith("wss://") for written in Settings().relays)
