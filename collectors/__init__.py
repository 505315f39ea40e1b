"""Reads sources and files into pages of posts; knows neither store nor schedule nor analysis."""
