"""What countries pay with, speak, and set their clocks to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal, get_args

from plurel_cli.words.tables import lines

Custom = Literal["currency", "language", "time_zone", "locale"]

CUSTOMS: tuple[Custom, ...] = get_args(Custom)

_ABROAD: Mapping[Custom, Mapping[str, float]] = {
    "currency": {"EUR": 0.06, "USD": 0.05},
    "language": {"en": 0.12},
    "time_zone": {"UTC": 0.06},
    "locale": {"en_US": 0.06},
}
"""What is met everywhere besides, and how often."""


@cache
def _countries() -> Mapping[str, tuple[str, list[str], list[str]]]:
    return {
        code: (currency, languages.split(","), zones.split(","))
        for code, currency, languages, zones in lines("customs")
    }


def customs(of: Custom, home: Sequence[str]) -> dict[str, float]:
    """What is usual in some countries, with weights; the first country weighs most.

    Parameters
    ----------
    of
        What: currencies, languages, time zones or locales.
    home
        Codes of countries; others than these are left out.

    Returns
    -------
    dict
        Empty if there is no country.

    Examples
    --------
    >>> customs("currency", ["CH", "DE"])
    {'CHF': 1.0, 'EUR': 0.5, 'USD': 0.05}
    """
    result: dict[str, float] = {}
    for k, code in enumerate(code for code in home if code in _countries()):
        currency, languages, zones = _countries()[code]
        several = {
            "currency": [currency],
            "language": languages,
            "time_zone": zones,
            "locale": [f"{language}_{code}" for language in languages],
        }[of]
        for at, label in enumerate(several):
            result.setdefault(label, 1.0 / ((k + 1) * (1 + 3 * at)))
    others = _ABROAD[of].items() if result else ()
    return result | {label: weight for label, weight in others if label not in result}
