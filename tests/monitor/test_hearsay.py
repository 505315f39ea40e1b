"""Whose word counts: no server deletes, rewrites or makes famous what is another's."""

from __future__ import annotations

import itertools
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.page import page_of
from collectors.records import Author, Removal
from monitor.naming import Naming
from monitor.store.asking import Bounds, answer
from monitor.store.standing import (
    FILE,
    HOME,
    OBSERVER,
    Followers,
    Saying,
    followers_seen,
    is_gone,
    of_accounts,
    of_posts,
)
from tests.builders import HOUR, NOON, make_author, make_post

DAY = timedelta(days=1)
A, B, C = "mastodon/a.example", "mastodon/b.example", "misskey/c.example"
FROM_FILE = "import/csv"
ANI = "mastodon:@ani@b.example"
POST = make_post(
    post_key="mastodon:https://b.example/users/ani/statuses/1",
    author_key=ANI,
    text="kata ani sendiri #AirBersih",
    created_at=NOON - HOUR,
)


def post(text=POST.text, **fields):
    kept = {name: getattr(POST, name) for name in ("post_key", "author_key", "created_at")}
    return make_post(**kept | {"text": text} | fields)


def gone(key=POST.post_key, kind="post", at=NOON):
    return Removal(kind=kind, key=key, reason="deleted", removed_at=at)


def say(stores, source, *posts, now=NOON, **records):
    with stores.open() as store, store.transaction():
        return store.posts.add(page_of(posts=posts, **records), source=source, now=now)


def told(stores, sql):
    with stores.open(read_only=True) as store:
        return store.database.rows(sql)


def text_of(stores):
    return told(stores, "select text, captured_as from posts")


THERE = [{"text": POST.text, "captured_as": "matched"}]
GONE = [{"text": None, "captured_as": "removed"}]


@pytest.mark.parametrize(
    ("source", "key", "author", "standing"),
    [
        (B, POST.post_key, ANI, HOME),
        (A, POST.post_key, ANI, OBSERVER),
        ("misskey/b.example", "mastodon:https://b.example/notes/9", ANI, HOME),
        ("mastodon/B.example", "mastodon:https://b.EXAMPLE/notes/9", ANI, HOME),
        ("mastodon/a.id:81", "mastodon:http://a.id:81/1", "mastodon:@x@a.id:81", HOME),
        ("mastodon/a.id", "mastodon:http://a.id:81/1", "mastodon:@x@a.id:81", OBSERVER),
        (A, "mastodon:https://a.example/users/ani/statuses/7", ANI, OBSERVER),  # of whom it likes
        (A, "mastodon:https://a.example.evil/1", "mastodon:@x@a.example", OBSERVER),
        (A, "bluesky:at://did:plc:x/1", "bluesky:did:plc:x", OBSERVER),
        ("bluesky/jetstream", "bluesky:at://did:plc:x/1", "bluesky:did:plc:x", HOME),
        ("nostr/relay.example", "nostr:ab", "nostr:cd", HOME),
        ("telegram/kanal", "telegram:kanal/1", "telegram:kanal", HOME),
        ("telegram/kanal", POST.post_key, ANI, OBSERVER),
        (FROM_FILE, "x:1", "x:2", FILE),
        ("import/mastodon", POST.post_key, ANI, FILE),
    ],
)  # fmt: skip
def test_a_word_has_its_standing_by_whose_the_post_is(source, key, author, standing):
    frame = pl.DataFrame({"source": [source], "post_key": [key], "author_key": [author]})
    assert frame.select(of_posts(pl.col("source")))["standing"].to_list() == [standing]


@pytest.mark.parametrize(
    ("source", "key", "standing"),
    [
        (B, ANI, HOME),
        (A, ANI, OBSERVER),
        ("x/api.x.com", "x:1", HOME),
        ("x/api.x.com", ANI, OBSERVER),
        (A, "bluesky:did:plc:x", OBSERVER),
        (FROM_FILE, "x:1", FILE),
    ],
)
def test_a_word_has_its_standing_by_whose_the_account_is(source, key, standing):
    frame = pl.DataFrame({"source": [source], "author_key": [key]})
    assert frame.select(of_accounts(pl.col("source")))["standing"].to_list() == [standing]


def shows(source, standing, minutes=0):
    return Saying(source, standing, NOON + timedelta(minutes=minutes), is_gone=False)


def says_gone(source, standing, minutes=1):
    return Saying(source, standing, NOON + timedelta(minutes=minutes), is_gone=True)


@pytest.mark.parametrize(
    ("sayings", "expected"),
    [
        ([], False),
        ([shows("a", OBSERVER)], False),
        ([shows("a", OBSERVER), says_gone("a", OBSERVER)], True),
        ([shows("a", OBSERVER), shows("c", OBSERVER), says_gone("a", OBSERVER)], False),
        (
            [shows("a", OBSERVER), shows("c", OBSERVER), says_gone("a", OBSERVER),
             says_gone("c", OBSERVER)],
            True,
        ),
        ([shows("b", HOME), shows("a", OBSERVER), says_gone("a", OBSERVER)], False),
        ([shows("b", HOME), shows("a", OBSERVER), says_gone("b", HOME)], True),
        ([says_gone("b", HOME), shows("b", HOME, 9), shows("a", OBSERVER, 9)], True),
        ([says_gone("a", OBSERVER), shows("a", OBSERVER, 2)], False),
        ([shows("f", FILE), says_gone("a", OBSERVER)], True),
        ([shows("a", OBSERVER), says_gone("f", FILE)], False),
        ([shows("f", FILE), says_gone("f", FILE)], True),
    ],
)  # fmt: skip
def test_a_post_is_gone_by_the_word_of_its_home_or_of_all_who_showed_it(sayings, expected):
    for order in itertools.permutations(sayings):
        assert is_gone(order) is expected


SAYINGS = st.lists(
    st.builds(
        lambda who, minutes, is_gone: Saying(
            who[0], who[1], NOON + timedelta(minutes=minutes), is_gone=is_gone
        ),
        st.sampled_from([("a", OBSERVER), ("b", HOME), ("c", OBSERVER), ("f", FILE)]),
        st.integers(0, 4),
        st.booleans(),
    ),
    max_size=7,
)


@given(SAYINGS, st.randoms(use_true_random=False))
def test_in_which_order_sayings_come_does_not_matter(sayings, chance):
    mixed = list(sayings)
    chance.shuffle(mixed)
    assert is_gone(mixed) is is_gone(sayings)


@given(SAYINGS)
def test_while_its_home_shows_a_post_no_other_makes_it_gone(sayings):
    others = [one for one in sayings if one.standing != HOME]
    assert is_gone([shows("b", HOME), *others]) is False


def test_another_server_that_takes_a_post_away_is_only_noted(stores):
    say(stores, A, post())
    say(stores, B, post())
    saved = say(stores, A, removals=[gone()])
    assert (saved.removed, saved.noted) == (0, 1)
    assert text_of(stores) == THERE
    noted = told(stores, "select key, source, what, reason from contradictions")
    assert noted == [{"key": POST.post_key, "source": A, "what": "gone", "reason": "deleted"}]
    assert told(stores, "from removals") == []
    say(stores, A, post())  # it was a moderator's mistake
    assert told(stores, "from contradictions") == []


def test_its_home_takes_a_post_away_though_others_still_show_it(stores):
    say(stores, A, post())
    say(stores, B, post())
    assert say(stores, B, removals=[gone()]).removed == 1
    say(stores, A, post(), now=NOON + HOUR)
    assert text_of(stores) == GONE


def test_all_who_showed_a_post_take_it_away_where_its_home_is_not_asked(stores):
    say(stores, A, post())
    say(stores, C, post())
    say(stores, A, removals=[gone()])
    assert text_of(stores) == THERE
    assert say(stores, C, removals=[gone()]).removed == 1
    assert text_of(stores) == GONE
    with stores.open(read_only=True) as store:
        assert answer(store.database, "from contradictions", bounds=Bounds()).is_empty()


def test_who_alone_showed_a_post_takes_it_away(stores):
    say(stores, A, post())
    assert say(stores, A, removals=[gone()]).removed == 1
    assert text_of(stores) == GONE


def test_what_is_gone_by_others_words_is_back_when_its_home_shows_it(stores):
    say(stores, A, post())
    say(stores, A, removals=[gone()])
    say(stores, B, post(), now=NOON + HOUR)
    assert text_of(stores) == THERE
    say(stores, A, removals=[gone(at=NOON + 2 * HOUR)], now=NOON + 2 * HOUR)
    assert text_of(stores) == THERE


def test_a_file_neither_takes_away_nor_brings_back_what_servers_show(stores):
    say(stores, B, post())
    say(stores, FROM_FILE, removals=[gone()])
    assert text_of(stores) == THERE
    say(stores, B, removals=[gone()])
    say(stores, FROM_FILE, post())
    assert text_of(stores) == GONE


def test_a_file_takes_away_what_only_files_have_shown(stores):
    say(stores, FROM_FILE, post())
    say(stores, "import/jetstream", removals=[gone()])
    assert text_of(stores) == GONE


@pytest.mark.parametrize("order", list(itertools.permutations("ABCg")))
def test_a_store_holds_what_the_home_shows_in_whatever_order_it_is_told(order, stores):
    """g: A says that it is gone; it may say so before or after the others show it."""
    for number, one in enumerate(order):
        now = NOON + number * HOUR
        if one == "g":
            say(stores, A, removals=[gone(at=now)], now=now)
        else:
            source = {"A": A, "B": B, "C": C}[one]
            text = POST.text if one == "B" else f"kata lain dari {one}, dan lebih panjang lagi"
            edited = None if one == "B" else now
            say(stores, source, post(text, edited_at=edited), now=now)
    assert text_of(stores) == THERE


def orders(*tracks):
    """Return all orders of what sources say, each of which says its own in order."""
    whole = [name for name, track in enumerate(tracks) for _ in track]
    for names in sorted(set(itertools.permutations(whole))):
        left = [iter(track) for track in tracks]
        yield "".join(next(left[name]) for name in names)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        *((order, THERE) for order in orders("Aa", "C")),
        *((order, GONE) for order in orders("Aa", "Cc")),
        *((order, THERE) for order in orders("AaA", "Cc")),
        *((order, GONE) for order in orders("Aa", "Bb")),
    ],
)
def test_the_order_in_which_observers_speak_does_not_matter(order, expected, stores):
    """A: mastodon/a shows it, a: it says that it is gone; B: its home, C: another observer."""
    for number, one in enumerate(order):
        now, source = NOON + number * HOUR, {"a": A, "b": B, "c": C}[one.lower()]
        if one.islower():
            say(stores, source, removals=[gone(at=now)], now=now)
        else:
            say(stores, source, post(), now=now)
    assert text_of(stores) == expected


def test_another_server_does_not_give_an_accounts_name_to_somebody_else(stores):
    """By a bridge's handle: posts that a file knows by the handle would change hands."""
    did, other = "bluesky:did:plc:ani", "bluesky:did:plc:lain"
    fields = {"platform": "bluesky", "created_at": NOON - HOUR}
    say(stores, "bluesky/search", authors=[make_author(did, handle="ani.example")])
    say(stores, A, authors=[make_author(other, handle="Ani.example")])
    say(
        stores,
        FROM_FILE,
        make_post(7, post_key="bluesky:7", author_key="bluesky:@ani.example", **fields),
    )
    assert told(stores, "select author_key from posts") == [{"author_key": did}]


def test_an_account_is_gone_by_the_word_of_its_network_only(stores):
    account = "bluesky:did:plc:x"
    bridged = make_post(
        post_key=f"{account.replace('did', 'at://did')}/app.bsky.feed.post/1",
        platform="bluesky",
        author_key=account,
        created_at=NOON - HOUR,
    )
    say(stores, A, bridged)
    say(stores, "bluesky/jetstream", bridged)
    say(stores, A, removals=[gone(account, kind="author")])
    assert told(stores, "select removed_at from posts") == [{"removed_at": None}]
    say(stores, "bluesky/jetstream", removals=[gone(account, kind="author")])
    assert told(stores, "select removed_at from posts") == [{"removed_at": NOON}]


FORGED = "kata palsu dari server lain #AirBersih"


@pytest.mark.parametrize("source", [A, "misskey/a.example", FROM_FILE, "nostr/relay.example"])
def test_another_server_does_not_rewrite_what_the_home_said(stores, source):
    say(stores, B, post())
    say(
        stores,
        source,
        post(FORGED, edited_at=NOON, hashtags_raw=("AirBersih", "Sisipan"), urls=("https://x.id",)),
    )
    assert text_of(stores) == THERE
    (row,) = told(stores, "select hashtags, urls, edited_at from posts")
    assert row == {"hashtags": ["airbersih"], "urls": [], "edited_at": None}
    assert told(stores, "select source, what from contradictions") == [
        {"source": source, "what": "words"}
    ]
    say(stores, B, post("disunting oleh ani", edited_at=NOON + HOUR))
    assert text_of(stores)[0]["text"] == "disunting oleh ani"


def test_the_home_puts_right_what_another_server_said_first(stores):
    say(
        stores,
        A,
        post(
            FORGED * 3,
            edited_at=NOON + DAY,
            author_key="mastodon:@lain@a.example",
            kind="reply",
            created_at=NOON - 9 * DAY,
            hashtags_raw=("AirBersih", "Sisipan"),
        ),
    )
    say(stores, B, post())
    assert text_of(stores) == THERE
    (row,) = told(stores, "select hashtags, author_key, kind, sort_at, edited_at from posts")
    assert row == {
        "hashtags": ["airbersih"],
        "author_key": ANI,
        "kind": "original",
        "sort_at": POST.created_at,
        "edited_at": None,
    }


def test_without_its_home_the_words_are_the_first_observers(stores):
    say(stores, A, post())
    say(stores, C, post(FORGED, edited_at=NOON + HOUR))
    assert text_of(stores) == THERE
    say(stores, A, post("disunting", edited_at=NOON + 2 * HOUR))
    assert text_of(stores)[0]["text"] == "disunting"


def test_a_hashtag_that_a_second_observer_tells_counts_until_the_home_speaks(stores):
    say(stores, A, post(hashtags_raw=("AirBersih",)))
    say(stores, C, post(hashtags_raw=("AirBersih", "Pam")))
    assert sorted(told(stores, "select hashtags from posts")[0]["hashtags"]) == ["airbersih", "pam"]
    say(stores, B, post(hashtags_raw=("AirBersih",)))
    assert told(stores, "select hashtags from posts") == [{"hashtags": ["airbersih"]}]


def test_a_servers_own_address_gives_it_no_word_for_anothers_account(stores):
    """A makes up a post of its own, in the name of an account of B; B knows nothing of it."""
    made_up = post(post_key="mastodon:https://a.example/users/ani/statuses/1")
    say(stores, A, made_up)
    assert told(stores, "select standing from posts") == [{"standing": OBSERVER}]


def test_a_copy_over_a_bridge_does_not_rewrite_the_original(stores):
    key = "bluesky:at://did:plc:x/app.bsky.feed.post/1"
    fields = {"post_key": key, "platform": "bluesky", "author_key": "bluesky:did:plc:x"}
    say(stores, A, make_post(**fields, text=FORGED))
    say(stores, "bluesky/jetstream", make_post(**fields, text="asli"))
    say(stores, A, make_post(**fields, text=FORGED * 2, edited_at=NOON))
    assert text_of(stores)[0]["text"] == "asli"


def account(**fields):
    given = {"handle": "ani@b.example", "display_name": "Ani", "followers": 12, "is_bot": False}
    return make_author(ANI, **given | fields)


FAMOUS = account(handle="bupati", display_name="Palsu", followers=3_000_000, is_bot=True)
NAMING = Naming.of("garam", ["@bupati"], public_from=100_000)


def is_public(stores, key=ANI):
    with stores.open(read_only=True) as store:
        by_python = NAMING.is_public(key, store.privacy.known_as([key])[key])
    with stores.open(read_only=True) as store:
        question = "select account from accounts"
        shown = answer(store.database, question, bounds=Bounds(), naming=NAMING)["account"]
    assert by_python is (key in shown.to_list())
    return by_python


@pytest.mark.parametrize("source", [A, "misskey/a.example"])
def test_another_server_makes_nobody_famous(stores, source):
    for days in range(4):
        say(stores, source, authors=[FAMOUS], now=NOON + days * DAY)
    assert not is_public(stores)


def test_a_file_makes_nobody_famous_by_a_number(stores):
    for days in range(4):
        famous = make_author("x:1", handle="warga", followers=3_000_000)
        say(stores, FROM_FILE, authors=[famous], now=NOON + days * DAY)
    assert not is_public(stores, "x:1")


def test_a_name_on_the_operators_list_counts_from_a_file(stores):
    say(stores, FROM_FILE, authors=[make_author("x:1", handle="Bupati")])
    assert is_public(stores, "x:1")


def test_a_name_on_the_operators_list_does_not_count_from_another_server(stores):
    say(stores, A, authors=[make_author("bluesky:did:plc:x", handle="bupati")])
    assert not is_public(stores, "bluesky:did:plc:x")


def test_what_the_home_says_first_makes_public_and_less_no_longer(stores):
    say(stores, A, authors=[account(followers=12)])
    say(stores, B, authors=[account(followers=3_000_000)])
    assert is_public(stores)
    say(stores, B, authors=[account(followers=99_999)], now=NOON + HOUR)
    assert not is_public(stores)
    say(stores, B, authors=[account(followers=3_000_000)], now=NOON + 2 * HOUR)
    assert not is_public(stores)


def test_a_jump_makes_nobody_public_before_a_day_has_passed(stores):
    for hours in range(0, 24 * 5, 6):
        say(stores, B, authors=[account(followers=12)], now=NOON + hours * HOUR)
    for hours in (0, 1, 23):
        great, now = account(followers=3_000_000), NOON + 5 * DAY + hours * HOUR
        say(stores, B, authors=[great], now=now)
        assert not is_public(stores)
    say(stores, B, authors=[account(followers=3_000_001)], now=NOON + 6 * DAY)
    assert is_public(stores)


def test_what_an_account_is_called_is_its_homes_word(stores):
    asked = "select handle, display_name, followers, is_bot, said_by from authors"
    say(stores, A, authors=[FAMOUS])
    say(stores, C, authors=[account(display_name="Lain")])
    assert told(stores, asked)[0]["display_name"] == "Palsu"  # the first observer's, so far
    say(stores, B, authors=[account()])
    own = {"handle": "ani@b.example", "display_name": "Ani", "followers": 12, "is_bot": False}
    assert told(stores, asked) == [own | {"said_by": B}]
    say(stores, A, authors=[FAMOUS])
    say(stores, FROM_FILE, authors=[FAMOUS])
    assert told(stores, asked) == [own | {"said_by": B}]


def test_who_knows_only_the_key_of_an_account_takes_no_word_away(stores):
    say(stores, "bluesky/jetstream", authors=[make_author("bluesky:did:plc:x")])
    say(stores, FROM_FILE, authors=[make_author("bluesky:did:plc:x", handle="ani.example")])
    say(stores, "bluesky/jetstream", authors=[make_author("bluesky:did:plc:x")])
    assert told(stores, "select handle, standing from authors") == [
        {"handle": "ani.example", "standing": FILE}
    ]


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 40)), min_size=1, max_size=12))
def test_a_number_that_counts_is_the_first_or_was_said_a_day_before(readings):
    """Readings: the number, and how many hours after the last. Held against the readings."""
    known: Followers | None = None
    now, seen = NOON, []
    for number, hours in readings:
        now += hours * HOUR
        known = followers_seen(known, number, now=now)
        seen.append((now, number))
        older = [count for at, count in seen if now - at >= DAY]
        assert known.proven <= max([seen[0][1], *older])
        assert known.proven <= number


def test_erasing_an_account_takes_along_what_was_said_against_its_posts(stores):
    say(stores, B, post(), authors=[Author(author_key=ANI, platform="mastodon")])
    say(stores, A, post(FORGED, edited_at=NOON), removals=[gone()])
    assert len(told(stores, "from contradictions")) == 2
    with stores.open() as store, store.transaction():
        store.privacy.erase(ANI, now=NOON)
    assert told(stores, "from contradictions") == []
