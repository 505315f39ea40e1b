-- What a platform does not show now, and may show again: kept here, where nothing else looks for it.
-- Its row in posts is blank meanwhile, with captured_as 'removed' and the state in removed_why.

create table hidden (
    post_key     text primary key,
    captured_as  text not null,          -- what it was: matched, referenced
    by_account   boolean not null,       -- hidden with its account, and back with it
    is_kept      boolean not null,       -- false: version 0.1.0 blanked it, and did not keep what follows
    text         text,
    text_id      ubigint,
    lang         text,
    url          text,
    urls         text[],
    hashtags_raw text[]
);

create table hidden_authors (            -- of accounts that are away
    author_key   text primary key,
    display_name text,
    url          text
);

alter table interactions add column hidden_at timestamptz;  -- null: it counts, or is gone for good

-- Version 0.1.0 took these states for the end of an account or a video. What it blanked may be shown
-- again: it is asked for as what is hidden is. Whether it was matched, a sighting or a watch tells.
insert into hidden (post_key, captured_as, by_account, is_kept)
select post_key,
       case when post_key in (select post_key from sightings)
              or post_key in (select post_key from matches) then 'matched' else 'referenced' end,
       removed_why <> 'unavailable', false
from posts
where removed_at is not null
  and (platform = 'bluesky' and removed_why not in ('deleted', 'erased')
       or platform = 'youtube' and removed_why = 'unavailable');

insert into hidden_authors
select author_key, null, null from authors
where removed_at is not null and author_key in (
    select key from removals where kind = 'author' and reason not in ('deleted', 'erased')
);

update interactions set hidden_at = removed_at
where removed_at is not null
  and author_key in (select author_key from hidden_authors)
  and (record_key is null or record_key not in (select key from removals where kind = 'undone'))
  and (post_key is null or post_key not in (select key from removals where kind = 'post'));

update removals set kind = 'away'
where kind = 'author' and reason not in ('deleted', 'erased');

update removals set kind = 'hidden'
where kind = 'post' and key in (select post_key from hidden);
