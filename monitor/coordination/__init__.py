"""Who acts together more often than chance explains: from an input to tables."""
