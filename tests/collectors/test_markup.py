from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import markup

TEXT = st.text(st.characters(exclude_characters="<>\0\r", exclude_categories=["Cs"]), max_size=12)
LINK = st.sampled_from(
    [
        '<a href="https://a.example/x?a=1&amp;b=2" rel="nofollow">',
        '<a href="https://a.example/tags/x" class="mention hashtag" rel="tag">',
        '<a class="u-url mention" href="https://a.example/@b">',
        '<a rel="tag">',
    ]
)
TAG = st.one_of(
    st.sampled_from(["<p>", "</p>", "<br>", "<br />", "<br/>", '<span class="h-card">', "</span>"]),
    LINK,
    st.just("</a>"),
    st.sampled_from(["<b>", "</b>", "<!-- x -->", "<script>", "</script>", "<"]),
)


@given(st.lists(st.one_of(TEXT, TAG), max_size=12).map("".join))
def test_the_short_way_reads_what_the_parser_reads(html: str) -> None:
    fast = markup._fast(html)
    if fast is not None:
        slow = markup._parsed(html)
        assert ("".join(fast.parts), fast.links) == ("".join(slow.parts), slow.links)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a &amp;lt; b", "a &lt; b"),
        ("<p>5 &lt; 6</p>", "5 < 6"),
        ("<blockquote>x</blockquote>", "x"),
        ("x < y", "x < y"),
        ("", ""),
    ],
)
def test_text_is_as_a_reader_sees_it(html: str, text: str) -> None:
    assert markup.text_and_links(html)[0] == text
