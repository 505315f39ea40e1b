"""What the synthetic accounts write: Indonesian sentences about a bridge that does not exist."""

from __future__ import annotations

import random

NEWS = (
    "https://kabar-senja.example/jembatan-raya/tarif",
    "https://kabar-senja.example/jembatan-raya/jadwal-uji-coba",
    "https://warta-teluk.example/2026/08/tol-jembatan",
    "https://lintas-muara.example/foto/jembatan-raya",
    "https://suara-pesisir.example/opini/siapa-bayar-jembatan",
)
PUSHED_LINK = "https://gerak-bersama.example/tolak-tarif"
SIDE_TAGS = ("TelukSenja", "InfoLalin", "TarifTol", "UjiCoba", "CeritaPagi")

_OPENERS = (
    "Jujur ya,", "Barusan lewat,", "Menurutku", "Kata tetangga,", "Hmm,", "Pagi-pagi begini",
    "Serius tanya:", "Update:", "Baru tahu,", "Kalau dipikir-pikir,", "Eh,", "Sekadar cerita,",
    "Dari tadi siang", "Buat yang belum tahu,", "Semoga saja", "Lucu juga,",
)  # fmt: skip
_CLOSERS = (
    "", "Ada yang tahu?", "Bagaimana menurut kalian?", "Semoga cepat jelas.", "Hati-hati di jalan.",
    "Capek tapi ya sudahlah.", "Nanti kukabari lagi.", "Begitu saja sih.", "Ada info lain?",
    "Lumayan bikin mikir.", "Kita lihat minggu depan.", "Terima kasih infonya.",
)  # fmt: skip
_BODIES = {
    "students": (
        "naik bus kampus lewat Jembatan Raya {adverb} hemat {minutes} menit",
        "uang saku bisa habis kalau tarif jembatannya {price}",
        "tugas kelompok soal Jembatan Raya ternyata {feel}",
        "kos dekat jembatan sekarang jadi {feel} gara-gara kendaraan",
        "teman sekelas minta kartu langganan pelajar untuk jembatan, {adverb} setuju",
        "kapan ada jalur sepeda di Jembatan Raya, {feel} lewat sisi truk",
    ),
    "workers": (
        "macet di pintu Jembatan Raya {minutes} menit, {feel}",
        "shift pagi harus berangkat lebih awal karena antrean tol jembatan {adverb} panjang",
        "kantor belum bilang apakah tarif {price} diganti atau tidak",
        "ojek lewat jembatan sekarang {feel}, lewat kampung lama lebih cepat",
        "dua loket ditutup lagi, yang buka cuma satu, {feel}",
        "bayar {price} sekali jalan, sebulan jadi berapa ya, {adverb} berat",
    ),
    "parents": (
        "antar anak sekolah lewat Jembatan Raya {adverb} lebih lancar",
        "anak-anak minta lihat lampu jembatan malam minggu, {feel}",
        "belanja ke seberang jadi mikir ongkos {price}",
        "trotoar di Jembatan Raya {feel} buat dorong kereta bayi",
        "ibu-ibu arisan membahas tarif jembatan {minutes} menit sendiri",
        "jembatan bagus, tapi penyeberangan sekolahnya {feel}",
    ),
    "tech": (
        "aplikasi kartu tol jembatan {feel}, tiga kali gagal isi saldo",
        "sudah ada yang memetakan waktu tempuh Jembatan Raya? punyaku {minutes} menit",
        "sensor antrean di gerbang kelihatannya {feel}",
        "data lalu lintas jembatan mestinya terbuka, {adverb} berguna",
        "coba hitung: {price} kali dua kali sehari, {feel}",
        "kamera jembatan siarannya putus {minutes} menit",
    ),
    "fans": (
        "konser di seberang, pulangnya lewat Jembatan Raya {feel}",
        "rombongan nobar kena antrean jembatan {minutes} menit",
        "foto bareng di Jembatan Raya malam-malam {adverb} cantik",
        "tiket nonton {price} lebih mahal kalau dihitung tol jembatan",
        "yang mau bareng ke seberang Sabtu ini, kumpul sebelum jembatan, {feel}",
        "lampu jembatan ganti warna sesuai tim, {adverb} niat",
    ),
}
_REPLIES = (
    "Sama, di sini juga {feel}.", "Wah, baru tahu. Makasih ya.",
    "Di tempatku malah {minutes} menit.",
    "Setuju, apalagi soal tarif {price}.", "Kurang setuju sih, menurutku {feel}.",
    "Boleh minta sumbernya?", "Coba lewat sisi utara, {adverb} sepi.", "Semoga minggu depan beres.",
    "Betul, kemarin aku juga kena {minutes} menit.", "Nah ini yang mau kutanyakan dari tadi.",
    "Menarik, nanti kucoba pagi-pagi.", "Kalau hujan malah {feel} lagi.",
)  # fmt: skip
_SURGE = (
    "sudah lihat foto pagar Jembatan Raya yang lepas? {feel}",
    "baru lewat, jalur kiri jembatan ditutup dan {feel}",
    "katanya tarif jembatan {price} ditunda, ada yang lihat pengumumannya?",
    "antrean mengular {minutes} menit karena satu jalur ditutup",
    "petugas di Jembatan Raya ramah, kendaraan diarahkan pelan-pelan, {adverb} tertib",
    "keluarga di seberang aman, cuma {adverb} khawatir",
    "kalau pagarnya begini siapa yang periksa, {feel}",
    "putar balik lewat jalan lama, habis {minutes} menit",
    "tolong jangan berhenti di tengah jembatan buat foto, {feel}",
    "angin kencang dari sore, pantas pagarnya lepas, {feel}",
)
_PICKED_UP = (
    "ramai sekali soal tarif {price} malam ini, ini benar atau tidak?",
    "teman-teman, ada ajakan menolak tarif jembatan, {feel}",
    "lihat linimasa isinya tarif Jembatan Raya semua, {feel}",
    "kalau memang naik jadi {price}, jelas {adverb} berat buat kita",
    "ikut menyuarakan, asal datanya jelas dulu soal {price}",
    "siapa yang mulai ramai tarif ini, dari tadi {feel}",
)
_PUSHED = (
    "Warga Teluk Senja bersatu! Tarif jembatan harus dibatalkan sekarang juga",
    "Jangan diam! Sebarkan: tarif Jembatan Raya mencekik rakyat kecil",
    "Kami menolak tarif Jembatan Raya, bagikan sampai semua orang tahu",
)
_PUSH_ENDINGS = ("", "", "", "!", "!!", " ✊")
_WORDS = {
    "adverb": ("lumayan", "benar-benar", "agak", "ternyata", "cukup", "makin"),
    "feel": (
        "bikin pusing", "lumayan enak", "kurang nyaman", "bikin senyum", "agak repot",
        "di luar dugaan", "makin ramai", "biasa saja", "bikin penasaran", "cukup membantu",
    ),
    "price": ("8 ribu", "12 ribu", "15 ribu", "9.500", "20 ribu"),
    "minutes": ("10", "15", "20", "25", "35", "40", "50"),
}  # fmt: skip


def said(rng: random.Random, community: str) -> str:
    """Write something that begins a conversation."""
    return _framed(rng, rng.choice(_BODIES[community]))


def answered(rng: random.Random) -> str:
    """Write a reply."""
    return _filled(rng, rng.choice(_REPLIES))


def surged(rng: random.Random) -> str:
    """Write about what everybody talks about on the day of the surge, in one's own words."""
    return _framed(rng, rng.choice(_SURGE))


def picked_up(rng: random.Random) -> str:
    """Write about the push, as somebody who came across it."""
    return _framed(rng, rng.choice(_PICKED_UP))


def pushed(rng: random.Random, wave: int) -> str:
    """Write what the group agreed on for this wave, with next to no variation."""
    return _PUSHED[wave % len(_PUSHED)] + rng.choice(_PUSH_ENDINGS)


def _framed(rng: random.Random, body: str) -> str:
    text = f"{rng.choice(_OPENERS)} {_filled(rng, body)}. {rng.choice(_CLOSERS)}"
    return text.strip()


def _filled(rng: random.Random, template: str) -> str:
    return template.format(**{slot: rng.choice(words) for slot, words in _WORDS.items()})
