"""Cities, and the countries that they lie in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from plurel_cli.words.slots import slots
from plurel_cli.words.tables import lines

BITS = 16
"""Of a slot of a city."""


@dataclass(frozen=True)
class Country:
    """A country.

    Attributes
    ----------
    code, name, continent
        Its ISO code of two letters, its name, and its region of the world.
    people, streets, companies
        Whose names, which streets, and which form of companies it has.
    postcode
        Pattern of its postcodes, in which `#` is a digit and `@` a letter. Where there are none, it
        is what forms are filled with.
    prefix, numbers
        What phone numbers begin with, and patterns of what follows, in which `%` is a digit from 2
        on.
    domain
        Its top-level domain.
    """

    code: str
    name: str
    continent: str
    people: str
    streets: str
    postcode: str
    prefix: str
    numbers: tuple[str, ...]
    domain: str
    companies: str


@dataclass(frozen=True, eq=False)
class Places:
    """Cities.

    Attributes
    ----------
    countries
        All countries.
    country
        Number of the country of each city.
    city, region
        Its name, and that of its state or region.
    latitude, longitude
        Of its centre, in hundredths of a degree, int64.
    people
        Thousands of people in it.
    postcode
        Pattern of its postcodes.
    """

    countries: tuple[Country, ...]
    country: NDArray[np.int32]
    city: tuple[str, ...]
    region: tuple[str, ...]
    latitude: NDArray[np.int64]
    longitude: NDArray[np.int64]
    people: tuple[int, ...]
    postcode: tuple[str, ...]


@lru_cache(1)
def places() -> Places:
    """The cities of `places.tsv`, in the countries of `countries.tsv`."""
    countries = tuple(map(_country, lines("countries")))
    number = {country.code: k for k, country in enumerate(countries)}
    code, city, region, latitude, longitude, people, postcode = zip(*lines("places"), strict=True)
    country = [number[c] for c in code]
    return Places(
        countries=countries,
        country=np.array(country, dtype=np.int32),
        city=city,
        region=region,
        latitude=np.array([hundredths(degrees) for degrees in latitude]),
        longitude=np.array([hundredths(degrees) for degrees in longitude]),
        people=tuple(map(int, people)),
        postcode=tuple(
            pattern or countries[k].postcode for pattern, k in zip(postcode, country, strict=True)
        ),
    )


def _country(fields: list[str]) -> Country:
    code, name, continent, people, streets, postcode, prefix, numbers, domain, companies = fields
    return Country(
        code=code,
        name=name,
        continent=continent,
        people=people,
        streets=streets,
        postcode=postcode,
        prefix=prefix,
        numbers=tuple(numbers.split("; ")),
        domain=domain,
        companies=companies,
    )


def hundredths(degrees: str) -> int:
    """A number with two decimals, times a hundred.

    Examples
    --------
    >>> hundredths("-0.13")
    -13
    """
    return int(degrees.replace(".", ""))


@lru_cache(64)
def place_slots(among: tuple[str, ...]) -> NDArray[np.int32]:
    """Number of the city of each of 2¹⁶ slots: as many as it has people.

    Parameters
    ----------
    among
        Codes of countries, or regions of the world, that it must lie in; all if there is none.
    """
    known = places()
    within = [
        not among or country.code in among or country.continent in among
        for country in known.countries
    ]
    weights = [
        people if within[k] else 0
        for people, k in zip(known.people, known.country.tolist(), strict=True)
    ]
    if not any(weights):
        names = sorted({country.continent for country in known.countries})
        raise ValueError(
            f"no city lies in {', '.join(among)}; known are codes of countries, {', '.join(names)}"
        )
    return slots(weights, BITS)
