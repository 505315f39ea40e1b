"""https://www.googleapis.com/youtube: four videos of three channels, found on two pages."""

from __future__ import annotations

from typing import Any

import httpx

from tests.collectors.examples import Example

KEY = "value of YOUTUBE_KEY"
TIMES = {
    "vid00000001": "2026-03-01T11:00:00Z",
    "vid00000002": "2026-03-01T10:00:00Z",
    "vid00000003": "2026-03-01T09:00:00Z",
    "vid00000004": "2026-02-27T09:00:00Z",
}


def found(native: str, **fields: Any) -> dict[str, Any]:
    """Give a search result."""
    return {
        "kind": "youtube#searchResult",
        "id": {"kind": "youtube#video", "videoId": native},
        "snippet": {"publishedAt": TIMES.get(native, "2026-03-01T09:00:00Z"), "title": "Banjir …"},
    } | fields


def video(native: str, *, channel: str = "UCposko", **snippet: Any) -> dict[str, Any]:
    """Give a video as `videos.list` does."""
    return {
        "kind": "youtube#video",
        "id": native,
        "snippet": {
            "publishedAt": TIMES.get(native, "2026-03-01T09:00:00Z"),
            "channelId": channel,
            "channelTitle": "Posko Air",
            "title": "Air naik lagi #BanjirKota",
            "description": "Peta: https://peta.example/air.\n#banjirkota #kaliangke",
            "tags": ["banjir kota", "kali"],
            "defaultAudioLanguage": "id",
        }
        | snippet,
        "statistics": {"viewCount": "1204", "likeCount": "31", "commentCount": "4"},
    }


def channel(native: str, **statistics: Any) -> dict[str, Any]:
    """Give a channel."""
    return {
        "id": native,
        "snippet": {"customUrl": "@poskoair", "publishedAt": "2019-05-01T00:00:00.123Z"},
        "statistics": {
            "subscriberCount": "57500",
            "hiddenSubscriberCount": False,
            "videoCount": "210",
        }
        | statistics,
    }


def thread(native: str, *, time: str = "2026-03-01T11:30:00Z", **snippet: Any) -> dict[str, Any]:
    """Give a comment on a video."""
    return {
        "id": native,
        "snippet": {
            "topLevelComment": {
                "id": native,
                "snippet": {
                    "authorDisplayName": "@bu_tini",
                    "authorChannelId": {"value": "UCtini"},
                    "textDisplay": "Di sini juga #banjirkota",
                    "likeCount": 2,
                    "publishedAt": time,
                    "updatedAt": time,
                }
                | snippet,
            },
            "totalReplyCount": 1,
        },
    }


VIDEOS = {
    "vid00000001": video("vid00000001"),
    "vid00000002": video("vid00000002", title="Kota lain", description="-", channel="UClain"),
    "vid00000003": video("vid00000003", title="Jakarta", description="", tags=["BanjirKota"]),
    "vid00000004": video("vid00000004", channel="UCsepi"),
}
del VIDEOS["vid00000004"]["statistics"]["likeCount"]
CHANNELS = {
    "UCposko": channel("UCposko"),
    "UCsepi": channel("UCsepi", subscriberCount="0", hiddenSubscriberCount=True),
}


def _search(params: httpx.QueryParams) -> dict[str, Any]:
    inside = [
        native
        for native, time in TIMES.items()
        if params["publishedAfter"] <= time < params["publishedBefore"]
    ]
    if params.get("pageToken") == "CAIQAA":
        return {"kind": "youtube#searchListResponse", "items": [found(one) for one in inside[2:]]}
    answer: dict[str, Any] = {"items": [found(one) for one in inside[:2]]}
    return answer | ({"nextPageToken": "CAIQAA"} if len(inside) > 2 else {})


def answer(request: httpx.Request) -> httpx.Response:
    """Answer as Google does."""
    params = request.url.params
    if request.headers.get("X-goog-api-key") != KEY:
        error = {"code": 403, "message": "no key", "errors": [{"reason": "forbidden"}]}
        return httpx.Response(403, json={"error": error})
    match request.url.path.removeprefix("/youtube/v3/"):
        case "search":
            return httpx.Response(200, json=_search(params))
        case "videos":
            items = [VIDEOS[one] for one in params["id"].split(",") if one in VIDEOS]
            return httpx.Response(200, json={"items": items})
        case "channels":
            known = [CHANNELS[one] for one in params["id"].split(",") if one in CHANNELS]
            answer = {"kind": "youtube#channelListResponse"} | ({"items": known} if known else {})
            return httpx.Response(200, json=answer)
        case "commentThreads":
            return httpx.Response(200, json={"items": [thread("Ugy1"), thread("Ugy2")]})
        case "videoCategories":
            return httpx.Response(200, json={"items": [{"id": "25"}]})
    return httpx.Response(404, json={"error": {"code": 404, "message": "Not Found"}})


EXAMPLE = Example(
    settings={"key_env": "YOUTUBE_KEY", "searches_per_day": 10_000},
    answering=answer,
    matched=3,
    received=4,
)
