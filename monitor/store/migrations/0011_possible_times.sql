-- Up to 0.1.0 a post kept any time that was said of it. The year 1, 1900 and 1970 are how programs
-- write that there is no date: one such post ended the daemon at each start, or became the origin of
-- what it took part in. What is stored of the kind is set aside here, as it now is at the door
-- (collectors/moments.py, whose bounds these are).

create temp table odd_posts as
select post_key, author_key, source, url, kind, text, created_at,
       case when created_at < timestamptz '2000-01-01 00:00:00+00'
            then 'a time before there were posts (2000): ' || created_at::text
            else 'a time beyond the calendar' end as reason
from posts
where created_at < timestamptz '2000-01-01 00:00:00+00'
   or created_at >= timestamptz '10000-01-01 00:00:00+00';

insert into rejected (rejected_key, run_id, source, locator, field, reason, raw, seen_at)
select md5(concat_ws(chr(31), source, raw, reason)), 0, source, locator, 'created_at', reason, raw,
       now()
from (
    select source, coalesce(url, post_key) as locator, reason,
           to_json({'created_at': created_at::text, 'post_key': post_key, 'url': url,
                    'author_key': author_key, 'kind': kind, 'text': text})::text as raw
    from odd_posts
)
on conflict do nothing;

insert into audit (noted_at, who, action, subject, detail)
select now(), 'gaung', 'set aside', count(*) || ' posts',
       'their times are impossible (before 2000, or beyond the calendar); see rejected'
from odd_posts having count(*) > 0;

delete from engagement where post_key in (select post_key from odd_posts);
delete from matches where post_key in (select post_key from odd_posts);
delete from sightings where post_key in (select post_key from odd_posts);
delete from expansions where post_key in (select post_key from odd_posts);
delete from checks where post_key in (select post_key from odd_posts);
delete from interactions where post_key in (select post_key from odd_posts);
delete from posts where post_key in (select post_key from odd_posts);
drop table odd_posts;

-- What a post can do without becomes unknown.
update posts set indexed_at = null, sort_at = least(created_at, first_seen_at)
where indexed_at < timestamptz '2000-01-01 00:00:00+00';
update posts set edited_at = null
where edited_at < timestamptz '2000-01-01 00:00:00+00'
   or edited_at >= timestamptz '10000-01-01 00:00:00+00';
update authors set created_at = null
where created_at < timestamptz '2000-01-01 00:00:00+00'
   or created_at >= timestamptz '10000-01-01 00:00:00+00';
delete from engagement where taken_at < timestamptz '2000-01-01 00:00:00+00';

-- Who passed on what is known, but not when.
update interactions set acted_at = null, precision = 'unknown'
where acted_at < timestamptz '2000-01-01 00:00:00+00';
update interactions set not_before = null
where not_before < timestamptz '2000-01-01 00:00:00+00';
-- A clock that runs ahead: by our own, as posts are.
update interactions set acted_at = first_seen_at where acted_at > first_seen_at;

-- What was concluded from such times.
delete from alerts where finding_key in (
    select finding_key from findings where from_at < timestamptz '2000-01-01 00:00:00+00');
delete from held where finding_key in (
    select finding_key from findings where from_at < timestamptz '2000-01-01 00:00:00+00');
delete from acknowledged where finding_key in (
    select finding_key from findings where from_at < timestamptz '2000-01-01 00:00:00+00');
delete from findings where from_at < timestamptz '2000-01-01 00:00:00+00';

-- Coverage from then on was taken from such a post: sure is what came since the first run. What an
-- operator said of a file is only cut.
create temp table odd_coverage as
select c.source, c.hashtag, c.to_at, greatest(
           timestamptz '2000-01-01 00:00:00+00',
           case when c.source like 'import/%' then null
                else coalesce((select min(started_at) from runs r where r.source = c.source), c.to_at)
           end) as from_at
from coverage c where c.from_at < timestamptz '2000-01-01 00:00:00+00';
delete from coverage where from_at < timestamptz '2000-01-01 00:00:00+00';
insert into coverage (source, hashtag, from_at, to_at)
select source, hashtag, from_at, to_at from odd_coverage where from_at < to_at
on conflict do nothing;
drop table odd_coverage;
delete from gaps where to_at <= timestamptz '2000-01-01 00:00:00+00';
update gaps set from_at = timestamptz '2000-01-01 00:00:00+00'
where from_at < timestamptz '2000-01-01 00:00:00+00';
update streams set wanted_from = timestamptz '2000-01-01 00:00:00+00'
where wanted_from < timestamptz '2000-01-01 00:00:00+00';

-- Reports that were kept may tell of what is set aside here.
update revision set number = number + 1;
delete from kept_reports;
