-- Who carries a run out, so that what goes on is not taken for what broke off.

alter table runs add column worker text;  -- a process by its lock (monitor/lock.py); null: none lives
