"""However others write of an account, it is found; whoever is called alike is left alone."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.store.traces import Account, Traces

WORDS = "air mati di kampung kami sejak pagi tolong sebarkan"
NAMES = st.text(string.ascii_letters, min_size=4, max_size=10)


def either_case(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from([text, text.lower(), text.upper(), text.title(), text.swapcase()])


@given(data=st.data(), name=NAMES, number=st.integers(10, 9999), native=st.integers(10**6, 10**18))
def test_no_spelling_of_an_account_of_x_is_left(
    data: st.DataObject, name: str, number: int, native: int
) -> None:
    handle = f"{name}_{number}"
    traces = Traces(Account(key=f"x:{native}", handle=handle, post_keys=("x:1234567890123",)))
    spelt = data.draw(either_case(handle))
    written = [
        f"@{spelt}",
        f"＠{spelt}",
        f"@\u200b{spelt}",
        f"(@{spelt})",
        f".@{spelt}:",
        spelt,
        f"“{spelt}”",
        f"https://x.com/{spelt}",
        f"https://twitter.com/{spelt}/status/99?s=20",
        f"http://mobile.twitter.com/{spelt}",
        f"x.com/{spelt}",
        f"https://nitter.example/{spelt}/rss",
        f"https://x.com/i/user/{native}",
        f"https://twitter.com/intent/user?user_id={native}",
        "https://x.com/i/web/status/1234567890123",
        f"x:{native}",
    ]
    for one in written:
        told = traces.unnamed(f"{WORDS} {one} {WORDS}", platform="x")
        assert handle.lower() not in told.lower(), one
        assert str(native) not in told, one
        assert "1234567890123" not in told, one
        assert told.startswith(WORDS), one
        assert told.endswith(WORDS), one


@given(data=st.data(), name=NAMES, post=st.integers(10**5, 10**12))
def test_no_spelling_of_an_account_with_a_server_is_left(
    data: st.DataObject, name: str, post: int
) -> None:
    full = f"{name}@nusantara.example".lower()
    traces = Traces(
        Account(
            key=f"mastodon:@{full}",
            handle=f"{name}@nusantara.example",
            post_keys=(f"mastodon:https://nusantara.example/users/{name}/statuses/{post}",),
            urls=(f"https://nusantara.example/@{name}/{post}",),
        )
    )
    spelt = data.draw(either_case(name))
    for one in (
        f"@{spelt}",
        f"@{spelt}@nusantara.example",
        f"@{spelt}@Nusantara.Example",
        f"{spelt}@nusantara.example",
        f"https://nusantara.example/@{spelt}",
        f"https://nusantara.example/users/{spelt}",
        f"https://lain.example/@{spelt}@nusantara.example/77",
        f"https://nusantara.example/@{name}/{post}",
        f"https://nusantara.example/users/{name}/statuses/{post}",
    ):
        told = traces.unnamed(f"{WORDS} {one}, {WORDS}", platform="mastodon")
        assert not re.search(rf"(?i)(?<!\w){name}(?!\w)", told.replace(WORDS, "")), one
        assert str(post) not in told, one
        assert told.startswith(WORDS), one
        assert told.endswith(WORDS), one


@pytest.mark.parametrize(
    "text",
    [
        "@budiman setuju",
        "@abudi setuju",
        "@budi_ setuju",
        "@budi@lain.example setuju",
        "ini budi pekerti",
        "#budi dan #BudiPekerti",
        "https://berita.example/tag/budi",
        "https://lain.example/@budi",
        "tulis ke warga@budi.example",
        "mastodon:@budi@lain.example",
    ],
)
def test_who_is_called_alike_is_left_alone(text: str) -> None:
    account = Account(key="mastodon:@budi@nusantara.example", handle="budi@nusantara.example")
    assert Traces(account).unnamed(text, platform="mastodon") == text


def test_a_name_without_its_server_is_somebody_elses_on_another_network() -> None:
    account = Account(key="mastodon:@budi@nusantara.example", handle="budi@nusantara.example")
    assert Traces(account).unnamed("@budi setuju", platform="x") == "@budi setuju"
    assert Traces(account).unnamed("@budi setuju", platform="mastodon") == "@… setuju"


@pytest.mark.parametrize(
    ("account", "written"),
    [
        (
            Account(key="bluesky:did:plc:abc123xyz", handle="budi.bsky.social"),
            (
                "@budi.bsky.social",
                "@Budi.Bsky.Social",
                "budi.bsky.social",
                "https://bsky.app/profile/budi.bsky.social",
                "https://bsky.app/profile/did:plc:abc123xyz/post/3kabc",
                "did:plc:abc123xyz",
            ),
        ),
        (
            Account(key="telegram:@kabarkita", handle="kabarkita"),
            (
                "@KabarKita",
                "https://t.me/kabarkita/77",
                "t.me/s/kabarkita",
                "telegram.me/KabarKita",
            ),
        ),
        (
            Account(key="x:77777", handle="warga", display_name="Siti Nurhaliza Putri"),
            ("Siti Nurhaliza Putri", "SITI  NURHALIZA PUTRI", "siti nurhaliza\nputri"),
        ),
    ],
    ids=["bluesky", "telegram", "display name"],
)
def test_other_networks_write_of_accounts_in_their_own_way(
    account: Account, written: tuple[str, ...]
) -> None:
    traces = Traces(account)
    for one in written:
        told = traces.unnamed(f"{WORDS} {one} {WORDS}")
        assert re.sub(r"[\W_]", "", told) == re.sub(r"[\W_]", "", WORDS * 2), (one, told)


@given(
    words=st.lists(
        st.text(string.ascii_lowercase, min_size=7, max_size=12),
        min_size=5,
        max_size=40,
        unique=True,
    ),
    width=st.integers(20, 60),
    cut=st.integers(30, 200),
)
def test_words_leave_a_letter_wherever_it_wraps_or_cuts_them(
    words: list[str], width: int, cut: int
) -> None:
    import html
    import textwrap

    text = " ".join(words)
    traces = Traces(Account(key="x:1", handle="a", texts=(text,)))
    shown = text[:cut].rpartition(" ")[0] or text[:cut]
    plain = "CONTOH\n" + textwrap.fill(
        shown, width, initial_indent="  > ", subsequent_indent="  > "
    )
    markup = f"<h2>CONTOH</h2><blockquote class='q'>{html.escape(shown)}…</blockquote>"
    for letter in (plain, markup):
        told = traces.unworded(letter)
        left = [word for word in shown.split() if word in told]
        assert len(left) == 0 or len(shown.split()) < 3
        assert "CONTOH" in told
    assert traces.unworded(markup).endswith("…</blockquote>")
