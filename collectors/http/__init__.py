"""One polite client per server: paced, bounded in time and size, and honest about refusals."""

from __future__ import annotations

from collectors.http.client import Answer, PoliteClient

__all__ = ["Answer", "PoliteClient"]
