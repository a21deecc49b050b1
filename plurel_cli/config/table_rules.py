"""What may be stated of single tables: names that there can be, forms, references without a circle.

Where the layout is explicit the tables and keys are known, and a name of none of them is a fault;
elsewhere it is one only where no database could have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from plurel_cli.choices.choice import OneOf
from plurel_cli.config.column_rules import column_problems
from plurel_cli.config.known import called_keys
from plurel_cli.config.names import is_table_name
from plurel_cli.config.schema import EXPLICIT
from plurel_cli.config.statements import fitting, is_pattern
from plurel_cli.config.tables import ReferenceConfig, TableConfig
from plurel_cli.config.wording import nearest
from plurel_cli.errors import Problem, listed
from plurel_cli.schema.forms import forms
from plurel_cli.schema.forms import names as form_names

if TYPE_CHECKING:
    from plurel_cli.config.model import Config

_NUMBERED = re.compile(r"[a-z]+(?:_[a-z]+)*_(0|[1-9][0-9]{0,5})")
_KEY, _COLUMN, _TABLE = "foreign_row_", "feature_", "table_"


def table_problems(config: Config) -> Iterator[Problem]:
    """All that is wrong with what a config states of single tables."""
    yield from _name_problems(config)
    layout = config.schema_.layout
    names = layout.possible if isinstance(layout, OneOf) else (layout.bounds[0],)
    if EXPLICIT not in names:
        yield from _random_problems(config)
        yield from column_problems(config)
    elif names != (EXPLICIT,):
        yield Problem("schema.layout", "cannot mix explicit with random layouts", list(names))
    else:
        problems = [*_explicit_problems(config)]
        yield from problems or column_problems(config)


def _name_problems(config: Config) -> Iterator[Problem]:
    for name in config.tables:
        if not is_table_name(re.sub(r"[*?]", "a", name)):
            rule = "must be letters, digits and underscores, starting with a letter"
            yield Problem("tables", f"a table's name {rule}", name)
    lowered: dict[str, str] = {}
    for name in config.tables:
        if (other := lowered.setdefault(name.lower(), name)) != name:
            rule = f"differs from tables.{other} by upper and lower case alone"
            yield Problem(f"tables.{name}", rule)


def _random_problems(config: Config) -> Iterator[Problem]:
    most = config.schema_.tables.bounds[1]
    for name, table in config.tables.items():
        number = _number(name, _TABLE)
        if not is_pattern(name) and (number is None or number >= most):
            remedy = f"tables are table_0 to table_{most - 1} here, or set schema.layout: "
            yield Problem(f"tables.{name}", "names no table", remedy=remedy + EXPLICIT)
        elif table.parents is not None:
            rule = "may only be given where schema.layout is explicit"
            yield Problem(f"tables.{name}.parents", rule)
        if table.ratio is not None:
            rule = "may only be given where schema.layout is explicit"
            yield Problem(f"tables.{name}.ratio", rule)
        for key in () if config.naming == "themed" else table.keys:
            if not is_pattern(key) and _number(key, _KEY) is None and _number(key, _TABLE) is None:
                remedy = f"keys are {_KEY}0, {_KEY}1, … here, or named by the table referred to"
                yield Problem(f"tables.{name}.keys.{key}", "names no foreign key", remedy=remedy)
        yield from _column_problems(config, name, table)


def _column_problems(config: Config, name: str, table: TableConfig) -> Iterator[Problem]:
    most = config.for_table(name).schema.columns.bounds[1]
    for column in table.named_columns:
        number = _number(column, _COLUMN)
        if table.named_columns[column].is_new:
            continue
        if not is_pattern(column) and (number is None or number >= most):
            place = f"tables.{name}.columns.{column}"
            remedy = f"columns are {_COLUMN}0 to {_COLUMN}{most - 1} here" if most else ""
            yield Problem(place, "names no feature column", remedy=remedy)


def _number(name: str, prefix: str) -> int | None:
    match = _NUMBERED.fullmatch(name)
    return int(match[1]) if match and name == f"{prefix}{match[1]}" else None


def _explicit_problems(config: Config) -> Iterator[Problem]:
    names = config.table_names
    if not names:
        yield Problem("tables", "must list the tables where schema.layout is explicit")
    known = True
    for name, table in config.tables.items():
        if is_pattern(name):
            yield from _pattern_problems(name, table, names)
        for index, parent in enumerate(table.parents or ()):
            place = f"tables.{name}.parents[{index}]"
            if parent.table not in names:
                known = False
                remedy = nearest(parent.table, names)
                yield Problem(place, "must name a table", parent.table, remedy)
            yield from _form_problems(place, name, index, parent)
        yield from _key_problems(config, name, table)
        yield from _column_problems(config, name, table)
    if known:
        yield from _circle_problems(config)


def _circle_problems(config: Config) -> Iterator[Problem]:
    graph = {
        name: [parent.table for parent in config.tables[name].parents or () if parent.table != name]
        for name in config.table_names
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle = " → ".join(reversed(error.args[1]))
        yield Problem("tables", f"references must not form a cycle, but do: {cycle}")


def _pattern_problems(name: str, table: TableConfig, names: Sequence[str]) -> Iterator[Problem]:
    if not any(fitting({name: table}, other) for other in names):
        yield Problem(f"tables.{name}", "fits no table", remedy=f"tables are {', '.join(names)}")
    if table.parents is not None:
        yield Problem(f"tables.{name}.parents", "may only be given for a single table")


def _key_problems(config: Config, name: str, table: TableConfig) -> Iterator[Problem]:
    """Names of keys that none of the tables has that a statement is of."""
    keys: dict[str, None] = {}
    for other in config.table_names:
        if fitting({name: table}, other):
            for index, parent in enumerate(config.tables[other].parents or ()):
                keys |= dict.fromkeys(config.statements.key_names(other, parent.table, index))
    for key, stated in table.keys.items():
        if stated.form is not None and stated.form not in _possible_forms(config, name, key):
            yield Problem(f"tables.{name}.keys.{key}.form", "fits no such key", stated.form)
        if not any(fitting({key: True}, other) for other in keys):
            remedy = nearest(key, tuple(keys), f"known are {listed(keys)}")
            yield Problem(f"tables.{name}.keys.{key}", "names no foreign key", remedy=remedy)
        elif not is_pattern(key) and (several := _keys_of_one_name(config, table, name, key)):
            numbers = " or ".join(f"{_KEY}{position}" for position in several)
            rule = "is what several foreign keys of the table are called here"
            remedy = f"give one of them another name, or state each by its number, {numbers}"
            yield Problem(f"tables.{name}.keys.{key}", rule, remedy=remedy)


def _keys_of_one_name(config: Config, table: TableConfig, name: str, key: str) -> list[int]:
    """Positions of the foreign keys that a statement is of, where it names one of them alone."""
    for other in (each for each in config.table_names if fitting({name: table}, each)):
        several, names_one = [], False
        called = called_keys(config, other)
        for index, parent in enumerate(config.tables[other].parents or ()):
            *names, referenced = config.statements.key_names(other, parent.table, index)
            is_name = key in (called[index][0], *names)
            if is_name or key == referenced:
                several.append(index)
            names_one = names_one or is_name
        if names_one and len(several) > 1:
            return several
    return []


def _possible_forms(config: Config, name: str, key: str) -> set[str]:
    """Forms that some foreign key can have which a statement below tables is of."""
    possible: set[str] = set()
    table, several = config.tables[name], config.table_names
    for other in (each for each in several if fitting({name: table}, each)):
        for index, parent in enumerate(config.tables[other].parents or ()):
            if fitting({key: True}, *config.statements.key_names(other, parent.table, index)):
                possible |= {
                    entry.name
                    for entry in forms
                    if entry.function.to_self == (parent.table == other)
                    and (index == 0 or not entry.function.first_only)
                }
    return possible


def _form_problems(
    place: str, child: str, index: int, reference: ReferenceConfig
) -> Iterator[Problem]:
    """What is wrong with the form of a reference."""
    if reference.form is None:
        return
    is_own, form = reference.table == child, forms[reference.form].function
    if is_own != form.to_self:
        rule = " or ".join(form_names(to_self=is_own)) + ", of its own table" * is_own
        yield Problem(f"{place}.form", f"must be {rule}", reference.form)
    elif form.first_only and index > 0:
        rule = f"only the first reference may be {reference.form}"
        yield Problem(f"{place}.form", rule)
