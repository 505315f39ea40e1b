"""gaung: from hashtags to reports and letters (collect, store, detect, notify, deliver).

In Python, such as in a notebook (docs/notebook.md)::

    import monitor

    watch = monitor.open("config.toml").watch("air-bersih", since="7d")
    watch.posts(), watch.series(), watch.graph()
    monitor.read("posts.parquet").posts()
"""

__version__ = "0.1.1"
__all__ = ["Folder", "Selected", "__version__", "open", "read"]


def __getattr__(name: str) -> object:
    # Only when somebody asks: commands import this package, and must begin at once.
    if name not in __all__:
        raise AttributeError(f"module 'monitor' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("monitor.notebook"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
