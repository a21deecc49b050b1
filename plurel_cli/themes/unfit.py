"""Columns of an archetype that would read oddly in a table: what no row of it could say.

A list of kinds names no country or region, of which it would have each many times over. Where a
database is of several countries, what is usual in one of them does not stand beside places, whose
country would have another. Coordinates that are null are so together.
"""

from __future__ import annotations

from collections.abc import Mapping

from plurel_cli.themes.plain import Statement, TableSite

_PLACES = ("country", "country_code", "region", "city", "address", "postcode")

_AREAS = ("country", "country_code", "region")

_LONG_LIST = 12
"""Rows of a list from which on it would have the same country or region twice."""

_TOGETHER: Mapping[str, str] = {"longitude": "latitude", "last_name": "first_name"}
"""Columns that are null where another is, if both are there."""


def unfit(columns: Mapping[str, Statement], on: TableSite, home: tuple[str, ...]) -> frozenset[str]:
    """Columns of an archetype that do not fit a table.

    Parameters
    ----------
    columns
        Those of the archetype.
    on
        The table.
    home
        Countries, or regions of the world, that the database is of.

    Returns
    -------
    frozenset of str
        Names; never of all columns.
    """
    lenses = {name: str(one.get("lens")) for name, one in columns.items()}
    is_one_country = len(home) == 1 and len(home[0]) == 2
    has_place = any(lens in _PLACES for lens in lenses.values())
    is_long = on.rows > _LONG_LIST
    names = {
        name
        for name, one in columns.items()
        if ("home" in one and has_place and not is_one_country)
        or (lenses[name] in _AREAS and is_long and (name == "name" or on.role == "category"))
    }
    return frozenset(names if len(names) < len(columns) else ())


def null_together(columns: Mapping[str, Statement]) -> dict[str, Statement]:
    """The columns of a table, those that go together null in the same rows.

    Parameters
    ----------
    columns
        What is stated of each, by name.

    Returns
    -------
    dict
    """
    result = dict(columns)
    for name, other in _TOGETHER.items():
        if name in columns and "nulls" in columns.get(other, {}):
            rest = {key: value for key, value in columns[name].items() if key != "nulls"}
            result[name] = {**rest, "when": f"not is_null({other})"}
    return result
