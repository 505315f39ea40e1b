-- Null means that the source did not say; it never stands for zero. All times are UTC instants.
-- No foreign keys: pages arrive in any order.

create table posts (
    post_key     text primary key,       -- '{platform}:{native id}'
    platform     text not null,
    author_key   text not null,
    kind         text not null,          -- original, reply, quote, repost
    captured_as  text not null,          -- matched, or referenced by a match; only matched count
    text         text,
    lang         text,
    url          text,
    created_at   timestamptz not null,   -- its author's clock
    indexed_at   timestamptz,            -- the platform's clock
    first_seen_at timestamptz not null,  -- ours
    sort_at      timestamptz not null,   -- the earliest of the three: what trends go by
    edited_at    timestamptz,
    hashtags     text[] not null,        -- normalized
    hashtags_raw text[] not null,        -- as written
    urls         text[] not null,
    reply_to_key text,
    quote_of_key text,
    repost_of_key text,
    text_id      ubigint,                -- equal for equal normalized texts; null: too short, repost
    source       text not null           -- who gave it first
);

create table authors (
    author_key   text primary key,       -- '{platform}:@{handle}' while only the handle is known
    platform     text not null,
    handle       text,
    display_name text,
    url          text,
    created_at   timestamptz,
    is_bot       boolean,                -- the account says so of itself
    followers    bigint,
    following    bigint,
    posts        bigint,
    seen_at      timestamptz not null    -- when the counts were taken
);

create table interactions (
    interaction_key   text primary key,
    kind              text not null,     -- repost, quote, reply, mention
    platform          text not null,
    author_key        text not null,     -- who acts
    target_author_key text,              -- whom it amplifies
    post_key          text,              -- the acting post; null: a repost that is no post
    target_post_key   text,
    acted_at          timestamptz,       -- exact, or the upper bound; null: unknown
    not_before        timestamptz,       -- the lower bound
    precision         text not null,     -- exact, bounded, unknown
    source            text not null,
    first_seen_at     timestamptz not null
);

create table engagement (                -- snapshots; one is added only when a count has changed
    post_key text not null,
    observer text not null,
    taken_at timestamptz not null,
    reposts  bigint,
    quotes   bigint,
    replies  bigint,
    likes    bigint,
    views    bigint,
    primary key (post_key, observer, taken_at)
);

create table matches (                   -- posts that belong to a watch by word of the operator
    watch            text not null,
    post_key         text not null,
    via              text not null,
    first_matched_at timestamptz not null,
    primary key (watch, post_key)
);

create table expansions (                -- when a post was last asked for its reposts
    source     text not null,
    post_key   text not null,
    checked_at timestamptz not null,
    reposts    bigint,                   -- the count that the answer was asked for
    primary key (source, post_key)
);

create sequence run_ids;
create table runs (
    run_id      bigint primary key default nextval('run_ids'),
    task        text not null,           -- poll, backfill, expand, import
    source      text not null,
    hashtag     text,
    watch       text,
    locator     text,                    -- an import's file
    sha256      text,
    started_at  timestamptz not null,
    finished_at timestamptz,
    verdict     text,                    -- complete, truncated, partial, refused, empty, failed
    detail      text,                    -- why, in words
    pages       bigint not null default 0,
    received    bigint not null default 0,
    new         bigint not null default 0,
    updated     bigint not null default 0,
    rejected    bigint not null default 0,
    cursor      text,                    -- where the next page starts, saved with the page before
    retry_at    timestamptz,             -- not before this, says the source
    version     text not null            -- of gaung
);

create table streams (                   -- one source and one hashtag
    source      text not null,
    hashtag     text not null,
    wanted_from timestamptz not null,    -- what lies before was never asked for
    primary key (source, hashtag)
);

create table coverage (                  -- stretches that runs account for, united
    source  text not null,
    hashtag text not null,
    from_at timestamptz not null,
    to_at   timestamptz not null,
    primary key (source, hashtag, from_at)
);

create sequence gap_ids;
create table gaps (
    gap_id        bigint primary key default nextval('gap_ids'),
    source        text not null,
    hashtag       text not null,
    from_at       timestamptz not null,
    to_at         timestamptz not null,
    reason        text not null,         -- outage, refused, rate limit, truncated, silent, failed
    detail        text,
    cursor        text,                  -- where to go on reading, in the source's own terms
    detected_at   timestamptz not null,
    closed_at     timestamptz,
    filled_by_run bigint
);

create table rejected (
    rejected_key text primary key,
    run_id       bigint not null,
    source       text not null,
    locator      text not null,          -- 'file.jsonl:17', or an address
    field        text,
    reason       text not null,
    raw          text not null,
    seen_at      timestamptz not null
);

create table findings (
    finding_key text primary key,
    watch       text not null,
    kind        text not null,
    subject     text not null,
    from_at     timestamptz not null,
    to_at       timestamptz,             -- null while it goes on
    score       double not null,
    evidence    text not null,           -- JSON
    found_at    timestamptz not null,
    updated_at  timestamptz not null
);

create table alerts (                    -- every decision about a finding, told or not
    finding_key text not null,
    decided_at  timestamptz not null,
    told        boolean not null,
    reason      text not null,
    score       double not null,
    posts       double,                  -- as told
    recipients  text[] not null,
    primary key (finding_key, decided_at)
);

create table outbox (
    letter_key  text primary key,
    recipient   text not null,
    subject     text not null,
    body_text   text not null,
    body_html   text not null,
    thread      text,                    -- what the letter refers to
    enqueued_at timestamptz not null,
    due_at      timestamptz not null,
    attempts    integer not null default 0,
    last_error  text,
    sent_at     timestamptz,
    dead_at     timestamptz              -- given up, or refused for good
);
