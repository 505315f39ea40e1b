-- What several observers, streams, expansions and removals need.

alter table posts add column removed_at timestamptz;     -- captured_as is then 'removed'
alter table posts add column removed_why text;           -- deleted, deactivated, suspended, …
alter table authors add column removed_at timestamptz;
alter table interactions add column via_key text;        -- the repost through which it was found
alter table interactions add column record_key text;     -- the platform's name for the act itself
alter table interactions add column removed_at timestamptz;
alter table expansions add column answer text;           -- answered, unknown here

create table sightings (                 -- which live sources have shown a post
    post_key      text not null,
    source        text not null,
    first_seen_at timestamptz not null,
    primary key (post_key, source)
);

create table cursors (                   -- where a stream goes on, saved with the page before
    source     text primary key,
    cursor     text,
    reached_at timestamptz not null,     -- all before has been read
    updated_at timestamptz not null
);

create table checks (                    -- when a source was last asked what became of a post
    source     text not null,
    post_key   text not null,
    checked_at timestamptz not null,
    primary key (source, post_key)
);

create table removals (                  -- what was taken away by its author or platform, for audit
    kind       text not null,            -- post, author, undone
    key        text not null,
    reason     text not null,
    source     text not null,
    removed_at timestamptz not null,
    applied_at timestamptz not null,
    primary key (kind, key)
);
