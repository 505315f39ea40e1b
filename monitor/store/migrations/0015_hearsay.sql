-- Whose word a post's text and an account's data are, and what others say against it.

alter table posts add column said_by text;               -- the source whose words these are
alter table posts add column standing smallint;          -- 2: its home, 1: another server, 0: a file
alter table authors add column said_by text;             -- null: only its key is known
alter table authors add column standing smallint;        -- as of posts; null: from before
alter table authors add column watched_followers bigint; -- as its home says, since `watched_at`
alter table authors add column watched_at timestamptz;
alter table authors add column proven_followers bigint;  -- its home said so a day apart: names rest on it

create table contradictions (            -- what a source says of what is another's, against its home
    key      text not null,              -- of a post or account
    source   text not null,
    what     text not null,              -- gone: it is taken away; words: others than the author's
    reason   text,
    said_at  timestamptz not null,
    noted_at timestamptz not null,
    primary key (key, source, what)
);

update posts set said_by = source, standing = case
    when source like 'import/%' then 0
    when split_part(source, '/', 1) in ('mastodon', 'misskey') then
        case when lower(regexp_extract(post_key, '^mastodon:\w+://([^/]+)/', 1))
                  = lower(split_part(source, '/', 2))
              and lower(regexp_extract(author_key, '^mastodon:@.*@([^@]+)$', 1))
                  = lower(split_part(source, '/', 2))
             then 2 else 1 end
    when split_part(source, '/', 1) = platform then 2
    else 1 end;
