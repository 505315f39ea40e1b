"""How much, by whom, and is that unusual."""
