-- A letter that was given up can be tried again, or dropped by word of the operator.

alter table outbox add column retried_at timestamptz;  -- tries count from here; null: from enqueued_at
alter table outbox add column dropped_at timestamptz;  -- it is not to be sent; null: nobody said so
