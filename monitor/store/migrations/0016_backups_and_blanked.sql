-- Which copies of the store were made (one that never was is missed only when it is needed), and
-- which posts must not be read again as they were.

create table backups (
    made_at timestamptz not null,
    name    text not null,               -- of the file, without its folder
    bytes   bigint not null
);

create table blanked (                   -- others' posts that an erased account's traces were taken
    post_key text primary key            -- out of: sources show them again as they were
);
