"""Draws every page, letter and terminal screen as a picture: `make pictures`."""
