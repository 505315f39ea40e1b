-- Reports that hold as long as the posts are as they were: so that nobody waits for them twice.

create table revision (number bigint not null);  -- rises with each change of what is told from
insert into revision values (0);

create table kept_reports (
    asked    text not null,              -- target, settings, version: what else a report rests on
    revision bigint not null,
    kept_at  timestamptz not null,
    report   text not null,              -- JSON
    primary key (asked)
);
