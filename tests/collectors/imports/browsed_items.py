"""Invented items as web pages of platforms hold them, and Zeeschuimer's lines around them."""

from __future__ import annotations

from typing import Any

SEEN_MS = 1772452800000  # noon of 2 March 2026


def line(platform: str, item_id: str, data: Any, **given: Any) -> dict[str, Any]:
    return {
        "nav_index": "1:2:0",
        "item_id": item_id,
        "timestamp_collected": SEEN_MS,
        "last_updated": SEEN_MS,
        "source_platform": platform,
        "source_platform_url": f"https://www.{platform}/tag/airbersih",
        "source_url": f"https://www.{platform}/api",
        "user_agent": 'Mozilla/5.0 (milik \\"peneliti\\")',
        "data": data,
        **given,
    }


def tiktok(native_id: str = "7400000000000000001", **given: Any) -> dict[str, Any]:
    return {
        "id": native_id,
        "desc": "Sumur kami kering #AirBersih @warga_b baca https://berita.example/a #Kemarau",
        "createTime": 1772445600,
        "author": {"id": "6900000000000000001", "uniqueId": "warga_a", "nickname": "Warga A"},
        "authorStats": {"followerCount": 1200, "followingCount": 34, "videoCount": 5},
        "stats": {"diggCount": 10, "commentCount": 2, "shareCount": 1, "playCount": 1050},
        "challenges": [{"id": "1", "title": "airbersih"}],
        "textExtra": [
            {"hashtagName": "airbersih", "userId": "", "userUniqueId": ""},
            {"hashtagName": "", "userId": "6900000000000000002", "userUniqueId": "warga_b"},
        ],
        "textLanguage": "id",
        "duetInfo": {"duetFromId": "0"},
        "video": {"cover": "https://gambar.example/1.jpg"},
        **given,
    }


def instagram(code: str = "CxAbc_1", **given: Any) -> dict[str, Any]:
    return {
        "code": code,
        "pk": "3200000000000000001",
        "taken_at": 1772445600,
        "media_type": 1,
        "product_type": "feed",
        "user": {"pk": "5001", "username": "warga.a", "full_name": "Warga A"},
        "caption": {"text": "Antre air sejak subuh #AirBersih, foto: @warga.b."},
        "like_count": 12,
        "comment_count": 3,
        **given,
    }


def graph_node(shortcode: str = "CxAbc_2") -> dict[str, Any]:
    return {
        "__typename": "GraphVideo",
        "shortcode": shortcode,
        "taken_at_timestamp": 1772445600,
        "owner": {"id": "5002", "username": "warga.b"},
        "edge_media_to_caption": {"edges": [{"node": {"text": "Masih kering #AirBersih"}}]},
        "edge_media_preview_like": {"count": 4},
        "edge_media_to_comment": {"count": 1},
        "video_view_count": 90,
    }


def threads(code: str = "DAbc1", **given: Any) -> dict[str, Any]:
    info = {
        "repost_count": 1,
        "direct_reply_count": 2,
        "quote_count": 0,
        "link_preview_attachment": {
            "url": "https://l.threads.com/?u=https%3A%2F%2Fberita.example%2Fa&e=x"
        },
        "share_info": {"quoted_post": None, "reposted_post": None},
        **given.pop("text_post_app_info", {}),
    }
    return {
        "code": code,
        "pk": "3300000000000000001",
        "taken_at": 1772445600,
        "user": {"pk": "7001", "username": "warga_a", "full_name": "Warga A"},
        "caption": {"text": "Tolak tarif baru #AirBersih kata @warga.b"},
        "like_count": 10,
        "text_post_app_info": info,
        **given,
    }


def account(native_id: str, handle: str) -> dict[str, Any]:
    return {
        "user_results": {
            "result": {
                "rest_id": native_id,
                "core": {
                    "screen_name": handle,
                    "name": handle.title(),
                    "created_at": "Fri Aug 16 02:15:02 +0000 2013",
                },
                "legacy": {"followers_count": 7, "friends_count": 8, "statuses_count": 9},
            }
        }
    }


def x(native_id: str = "2028000000000000001", **legacy: Any) -> dict[str, Any]:
    return {
        "rest_id": native_id,
        "core": account("111", "warga_a"),
        "views": {"count": "321", "state": "EnabledWithCount"},
        "legacy": {
            "created_at": "Mon Mar 02 10:00:00 +0000 2026",
            "full_text": "@warga_b Air mati lagi &amp; lagi #AirBersih https://t.co/a",
            "id_str": native_id,
            "user_id_str": "111",
            "lang": "in",
            "entities": {
                "hashtags": [{"text": "AirBersih"}],
                "urls": [{"url": "https://t.co/a", "expanded_url": "https://berita.example/a"}],
                "user_mentions": [{"screen_name": "warga_b", "id_str": "222"}],
            },
            "favorite_count": 4,
            "retweet_count": 3,
            "reply_count": 2,
            "quote_count": 1,
            **legacy,
        },
    }


def x_repost() -> dict[str, Any]:
    original = x("2028000000000000009", full_text="Air mati sejak pagi tadi #AirBersih")
    original["core"] = account("222", "warga_b")
    post = x(
        "2028000000000000002",
        full_text="RT @warga_b: Air mati sejak pa…",
        entities={"hashtags": [], "urls": [], "user_mentions": []},
        retweeted_status_result={"result": {"__typename": "Tweet", "tweet": original}},
    )
    post["views"] = {"state": "Enabled"}
    return post


def kept(written: dict[str, Any]) -> dict[str, Any]:
    """Give the line that 4CAT keeps of one of Zeeschuimer."""
    data = written.pop("data")
    return {**data, "__import_meta": written}


def fourcat_row(**given: Any) -> dict[str, Any]:
    """Give the columns that 4CAT makes of a TikTok video."""
    return {
        "id": "7400000000000000001",
        "thread_id": "7400000000000000001",
        "author": "warga_a",
        "author_full": "Warga A",
        "author_id": "6900000000000000001",
        "author_followers": 1200,
        "body": "Sumur kami kering #AirBersih #Kemarau",
        "timestamp": "2026-03-02 17:00:00",
        "unix_timestamp": 1772445600,
        "is_duet": False,
        "tiktok_url": "https://www.tiktok.com/@warga_a/video/7400000000000000001",
        "likes": 10,
        "comments": 2,
        "shares": 1,
        "plays": 1050,
        "hashtags": "airbersih,kemarau",
        **given,
    }
