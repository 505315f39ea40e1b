from __future__ import annotations

from typing import Any

import httpx
import pytest

from collectors.collector import PostRef
from collectors.errors import PayloadError
from collectors.http import PoliteClient
from collectors.platforms.bluesky.appview import AppViewCollector
from tests.collectors.examples.bluesky import did, person, post, uri
from tests.collectors.servers import NOON

BUDI = uri("budi", 1)
HOUR_AGO = 60.0


class Network:
    """An AppView that knows what it is told."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[str, httpx.QueryParams]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        method = request.url.path.rpartition(".")[2]
        self.asked.append((method, request.url.params))
        answer = self.answers.get(method)
        if callable(answer):
            answer = answer(request.url.params)
        if answer is None:
            return httpx.Response(400, json={"error": "NotFound", "message": "Post not found"})
        if isinstance(answer, httpx.Response):
            return answer
        return httpx.Response(200, json=answer)


def opened(network: Network) -> AppViewCollector:
    client = PoliteClient(
        "https://view.example",
        user_agent="gaung/test",
        now=lambda: NOON,
        sleep=lambda _: None,
        transport=httpx.MockTransport(network),
        min_interval=0.0,
    )
    return AppViewCollector(client)


def ref(address: str = BUDI) -> PostRef:
    key, author = f"bluesky:{address}", f"bluesky:{address.split('/')[2]}"
    return PostRef(key, author, None, NOON.replace(hour=11), None)


def thread(*replies: Any) -> dict[str, Any]:
    root = post("budi", 1, minutes=HOUR_AGO, text="#banjirkota")
    return {"thread": {"post": root, "replies": list(replies)}}


def answering(name: str, number: int, to: str = BUDI) -> dict[str, Any]:
    reply = {"root": {"uri": BUDI}, "parent": {"uri": to}}
    return {"post": post(name, number, minutes=30, text="Setuju", reply=reply)}


def quoting(name: str, number: int) -> dict[str, Any]:
    embed = {"record": {"uri": BUDI, "cid": "bafy"}}
    return post(name, number, minutes=20, text="Lihat", embed=embed)


def quiet(**answers: Any) -> Network:
    return Network(**{"getRepostedBy": {"repostedBy": []}, "getQuotes": {"posts": []}} | answers)


def profiles(*people: dict[str, Any]) -> Any:
    """Answer with those of some people who are asked for, as the AppView does."""

    def shown(params: httpx.QueryParams) -> dict[str, Any]:
        return {"profiles": [p for p in people if p["did"] in params.get_list("actors")]}

    return shown


def test_who_reposted_answered_and_quoted_a_post() -> None:
    network = Network(
        getPostThread=thread(
            answering("sari", 2),
            {"$type": "app.bsky.feed.defs#notFoundPost", "uri": uri("x", 3), "notFound": True},
            {"$type": "app.bsky.feed.defs#blockedPost", "uri": uri("x", 4), "blocked": True},
        ),
        getRepostedBy={"repostedBy": [person("wayan"), person("sari", handle="handle.invalid")]},
        getQuotes={"posts": [quoting("made", 5)]},
    )
    page = opened(network).expand(ref(), now=NOON)
    assert page is not None
    acts = page.interactions.select("kind", "author_key", "precision").rows()
    assert sorted(acts) == [
        ("quote", f"bluesky:{did('made')}", "exact"),
        ("reply", f"bluesky:{did('sari')}", "exact"),
        ("repost", f"bluesky:{did('sari')}", "bounded"),
        ("repost", f"bluesky:{did('wayan')}", "bounded"),
    ]
    bounds = page.interactions.filter(kind="repost").select("not_before", "acted_at").unique()
    assert bounds.rows() == [(NOON.replace(hour=11), NOON)]
    assert set(page.posts["captured_as"]) == {"referenced"}
    handles = dict(page.authors.select("author_key", "handle").rows())
    assert handles[f"bluesky:{did('wayan')}"] == "wayan.pds.example"
    assert set(page.interactions["author_key"]) <= set(handles)


def test_all_pages_of_reposts_are_read_and_a_circle_is_noticed() -> None:
    def reposted_by(params: httpx.QueryParams) -> dict[str, Any]:
        place = int(params.get("cursor", "0"))
        more = {"cursor": str(place + 1)} if place < 2 else {}
        return {"repostedBy": [person(f"warga{'abc'[place]}")], **more}

    page = opened(quiet(getPostThread=thread(), getRepostedBy=reposted_by)).expand(ref(), now=NOON)
    assert page is not None
    assert page.interactions.height == 3
    circle = quiet(
        getPostThread=thread(), getRepostedBy={"repostedBy": [person("sari")], "cursor": "same"}
    )
    with pytest.raises(PayloadError, match="leads back"):
        opened(circle).expand(ref(), now=NOON)


@pytest.mark.parametrize(
    "shown",
    [None, {"thread": {"$type": "app.bsky.feed.defs#blockedPost", "uri": BUDI, "blocked": True}}],
)
def test_a_post_that_is_not_shown_is_unknown_and_not_unshared(shown: Any) -> None:
    network = quiet(getPostThread=shown)
    assert opened(network).expand(ref(), now=NOON) is None
    assert [method for method, _ in network.asked] == ["getPostThread"]


def test_a_quote_that_points_elsewhere_is_not_told_as_one_of_this_post() -> None:
    stray = post("made", 5, minutes=20, text="Lihat")
    page = opened(quiet(getPostThread=thread(), getQuotes={"posts": [stray]})).expand(
        ref(), now=NOON
    )
    assert page is not None
    assert page.interactions.is_empty()
    assert page.received == 1


@pytest.mark.parametrize("status", [404, 405, 501])
def test_an_appview_that_does_not_know_of_quotes_tells_the_rest(status: int) -> None:
    unknown = httpx.Response(status, json={"error": "MethodNotImplemented"})
    network = Network(
        getPostThread=thread(),
        getRepostedBy={"repostedBy": [person("wayan")]},
        getQuotes=lambda _: httpx.Response(status, content=unknown.content),
    )
    view = opened(network)
    for _ in range(2):
        page = view.expand(ref(), now=NOON)
        assert page is not None
        assert page.interactions["kind"].to_list() == ["repost"]
    assert [method for method, _ in network.asked].count("getQuotes") == 1


def test_counts_and_names_of_posts_and_which_are_gone() -> None:
    here, gone, hidden = BUDI, uri("sari", 2), uri("wayan", 3)

    def one(params: httpx.QueryParams) -> Any:
        blocked = {"thread": {"$type": "app.bsky.feed.defs#blockedPost", "blocked": True}}
        return blocked if params["uri"] == hidden else None

    network = Network(
        getPosts={"posts": [post("budi", 1, minutes=HOUR_AGO, text="#banjirkota")]},
        getProfiles=profiles(
            person("budi", followersCount=8, followsCount=2, postsCount=5), person("sari")
        ),
        getPostThread=one,
    )
    page = opened(network).hydrate([ref(here), ref(gone), ref(hidden)], now=NOON)
    assert page.engagement.select("post_key", "reposts", "likes").rows() == [
        (f"bluesky:{here}", 2, 3)
    ]
    assert page.removals.select("kind", "key", "reason").rows() == [
        ("post", f"bluesky:{gone}", "deleted")
    ]
    assert page.authors.select("handle", "followers").rows() == [("budi.pds.example", 8)]
    assert network.asked[0][1].get_list("uris") == [here, gone, hidden]


@pytest.mark.parametrize("there", [[], ["budi"]])
def test_a_post_of_an_account_that_is_not_shown_either_may_come_back_with_it(
    there: list[str],
) -> None:
    # The AppView answers `NotFound` to all posts of an account that is deactivated or suspended.
    network = Network(
        getPosts={"posts": [post("budi", 1, minutes=HOUR_AGO, text="a")] if there else []},
        getProfiles=profiles(*(person(name) for name in there)),
    )
    asked = [ref(uri("sari", 2)), ref(uri("sari", 3)), *([ref()] if there else [])]
    page = opened(network).hydrate(asked, now=NOON)
    assert sorted(page.removals.select("kind", "key", "reason").rows()) == [
        ("hidden", f"bluesky:{uri('sari', number)}", "unavailable") for number in (2, 3)
    ]


def test_an_appview_that_shows_nothing_at_all_deletes_nothing_unasked() -> None:
    network = Network(getPosts={"posts": []}, getPostThread=thread())
    page = opened(network).hydrate([ref()], now=NOON)
    assert page.removals.is_empty()


def test_an_account_says_of_itself_that_it_is_a_bot_and_others_do_not() -> None:
    own = {"val": "bot", "src": did("budi")}
    other = {"val": "bot", "src": did("moderator")}
    network = Network(
        getPosts={
            "posts": [
                post("budi", 1, minutes=9, text="a"),
                post("sari", 2, minutes=9, text="b"),
            ]
        },
        getProfiles={"profiles": [person("budi", labels=[own]), person("sari", labels=[other])]},
    )
    page = opened(network).hydrate([ref(), ref(uri("sari", 2))], now=NOON)
    bots = dict(page.authors.select("handle", "is_bot").rows())
    assert bots == {"budi.pds.example": True, "sari.pds.example": None}


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"surprise": 1}),
        httpx.Response(400, json={"error": "InvalidRequest", "message": "uris"}),
    ],
)
def test_another_shape_is_no_answer(answer: httpx.Response) -> None:
    with pytest.raises(PayloadError):
        opened(Network(getPosts=answer)).hydrate([ref()], now=NOON)


def test_a_check_names_the_server_or_what_to_do() -> None:
    well = opened(Network(getProfiles={"profiles": [person("bsky")]})).check()
    assert (well.source, well.remedy) == ("bluesky/appview", None)
    ill = opened(Network(getProfiles=httpx.Response(503))).check()
    assert ill.remedy is not None
