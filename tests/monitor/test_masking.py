"""Examples in letters name nobody, however a name is written."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.letters.words import masked
from monitor.naming import HOSTS, plain_if_personal

NAME = "wargasenja"
NPUB = "npub1sn0wdenkukak0d9dfczzeacvhkrgz92ak56egt7vdgzn8pv2wfqqhrjdv9"

NAMED = [
    f"@{NAME}", f"@{NAME}.satu", f"@{NAME}-satu@kota.example", f"@{NAME}@kota.example:8080",
    f"@ {NAME}", f"＠{NAME}", f"﹫{NAME}", f"@\u200b{NAME}", f"@\u200d{NAME}", f"@{NAME.upper()}",
    "@" + "".join(chr(ord(one) + 0xFEE0) for one in NAME), f"ketua @{NAME}!", f"(@{NAME})",
    f"{NAME}@surel.co.id", f"{NAME} @ surel.co.id", f"{NAME} (at) surel (dot) com",
    f"{NAME}.bsky.social", f"{NAME}.Bsky.Social", f"{NAME}.my.id", f"{NAME}.example", f"{NAME}．id",
    f"https://x.com/{NAME}", f"www.{NAME}.example", f"t.me/{NAME}", f"wa.me/{NAME}",
    f"at://{NAME}/app.bsky.feed.post/1", f"did:plc:{NAME}", f"did%3Aplc%3A{NAME}",
    f"did:web:{NAME}.example",
    f"mailto:{NAME}@surel.example", f"u/{NAME}", f"acct:{NAME}@kota.example", f"RT @{NAME}: kata",
]  # fmt: skip
KEYS = [
    NPUB, f"nostr:{NPUB}", f"NOSTR:{NPUB.upper()}", f"nostr: {NPUB}", f"web+nostr:{NPUB}",
    f"ikuti {NPUB}, ya", f"kunci_{NPUB}", f"id{NPUB}",
    "nostr:nprofile1qqsrhuxx8l9ex335q7he0f09aej04zpazpl0ne2cgukyawd24mayt8g",
    "nostr:note1fntxtkcy9pjwucqwa9mddn7v03wwwsu9j330jj350nvhpky2tuaspk6nqc",
    "nevent1qqstna2yrezu5wghjvswqqculvvwxsrcvu7uc0f78gan4xqhvz49d9s",
    "naddr1qqzkjurnw4ksz9thwden5te0wfjkccte9ehx7um5wghx7un8qgs", "npub1sn0w…",
    "5e17a0" * 10 + "5e17",
]  # fmt: skip
NUMBERS = [
    "081234567890", "0812 3456 7890", "0812-3456-7890", "0812.3456.7890", "(0812) 3456 7890",
    "+62 812-3456-7890", "+6281234567890", "+62 (812) 3456 7890", "(+62) 812 3456 7890",
    "62 812 3456 7890", "0062 812 3456 7890", "812-3456-7890", "0812–3456–7890", "0812 34 56 78 90",
    "０８１２－３４５６－７８９０", "٠٨١٢٣٤٥٦٧٨٩٠", "021-5551234", "(021) 555-1234", "0274 512345",
    "+1 202 555 0143", "+60 12-345 6789", "tel:+6281234567890", "WA:081234567890",
    "3174012345678901",
]  # fmt: skip
PLAIN = [
    "Harga beras Rp1.500.000 per kuintal, naik 2,5 persen",
    "Rp 1500000000 dan IDR 2500000000",
    "penduduk 270.203.917 jiwa, 1.234.567.890 kali",
    "pada 08-03-2026 12:00, pukul 08.00-12.00 atau 08.00 - 16.00 WIB",
    "2026-08-17 dan 17/08/1945, tahun 2019-2024",
    "RT 03/RW 05, Jl. Merdeka no. 12, a.n. warga, s.d. pukul 5",
    "harga naik.Lalu turun. #AirBersih 50% versi 2.0",
    "beras 3 kg @ Rp12.000 dan telur @ 2.500",
    "kandidat: perhatikan!",
]  # fmt: skip


@pytest.mark.parametrize("written", NAMED)
def test_no_name_is_left(written):
    for text in (written, f"kata {written} kemarin", f"“{written}”", f"{written}\n{written}"):
        left = masked(text).lower()
        assert NAME not in left
        assert "＠" not in left
        assert "kata" in left or "kata" not in text


@pytest.mark.parametrize("written", KEYS)
def test_no_key_of_nostr_is_left(written):
    left = masked(f"dari {written} kemarin").lower()
    assert not any(
        part in left for part in ("pub1", "profile1", "note1", "event1", "addr1", "5e17")
    )
    assert left.startswith("dari ")
    assert left.endswith("kemarin")


@pytest.mark.parametrize("written", NUMBERS)
def test_no_number_of_a_person_is_left(written):
    left = masked(f"hubungi {written} segera")
    assert sum(one.isdecimal() for one in left) == 0
    assert left.startswith("hubungi ")
    assert left.endswith(" segera")


@pytest.mark.parametrize("text", PLAIN)
def test_what_names_nobody_stays_as_it_was_written(text):
    assert masked(text) == text


@given(st.text(max_size=40), st.sampled_from([*NAMED[:4], f"nostr:{NPUB}"]), st.text(max_size=40))
def test_a_name_between_any_words_is_taken_out(before, name, after):
    left = masked(f"{before} {name} {after}", limit=500).lower()
    assert NAME not in left
    assert "npub1" not in left


@pytest.mark.parametrize(
    "part", ["a", "a.", "a@", "0 ", "08", "did:", "(at)", "a-", "+1", "nostr:"]
)
def test_a_text_that_is_made_to_be_slow_is_not(part):
    begun = time.process_time()
    masked(part * 2_000)
    assert time.process_time() - begun < 3


@pytest.mark.parametrize("host", sorted({host for hosts in HOSTS.values() for host in hosts}))
def test_what_erasing_takes_for_an_accounts_page_no_redacted_list_of_links_names(host: str) -> None:
    assert NAME not in plain_if_personal(f"https://{host}/{NAME}/status/1")
    assert NAME not in plain_if_personal(f"https://m.{host}/{NAME}")
