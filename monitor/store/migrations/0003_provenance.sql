-- With what a file was made that was imported, and how its posts were come by.

alter table runs add column tool text;          -- twarc, 4cat, zeeschuimer, …; null: it does not say
alter table runs add column capture_mode text;  -- searched, streamed, browsed, edges only, unknown
