"""What the operator says about X."""

from __future__ import annotations

from typing import Annotated

import msgspec

Dollars = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]

WARNING = (
    "X's terms ask an Enterprise plan, and prior notice, of government users, and forbid all "
    "users surveillance, the monitoring of protests and profiling by political affiliation "
    "(https://docs.x.com/developer-terms/policy). If you have read them and may ask X, say so: "
    "terms_read = true"
)


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The section `[collectors.x]`.

    token_env: the environment variable that holds an app's bearer token. Without it X is not asked.
    terms_read: that you have read X's terms, and may use it for what you do.
    dollars_per_day: what may be spent in a day (UTC), all hashtags together: half of it at once,
        the rest evenly over the day. At the limit reading stops; what is missing is read later.
    accounts: whether handles and followers of authors are asked for, which costs more than posts.
    expand: whether it is asked who reposted and quoted a post; each answer costs.
    price_per_post, price_per_account, price_per_count: US dollars, as your plan has them.
    seconds_between_requests: the pause between two requests.
    """

    token_env: str | None = None
    terms_read: bool = False
    dollars_per_day: Dollars = 1.0
    accounts: bool = False
    expand: bool = False
    price_per_post: Dollars = 0.005
    price_per_account: Dollars = 0.010
    price_per_count: Dollars = 0.005
    seconds_between_requests: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 2.0

    def __post_init__(self) -> None:
        """Refuse what cannot work, in words for the operator."""
        if self.token_env is None:
            return
        if not self.token_env.strip():
            raise ValueError("token_env is empty: name the variable that holds the token")
        if not self.dollars_per_day:
            raise ValueError("dollars_per_day is 0: nothing could be asked; leave token_env out")
