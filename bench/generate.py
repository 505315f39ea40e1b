"""Synthetic posts in the shape of a real campaign: heavy-tailed, daily, six in ten are reposts.

Vectorized, so that a million take seconds; the same number and seed give the same posts.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

TAG = "AirBersih"
_BEGIN = datetime(2026, 10, 1, tzinfo=UTC)
_DAYS = 14
_REPOSTS, _REPLIES = 0.60, 0.10
_EPOCH_OF_IDS = 1_288_834_974_657  # X's ids hold the milliseconds since then
_WORDS = [
    "air",
    "bersih",
    "mati",
    "lagi",
    "sudah",
    "tiga",
    "hari",
    "di",
    "kampung",
    "kami",
    "warga",
    "antre",
    "galon",
    "pdam",
    "janji",
    "tinggal",
    "janji",
    "pemerintah",
    "kota",
    "tolong",
    "dengar",
    "rakyat",
    "susah",
    "mandi",
    "masak",
    "anak",
    "sekolah",
    "bau",
    "keruh",
    "kuning",
    "tagihan",
    "naik",
    "terus",
    "tapi",
    "tidak",
    "mengalir",
    "malam",
    "ini",
    "siapa",
    "yang",
    "tanggung",
    "jawab",
    "viralkan",
    "sampai",
    "ada",
    "jawaban",
    "mohon",
    "bantuan",
    "sumur",
    "kering",
    "kemarau",
    "panjang",
    "hujan",
    "belum",
    "turun",
    "perbaikan",
    "pipa",
    "bocor",
    "jalan",
    "rusak",
    "proyek",
    "mangkrak",
    "anggaran",
    "triliun",
    "ke",
    "mana",
    "dewan",
    "diam",
    "saja",
    "kawal",
    "bersama",
    "selamat",
    "pagi",
    "semangat",
    "aksi",
    "damai",
    "besok",
    "balai",
    "kota",
    "jam",
    "sembilan",
    "bawa",
    "ember",
    "kosong",
    "satu",
    "suara",
    "jangan",
    "diam",
    "lawan",
    "hoaks",
    "cek",
    "fakta",
    "dulu",
    "baru",
    "sebar",
    "terima",
    "kasih",
    "relawan",
    "tangki",
    "datang",
]
_TAGS = [TAG, "AirUntukRakyat", "PDAMGagal", "KrisisAir", "WargaBersuara", "KawalAir", "SaveSumur"]
_WEEKDAY_HOURS = np.array(
    [3, 2, 1, 1, 1, 2, 4, 6, 7, 7, 6, 6, 7, 6, 5, 5, 6, 7, 9, 10, 10, 8, 6, 4], dtype=float
)


def posts(count: int, *, seed: int = 20261123) -> pl.DataFrame:
    """Give posts with the base columns of research data, in order of time; all carry #TAG."""
    rng = np.random.default_rng(seed)
    written = _originals(count - int(count * _REPOSTS), rng)
    reposts = _reposts(written, int(count * _REPOSTS), rng)
    frame = pl.concat([written, reposts], how="diagonal_relaxed").sort("created_at", "post_id")
    return frame.with_columns(
        pl.lit("x").alias("platform"),
        pl.lit("in").alias("lang"),
        pl.lit("ms").alias("created_at_precision"),
    )


def _originals(count: int, rng: np.random.Generator) -> pl.DataFrame:
    times = _times(count, rng)
    authors = _authors(count, count // 3, rng)
    replies = rng.random(count) < _REPLIES / (1 - _REPOSTS)
    ids = _ids(times, np.arange(count))
    # A reply answers one of the thousand posts before it, mostly a near one.
    answered = np.maximum(np.arange(count) - 1 - rng.geometric(0.01, count), 0)
    mentions = np.where(replies, _handle(authors[answered]), "")
    extra = rng.integers(1, len(_TAGS), count)
    with_extra = rng.random(count) < 0.4
    links = rng.zipf(1.4, count) % 5_000
    with_link = rng.random(count) < 0.25
    body = _texts(count, rng)
    tags = np.array(_TAGS)
    frame = pl.DataFrame(
        {
            "post_id": ids,
            "author": _handle(authors),
            "author_id": _account_ids(authors),
            "created_at": pl.Series(times).dt.replace_time_zone("UTC"),
            "body": body,
            "extra": np.where(with_extra, tags[extra], ""),
            "link": np.where(with_link, links.astype(str), ""),
            "mentioned": mentions,
            "reply_to_id": np.where(replies, ids[answered], ""),
            "post_type": np.where(replies, "reply", "post"),
            "like_count": rng.zipf(1.6, count) % 50_000 - 1,
            "repost_count": rng.zipf(1.7, count) % 20_000 - 1,
            "reply_count": rng.zipf(2.2, count) % 3_000 - 1,
            "quote_count": rng.zipf(2.6, count) % 900 - 1,
            "author_followers": _followers(authors),
            "author_following": 50 + authors % 900,
            "author_posts": 10 + authors % 20_000,
        }
    )
    return _composed(frame)


def _composed(frame: pl.DataFrame) -> pl.DataFrame:
    """Put text and lists together of their parts."""
    address = pl.format("https://berita.example/a/{}", "link")
    mention = pl.when(pl.col("mentioned") != "").then(pl.format("@{} ", "mentioned"))
    tag = pl.when(pl.col("extra") != "").then(pl.format(" #{}", "extra"))
    link = pl.when(pl.col("link") != "").then(pl.format(" {}", address))
    text = pl.concat_str(
        mention.otherwise(pl.lit("")),
        pl.col("body"),
        pl.lit(f" #{TAG}"),
        tag.otherwise(pl.lit("")),
        link.otherwise(pl.lit("")),
    )

    def listed(*parts: pl.Expr) -> pl.Expr:
        return pl.concat_list(parts).list.filter(pl.element().is_not_null())

    def unless_empty(name: str) -> pl.Expr:
        return pl.when(pl.col(name) != "").then(pl.col(name)).alias(name)

    return frame.with_columns(
        text.alias("text"),
        listed(pl.lit(TAG), unless_empty("extra")).alias("hashtags"),
        listed(pl.when(pl.col("link") != "").then(address)).alias("urls"),
        listed(unless_empty("mentioned")).alias("mentions"),
        unless_empty("reply_to_id"),
        unless_empty("mentioned").alias("reply_to_author"),
    ).drop("body", "extra", "link", "mentioned")


def _reposts(written: pl.DataFrame, count: int, rng: np.random.Generator) -> pl.DataFrame:
    # Popularity falls off as a power: few posts are passed on by thousands.
    rank = rng.permutation(written.height)
    of = rank[(rng.pareto(0.9, count) * 30).astype(np.int64) % written.height]
    original = written[of]
    wait = np.exp(rng.normal(np.log(5_400), 1.6, count)).clip(1, 5 * 86_400)
    written_at = original["created_at"].dt.replace_time_zone(None).to_numpy()
    when = written_at + (wait * 1e6).astype("timedelta64[us]")
    authors = _authors(count, written.height // 2, rng)
    return original.select(
        pl.Series("post_id", _ids(when, np.arange(written.height, written.height + count))),
        pl.Series("author", _handle(authors)),
        pl.Series("author_id", _account_ids(authors)),
        pl.Series("created_at", when).dt.replace_time_zone("UTC"),
        pl.format("RT @{}: {}", "author", pl.col("text")).alias("text"),
        "hashtags",
        pl.lit("repost").alias("post_type"),
        pl.col("post_id").alias("repost_of_id"),
        pl.col("author").alias("repost_of_author"),
        pl.lit([], pl.List(pl.String)).alias("urls"),
        pl.concat_list("author").alias("mentions"),
        *(pl.lit(0, pl.Int64).alias(name) for name in ("like_count", "reply_count", "quote_count")),
        "repost_count",
        pl.Series("author_followers", _followers(authors)),
        pl.Series("author_following", 50 + authors % 900),
        pl.Series("author_posts", 10 + authors % 20_000),
    )


def _times(count: int, rng: np.random.Generator) -> np.ndarray:
    """Give times over two weeks with days and nights, and a burst on the tenth day."""
    hours = rng.choice(24, count, p=_WEEKDAY_HOURS / _WEEKDAY_HOURS.sum())
    seconds = rng.integers(0, _DAYS, count) * 86_400 + hours * 3_600 + rng.random(count) * 3_600
    burst = rng.random(count) < 0.12
    seconds[burst] = 9 * 86_400 + 12 * 3_600 + rng.exponential(7_200, int(burst.sum()))
    begin = np.datetime64((_BEGIN - timedelta(hours=7)).replace(tzinfo=None), "us")
    return begin + (np.sort(seconds) * 1e6).astype("timedelta64[us]")


def _authors(count: int, of: int, rng: np.random.Generator) -> np.ndarray:
    return (rng.pareto(0.7, count) * of / 40).astype(np.int64) % of


def _ids(times: np.ndarray, order: np.ndarray) -> np.ndarray:
    since = times.astype("datetime64[ms]").astype(np.int64) - _EPOCH_OF_IDS
    return ((since << 22) + order).astype(str)


def _handle(authors: np.ndarray) -> np.ndarray:
    return np.char.add("warga_", authors.astype(str))


def _account_ids(authors: np.ndarray) -> np.ndarray:
    return (1_000_000_000 + authors * 977).astype(str)


def _followers(authors: np.ndarray) -> np.ndarray:
    return 10 + 2_000_000 // (authors + 20)


def _texts(count: int, rng: np.random.Generator) -> pl.Series:
    """Give sentences of 6 to 24 words; one in twelve is one of 200 that are copied."""
    lengths = rng.integers(6, 25, count)
    words = pl.Series(_WORDS)
    flat = words.gather(rng.integers(0, len(_WORDS), int(lengths.sum())))
    groups = pl.Series(np.repeat(np.arange(count), lengths))
    texts = (
        pl.DataFrame({"group": groups, "word": flat})
        .group_by("group", maintain_order=True)
        .agg(pl.col("word").str.join(" "))["word"]
    )
    copied = rng.random(count) < 1 / 12
    source = np.where(copied, rng.integers(0, min(200, count), count), np.arange(count))
    return texts.gather(source)
