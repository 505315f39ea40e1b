"""Looks at pages with Chromium, axe-core and html-validate."""
