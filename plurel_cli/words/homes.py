"""Where a database is at home: few hold the world.

Half of all databases are of one country, a third of some neighbours on a continent, the others of
wherever there are people. A country is as likely as the square root of the people in its cities.
"""

from __future__ import annotations

from collections import Counter
from math import isqrt

from plurel_cli.numerics.stream import Draws
from plurel_cli.words.places import places

P_COUNTRY, P_CONTINENT = 0.5, 0.33


def drawn_home(draws: Draws, within: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Draw where the places of a database lie.

    Parameters
    ----------
    draws
        Randomness.
    within
        Codes of countries, or regions of the world, to draw from; all if there is none.

    Returns
    -------
    tuple of str
        Codes of countries, or `within` itself.

    Raises
    ------
    ValueError
        If no country lies within.
    """
    known = places()
    people: Counter[str] = Counter()
    for k, number in zip(known.country.tolist(), known.people, strict=True):
        people[known.countries[k].code] += number
    countries = [
        country
        for country in known.countries
        if not within or country.code in within or country.continent in within
    ]
    if not countries:
        raise ValueError(f"no country lies in {', '.join(within)}")
    scope = draws.uniform()
    first = countries[draws.weighted([isqrt(people[country.code]) for country in countries])]
    if scope < P_COUNTRY:
        return (first.code,)
    if scope >= P_COUNTRY + P_CONTINENT:
        return within
    others = [
        country.code
        for country in countries
        if country.continent == first.continent and country is not first
    ]
    draws.shuffle(others)
    return (first.code, *others[: 1 + draws.below(5)])
