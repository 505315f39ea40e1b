"""config.toml as frozen, checked values. Unknown keys are refused; secrets are only ever named."""

from monitor.config.reading import load, parse, parse_duration, parse_time
from monitor.config.settings import (
    AlertSettings,
    CollectorSettings,
    CollectSettings,
    Config,
    DigestSettings,
    MailSettings,
    Person,
    PrivacySettings,
    StoreSettings,
    Watch,
)

__all__ = [
    "AlertSettings",
    "CollectSettings",
    "CollectorSettings",
    "Config",
    "DigestSettings",
    "MailSettings",
    "Person",
    "PrivacySettings",
    "StoreSettings",
    "Watch",
    "load",
    "parse",
    "parse_duration",
    "parse_time",
]
