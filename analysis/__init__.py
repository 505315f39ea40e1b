"""Frames in; frames, graphs and findings out. No network, file, clock or log."""
