"""All indicators of a window, always the same ones in the same order."""

from __future__ import annotations

from dataclasses import replace

from analysis.indicators import accounts, breadth, concentration, texts, timing, traffic
from analysis.indicators.catalogue import CATALOGUE
from analysis.indicators.facts import Facts, between
from analysis.indicators.indicator import Indicator, Spec, Told, unknown

LEAST_ACTS, LEAST_AUTHORS = 30, 20
LEAST_COMPARED, LEAST_COVERAGE = 0.8, 0.5  # below, nothing is compared; nothing is told
NO_REPOSTS = "unknown: these sources showed no repost at all"
COMPONENTS = (
    "attention_share",
    "author_growth",
    "first_time_share",
    "effective_platforms",
    "community_spread",
    "original_acts",
    "near_duplicates",
    "concentration",
    "ctm_ratio",
    "synchrony",
    "new_account_share",
)


def indicators(facts: Facts, *, zone: str) -> list[Indicator]:
    """Give all indicators of a window, in the order of `CATALOGUE`.

    Below 30 acts or 20 authors they say "too few", as does each that rests on too few of its own
    (`Spec.least`). Below 80 % coverage nothing is compared with other times, below 50 % nothing is
    told. zone: of the season that hours are expected by.

    >>> from analysis.frames import PARTICIPATION
    >>> from analysis.indicators.examples import NOON, ago
    >>> nothing = Facts(acts=PARTICIPATION.to_frame(), since=ago(days=1), until=NOON, coverage=0.9)
    >>> told = indicators(nothing, zone="UTC")
    >>> told[0].note, told[-1].value
    ('too few: N=0, needs 30', 0.9)
    """
    found = computed(facts, zone=zone)
    shown = [_shown(spec, found[name], facts) for name, spec in CATALOGUE.items()]
    return _beside_its_baseline(shown)


def component_values(facts: Facts) -> dict[str, float | None]:
    """Give the numbers that the dials are made of, as `indicators` tells them."""
    found = _components(facts)
    return {name: _shown(CATALOGUE[name], found[name], facts).value for name in COMPONENTS}


def computed(facts: Facts, *, zone: str) -> dict[str, Told]:
    """Give what is computed, whether or not it may be shown."""
    acts, tallies = facts.within, facts.tallies
    return {
        "volume_surprise": timing.volume_surprise(facts),
        "burst_weight": timing.burst_weight(facts),
        "author_surprise": breadth.author_surprise(facts),
        "originality_share": texts.originality_share(acts, near=facts.near),
        "near_duplicate_share": texts.near_duplicate_share(acts, near=facts.near),
        "duplicate_share": texts.duplicate_share(acts),
        "top10_share": concentration.top10_share(tallies),
        "effective_authors": concentration.effective_authors(tallies),
        "gini": concentration.gini(tallies),
        "hashtag_gini": _hashtag_gini(facts),
        "ctm": traffic.ctm(tallies),
        "repost_share": traffic.repost_share(tallies),
        "top50_share": traffic.top50_share(tallies),
        "posts_per_author": traffic.posts_per_author(tallies),
        "vanished_share": _vanished(facts),
        "platforms": breadth.platforms_reached(facts, zone),
        "dominance": breadth.dominance(facts),
        "news_lag": timing.news_lag(facts),
        "doubling_time": timing.doubling_time(facts),
        "half_life": timing.half_life(facts),
        "attention_class": timing.attention(facts),
        "coverage": _coverage(facts),
        **_components(facts),
        **(dict.fromkeys(_NEAR, unknown(_DEFERRED)) if facts.deferred else {}),
    }


_NEAR = ("originality_share", "near_duplicate_share", "near_duplicates")
_DEFERRED = "so many texts take a while to compare: ask `gaung indicators`"


def _components(facts: Facts) -> dict[str, Told]:
    acts = facts.within
    return {
        "attention_share": breadth.attention_share(facts),
        "author_growth": breadth.author_growth(facts),
        "first_time_share": breadth.first_time_share(facts),
        "effective_platforms": breadth.effective_platforms(facts),
        "community_spread": breadth.community_spread(facts),
        "original_acts": texts.original_acts(acts),
        "near_duplicates": texts.near_duplicates(acts, near=facts.near),
        "concentration": concentration.concentration(facts.tallies),
        "ctm_ratio": traffic.ctm_ratio(acts, facts.quiet),
        "synchrony": accounts.synchrony(acts, facts.coordinated),
        "new_account_share": accounts.new_account_share(acts),
    }


def _hashtag_gini(facts: Facts) -> Told:
    if facts.hashtags is None:
        return unknown("hashtags were not looked for here")
    if facts.hashtags.is_empty():
        return unknown("no hashtag in this time")
    note = f"{len(facts.hashtags):,} hashtags"
    value = concentration.gini_of(facts.hashtags)
    return Told(value=value, n=int(facts.hashtags.sum()), note=note)


def _vanished(facts: Facts) -> Told:
    if facts.checked is None:
        return unknown("no source here is asked again what became of a post")
    return accounts.vanished_share(between(facts.checked, facts.since, facts.until))


def _coverage(facts: Facts) -> Told:
    note = "" if facts.coverage is not None else "nobody can say: imported"
    return Told(value=facts.coverage, n=facts.within.height, note=note)


def _shown(spec: Spec, told: Told, facts: Facts) -> Indicator:
    """Give the row; where it rests on too little, say what is missing."""
    why = _silenced(spec, told, facts)
    if why is not None:
        told = unknown(why, told.n)
    return Indicator(
        number=spec.number,
        name=spec.name,
        title=spec.title,
        family=spec.family,
        value=told.value,
        low=told.low,
        high=told.high,
        interval=spec.interval,
        n=told.n,
        coverage=facts.coverage,
        note=told.note,
        label=told.label,
    )


def _silenced(spec: Spec, told: Told, facts: Facts) -> str | None:
    """Tell why an indicator may not be shown; None: it may, or has said itself why it can't."""
    if spec.name == "coverage":
        return None
    acts, authors = facts.within.height, facts.tallies.count
    observed = 1.0 if facts.coverage is None else facts.coverage
    if observed < LEAST_COVERAGE or (spec.compares and observed < LEAST_COMPARED):
        least = LEAST_COVERAGE if observed < LEAST_COVERAGE else LEAST_COMPARED
        return f"unknown: less than {least:.0%} of this time was observed"
    if acts < LEAST_ACTS:
        return f"too few: N={acts}, needs {LEAST_ACTS}"
    if authors < LEAST_AUTHORS:
        return f"too few authors: A={authors}, needs {LEAST_AUTHORS}"
    if told.value is None:
        return None
    if spec.of_reposts and not facts.shows_reposts:
        return NO_REPOSTS
    return f"too few: N={told.n}, needs {spec.least}" if told.n < spec.least else None


def _beside_its_baseline(shown: list[Indicator]) -> list[Indicator]:
    """Show the raw coefficient only beside its ratio, or where so many acts make it comparable."""
    ratio = next(one for one in shown if one.name == "ctm_ratio")
    return [
        replace(
            one,
            value=None,
            low=None,
            high=None,
            note=f"not told without a baseline below N={traffic.LARGE:,}",
        )
        if one.name == "ctm"
        and one.value is not None
        and ratio.value is None
        and one.n < traffic.LARGE
        else one
        for one in shown
    ]
