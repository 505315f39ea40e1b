-- One post that cannot be asked about must not keep the others from being asked about.

create table unanswered (                -- posts that a source could not be asked about
    task     text not null,              -- expand, check
    source   text not null,
    post_key text not null,
    failures integer not null,           -- in a row, with the source well
    tried_at timestamptz not null,
    retry_at timestamptz,                -- null: it may have been the source; asked after the others
    why      text,
    primary key (task, source, post_key)
);
