"""Against Bluesky's own servers: what people write there comes out by the collectors, exactly.

Their search is a plain one: it looks for the letters as they are written, and knows neither
`until` nor `sort`. What it shows too much, the collector leaves out.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from collectors.collector import Collector, PostRef
from collectors.errors import AccessRefusedError, RateLimitedError
from collectors.options import ClientOptions
from collectors.page import Page
from collectors.platforms import bluesky
from collectors.platforms.bluesky.appview import AppViewCollector
from collectors.platforms.bluesky.search import SearchCollector
from tests.collectors.bluesky_network.network import Network, started, written

pytestmark = pytest.mark.servers

NOW = datetime.now(UTC)
PEOPLE = ("sari", "budi", "wayan", "made", "ayu")
BULK = 60


def ago(minutes: float) -> str:
    return written(NOW - timedelta(minutes=minutes))


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """Run the servers, and let five people write."""
    with started(tmp_path_factory.mktemp("bluesky")) as network:
        for name in PEOPLE:
            network.sign_up(name)
        _campaign(network)
        _bulk(network)
        last = network.refs["last"]["uri"]
        network.wait(lambda: bool(network.see("app.bsky.feed.getPosts", uris=[last])["posts"]))
        yield network


def _campaign(network: Network) -> None:
    def post(name: str, label: str, minutes: float, text: str, **record: object) -> None:
        network.write(
            name, "app.bsky.feed.post", label, text=text, createdAt=ago(minutes), **record
        )

    def tagged(text: str) -> list[dict[str, object]]:
        start, end = text.encode().index(b"#"), len(text.encode())
        feature = {"$type": "app.bsky.richtext.facet#tag", "tag": "airbersih"}
        return [{"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}]

    text = "Kami jalan Sabtu \N{WATER WAVE}: #airbersih"
    post("sari", "p1", 180, text, facets=tagged(text), langs=["id"])
    post("budi", "p2", 120, "Ayo! #airbersih")
    post("wayan", "p3", 90, "Tagar lain: #airbersihkota")
    post("made", "p4", 60, "air bersih tanpa tagar")
    post("ayu", "p5", 45, "Ada di luar teks #airbersih juga", tags=["banjirkota"])
    refs = network.refs
    post("budi", "r1", 100, "Ikut", reply={"root": refs["p1"], "parent": refs["p1"]})
    post("sari", "r2", 95, "Sampai jumpa", reply={"root": refs["p1"], "parent": refs["r1"]})
    quote = {"$type": "app.bsky.embed.record", "record": refs["p1"]}
    post("made", "q1", 20, "Penting #airbersih", embed=quote)
    for name, label, minutes in (("budi", "p1", 110), ("wayan", "p1", 105), ("made", "p2", 50)):
        network.write(name, "app.bsky.feed.repost", subject=refs[label], createdAt=ago(minutes))
    for name in ("wayan", "made"):
        network.write(name, "app.bsky.feed.like", subject=refs["p1"])


def _bulk(network: Network) -> None:
    for number in range(BULK):
        network.write(
            PEOPLE[number % len(PEOPLE)],
            "app.bsky.feed.post",
            "last" if number == BULK - 1 else "",
            text=f"kiriman {number} #tolakruu",
            createdAt=ago(300 - 5 * number),
        )


@contextlib.contextmanager
def opened(network: Network, *, password: str | None = None) -> Iterator[dict[str, Collector]]:
    """Open the collectors as the program does."""
    ayu = network.accounts["ayu"]
    settings = bluesky.Settings(
        appview=network.appview,
        server=network.pds,
        handle=ayu.handle,
        seconds_between_requests=0.0,
    )
    options = ClientOptions(
        secret=lambda _: password or ayu.password,
        user_agent="gaung/test",
        now=lambda: datetime.now(UTC),
        sleep=time.sleep,
    )
    found = bluesky.build(settings, options)
    try:
        yield {one.source: one for one in found}
    finally:
        for one in found:
            one.close()


@pytest.fixture(scope="module")
def collectors(network: Network) -> Iterator[dict[str, Collector]]:
    with opened(network) as found:
        yield found


@pytest.fixture(scope="module")
def search(collectors: dict[str, Collector]) -> SearchCollector:
    found = collectors["bluesky/search"]
    assert isinstance(found, SearchCollector)
    return found


@pytest.fixture(scope="module")
def appview(collectors: dict[str, Collector]) -> AppViewCollector:
    found = collectors["bluesky/appview"]
    assert isinstance(found, AppViewCollector)
    return found


def read(search: SearchCollector, tag: str) -> list[Page]:
    return list(search.pages(tag, cursor=None, now=datetime.now(UTC)))


def label_of(network: Network, key: str) -> str:
    uri = key.removeprefix("bluesky:")
    return next(label for label, ref in network.refs.items() if ref["uri"] == uri)


def ref(network: Network, label: str, name: str = "sari") -> PostRef:
    author = network.accounts[name].did
    uri = network.refs[label]["uri"]
    created_at = NOW - timedelta(hours=3)
    return PostRef(f"bluesky:{uri}", f"bluesky:{author}", None, created_at, None)


def test_checks_say_that_all_is_well(search: SearchCollector, appview: AppViewCollector) -> None:
    assert (search.check().remedy, appview.check().remedy) == (None, None)


def test_a_search_gives_the_posts_of_the_hashtag_and_no_other(
    network: Network, search: SearchCollector
) -> None:
    pages = read(search, "airbersih")
    posts = pl.concat(page.posts for page in pages).unique("post_key")
    matched = posts.filter(captured_as="matched")
    assert {label_of(network, key) for key in matched["post_key"]} == {"p1", "p2", "p5", "q1"}
    p5 = matched.filter(pl.col("text").str.starts_with("Ada")).row(0, named=True)
    assert set(p5["hashtags"]) == {"airbersih", "banjirkota"}
    p1 = posts.filter(post_key=f"bluesky:{network.refs['p1']['uri']}").row(0, named=True)
    assert p1["created_at"] == datetime.fromisoformat(ago(180))
    assert (p1["lang"], p1["hashtags"]) == ("id", ["airbersih"])
    handles = set(pl.concat(page.authors for page in pages)["handle"])
    assert handles == {"sari.test", "budi.test", "ayu.test", "made.test"}


def test_a_quote_that_a_search_shows_is_an_act(network: Network, search: SearchCollector) -> None:
    acts = pl.concat(page.interactions for page in read(search, "airbersih")).unique()
    (quote,) = acts.filter(kind="quote").rows(named=True)
    assert label_of(network, quote["post_key"]) == "q1"
    assert label_of(network, quote["target_post_key"]) == "p1"
    assert quote["target_author_key"] == f"bluesky:{network.accounts['sari'].did}"


def test_all_pages_are_read_and_from_any_of_them_on(
    network: Network, search: SearchCollector
) -> None:
    search._page_size = 25
    try:
        pages = read(search, "tolakruu")
        again = list(search.pages("tolakruu", cursor=pages[0].cursor, now=datetime.now(UTC)))
    finally:
        search._page_size = 100
    keys = pl.concat(page.posts for page in pages)["post_key"]
    assert keys.n_unique() == BULK
    rest = pl.concat(page.posts for page in again)["post_key"]
    assert set(rest) >= set(keys) - set(pages[0].posts["post_key"])


def test_who_passed_a_post_on(network: Network, appview: AppViewCollector) -> None:
    page = appview.expand(ref(network, "p1"), now=datetime.now(UTC))
    assert page is not None
    acts = page.interactions.join(page.authors, on="author_key").select("kind", "handle").rows()
    assert sorted(acts) == [
        ("quote", "made.test"),
        ("reply", "budi.test"),
        ("repost", "budi.test"),
        ("repost", "wayan.test"),
    ]


def test_the_counts_of_a_post_and_the_names_of_who_wrote_it(
    network: Network, appview: AppViewCollector
) -> None:
    page = appview.hydrate([ref(network, "p1"), ref(network, "r1", "budi")], now=datetime.now(UTC))
    counts = page.engagement.filter(post_key=ref(network, "p1").post_key).row(0, named=True)
    found = tuple(counts[name] for name in ("replies", "reposts", "likes", "quotes"))
    assert found == (1, 2, 2, 1)
    assert page.removals.is_empty()
    sari = page.authors.filter(handle="sari.test").row(0, named=True)
    assert (sari["followers"], sari["posts"]) == (0, 2 + BULK // len(PEOPLE))


def test_what_is_deleted_is_gone_and_what_is_not_is_not(
    network: Network, search: SearchCollector, appview: AppViewCollector
) -> None:
    gone = network.write("wayan", "app.bsky.feed.post", "gone", text="salah #airbersih")
    posts = "app.bsky.feed.getPosts"
    network.wait(lambda: bool(network.see(posts, uris=[gone])["posts"]))
    network.remove("wayan", gone)
    network.wait(lambda: not network.see(posts, uris=[gone])["posts"])
    asked = [ref(network, "gone", "wayan"), ref(network, "p2", "budi")]
    page = appview.hydrate(asked, now=datetime.now(UTC))
    assert page.removals.select("kind", "key", "reason").rows() == [
        ("post", f"bluesky:{gone}", "deleted")
    ]
    assert appview.expand(asked[0], now=datetime.now(UTC)) is None
    found = pl.concat(page.posts for page in read(search, "airbersih"))
    assert f"bluesky:{gone}" not in set(found["post_key"])


def test_a_wrong_password_is_refused_in_words(network: Network) -> None:
    with opened(network, password="salah") as found:
        wrong = found["bluesky/search"]
        assert isinstance(wrong, SearchCollector)
        with pytest.raises(AccessRefusedError, match="app password"):
            read(wrong, "airbersih")


def sessions_until_refused(network: Network) -> tuple[int, RateLimitedError]:
    """Open sessions until the server asks to wait; then see that it is not asked again."""
    for number in range(40):
        with opened(network) as found:
            fresh = found["bluesky/search"]
            assert isinstance(fresh, SearchCollector)
            try:
                read(fresh, "tanpakiriman")
            except RateLimitedError as limited:
                with pytest.raises(RateLimitedError, match="not asked"):
                    read(fresh, "tanpakiriman")
                return number, limited
    pytest.fail("40 sessions were opened, and the server never asked to wait")


def test_a_server_that_asks_to_wait_is_not_asked_again(network: Network) -> None:
    """Of 30 sessions in five minutes some were opened by the tests before."""
    opened_before, error = sessions_until_refused(network)
    assert 20 <= opened_before <= 30
    wait = error.retry_at - datetime.now(UTC)
    assert timedelta(0) < wait <= timedelta(minutes=5, seconds=5)
