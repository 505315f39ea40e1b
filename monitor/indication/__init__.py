"""The eighteen indicators of a target, and the dials made of them."""
