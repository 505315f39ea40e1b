-- Which copies of the store were made: one that never was is missed only when it is needed.

create table backups (
    made_at timestamptz not null,
    name    text not null,               -- of the file, without its folder
    bytes   bigint not null
);
