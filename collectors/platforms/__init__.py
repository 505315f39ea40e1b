"""What each network answers, one file per network."""
