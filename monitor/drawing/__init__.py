"""Writes graphs for Gephi, NetworkX, spreadsheets and programs."""
