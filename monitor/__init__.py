"""gaung: from hashtags to reports and letters (collect, store, detect, notify, deliver)."""

__version__ = "0.1.0"
