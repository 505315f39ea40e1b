"""X, by its API v2: off by default, paid by the post, and under terms that forbid much."""

from __future__ import annotations

from collectors.collector import Collector
from collectors.options import ClientOptions
from collectors.platforms.x.settings import Settings

__all__ = ["Settings", "build"]


def build(settings: Settings, options: ClientOptions) -> list[Collector]:
    """Give the collector; none as long as no token is named."""
    if settings.token_env is None:
        return []
    if not settings.terms_read:
        from collectors.platforms.x.refusing import RefusingCollector

        return [RefusingCollector()]
    # Every command reads settings, few ask a source: the collector is imported for those.
    from collectors.platforms.x.budget import Prices
    from collectors.platforms.x.collector import ExpandingXCollector, XCollector
    from collectors.platforms.x.meter import HOME, Meter

    meter = Meter(
        options.client(
            HOME,
            token=options.secret(settings.token_env),
            min_interval=settings.seconds_between_requests,
        ),
        prices=Prices(
            settings.price_per_post, settings.price_per_account, settings.price_per_count
        ),
        dollars_per_day=settings.dollars_per_day,
        now=options.now,
    )
    kind = ExpandingXCollector if settings.expand else XCollector
    return [kind(meter, accounts=settings.accounts)]
