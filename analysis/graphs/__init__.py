"""Who passed on whom."""
