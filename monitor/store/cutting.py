"""What taking out old posts means for the ledger. The statements read `erased_posts`."""

from __future__ import annotations

# Up to when posts of a hashtag are gone: before that, nothing can be said any more.
_LAST_GONE = """
    select tag, max(sort_at) + interval 1 microsecond as until_at
    from (select unnest(hashtags) as tag, sort_at
          from posts semi join erased_posts using (post_key))
    group by tag
"""
_CUT_STREAMS = f"""
update streams set wanted_from = greatest(wanted_from, gone.until_at)
from ({_LAST_GONE}) gone where streams.hashtag = gone.tag
"""  # noqa: S608
_DROP_COVERAGE = f"""
delete from coverage using ({_LAST_GONE}) gone
where coverage.hashtag = gone.tag and coverage.from_at < gone.until_at
"""  # noqa: S608
# The start is part of the key: what begins before and goes on is put in anew.
_CUT_COVERAGE = f"""
insert into coverage
select c.source, c.hashtag, gone.until_at, max(c.to_at)
from coverage c join ({_LAST_GONE}) gone on c.hashtag = gone.tag
where c.from_at < gone.until_at and c.to_at > gone.until_at group by all
on conflict do nothing
"""  # noqa: S608
_CUT_GAPS = f"""
delete from gaps using ({_LAST_GONE}) gone
where gaps.hashtag = gone.tag and gaps.to_at <= gone.until_at
"""  # noqa: S608
CUT_LEDGER = (_CUT_STREAMS, _CUT_COVERAGE, _DROP_COVERAGE, _CUT_GAPS)
