-- What a source calls a post, where its key does not say it: only by that can it be asked again.

alter table sightings add column local_id text;          -- null: it gave none
