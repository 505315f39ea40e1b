"""What other tools find, found as they do: to compare with their results, not as our own claim."""
