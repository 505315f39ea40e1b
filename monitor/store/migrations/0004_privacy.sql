-- The rights of those whose posts these are, and who took what out.

create table meta (                      -- facts about this store, such as its salt
    key   text primary key,
    value text not null
);

create table erased (                    -- accounts that must not be collected again
    author_hash text primary key,        -- salted: the list of the erased names nobody
    erased_at   timestamptz not null
);

create sequence audit_ids;
create table audit (                     -- what left this store, or was taken out of it
    audit_id bigint primary key default nextval('audit_ids'),
    noted_at timestamptz not null,
    who      text not null,              -- the system's user
    action   text not null,              -- export, erase, purge
    subject  text not null,
    detail   text
);
