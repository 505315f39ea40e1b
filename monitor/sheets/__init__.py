"""Tables that a spreadsheet opens as they are meant: no formula, ids as text, times with a zone."""
