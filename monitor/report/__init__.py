"""A target over a time as one value, and every format it is shown in."""
