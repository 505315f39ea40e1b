-- Whom not to disturb, what was kept back, which digests were decided, and charts in letters.

alter table alerts add column thread text;               -- letters of one thread belong together
alter table alerts add column peak double;               -- times the usual at its height, as told

create sequence silence_ids;
create table silences (                  -- no letters about a watch, by word of the operator
    silence_id bigint primary key default nextval('silence_ids'),
    watch      text not null,            -- '*': every watch
    from_at    timestamptz not null,
    until      timestamptz not null,
    why        text not null,
    who        text not null             -- the system's user
);

create table acknowledged (              -- findings that need no repetition
    finding_key text primary key,
    noted_at    timestamptz not null,
    who         text not null,
    why         text
);

create table held (                      -- what quiet hours keep back
    recipient   text not null,
    finding_key text not null,
    reason      text not null,
    decided_at  timestamptz not null,
    release_at  timestamptz not null,
    released_at timestamptz,             -- a letter was written, or it had resolved
    resolved    boolean not null default false,
    mentioned_at timestamptz,            -- a later letter has said that it had resolved
    primary key (recipient, finding_key, decided_at)
);

create table digests (                   -- which day's digest was decided for whom
    recipient  text not null,
    day        date not null,            -- of the recipient's calendar
    decided_at timestamptz not null,
    until      timestamptz not null,     -- up to when it tells
    written    boolean not null,         -- false: nothing to tell, and no letter
    primary key (recipient, day)
);

create table pictures (                  -- charts of letters, until they are sent
    letter_key text not null,
    name       text not null,
    png        blob not null,
    primary key (letter_key, name)
);
