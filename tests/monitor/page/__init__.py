"""The page, tried without and with a browser."""
