-- Who sends takes the letter first, so that two processes do not send the same one.

alter table outbox add column leased_until timestamptz;  -- null: nobody is sending it
