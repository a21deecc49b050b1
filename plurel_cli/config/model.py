"""The whole config: its sections, and the rules that no section can check alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from plurel_cli.choices.choice import OneOf
from plurel_cli.choices.section import Section
from plurel_cli.config.connectivity import ConnectivityConfig
from plurel_cli.config.features import FeaturesConfig
from plurel_cli.config.names import is_table_name
from plurel_cli.config.output import OutputConfig
from plurel_cli.config.schema import EXPLICIT, SchemaConfig
from plurel_cli.config.tables import ReferenceConfig, TableConfig
from plurel_cli.config.time import FIRST_DAY, LAST_DAY, TimeConfig
from plurel_cli.errors import Problem
from plurel_cli.numerics.shares import floor_share
from plurel_cli.schema.forms import forms
from plurel_cli.schema.forms import names as form_names

_RANDOM_NAME = re.compile(r"table_(0|[1-9][0-9]*)")

_LONGEST_REPR = 200

TablesConfig = Annotated[dict[str, TableConfig], Field(default_factory=dict)]


class Config(Section):
    """Everything a database is drawn from, besides its seed.

    Examples
    --------
    >>> Config.model_validate({"schema": {"tables": 5}}).schema_.tables
    Fixed(value=5)
    """

    schema_: SchemaConfig = Field(
        default_factory=SchemaConfig, alias="schema", description="Stage 1: the tables."
    )
    tables: TablesConfig = Field(description="Single tables, by name.")
    connectivity: ConnectivityConfig = Field(
        default_factory=ConnectivityConfig, description="Stage 2: the foreign keys."
    )
    time: TimeConfig = Field(default_factory=TimeConfig, description="Stage 3: time.")
    features: FeaturesConfig = Field(
        default_factory=FeaturesConfig, description="What fills the feature columns."
    )
    output: OutputConfig = Field(default_factory=OutputConfig, description="What is written.")

    @property
    def is_explicit(self) -> bool:
        """Whether the tables and their references are written out."""
        return self.schema_.layout.bounds[0] == EXPLICIT

    @model_validator(mode="after")
    def _sections_agree(self) -> Config:
        problems = [*self._table_problems(), *self._time_problems(), *self._output_problems()]
        if problems:
            summary = "; ".join(map(str, problems))
            raise PydanticCustomError(
                "choice", "{summary}", {"summary": summary, "problems": tuple(problems)}
            )
        return self

    def _time_problems(self) -> Iterator[Problem]:
        time, split = self.time, self.time.split
        for name, day in (("start", time.start), ("end", time.end)):
            if not FIRST_DAY <= day <= LAST_DAY:
                rule = f"must be from {FIRST_DAY} to {LAST_DAY}, which nanoseconds can tell"
                yield Problem(f"time.{name}", rule, day)
        if (days := (time.end - time.start).days) < time.min_days:
            rule = f"must leave at least {time.min_days} days (time.min_days) after time.start"
            yield Problem("time.end", f"{rule} ({time.start}), but leaves {max(days, 0)}", time.end)
        if not split.val < split.test:
            rule = f"must be below time.split.test ({time.split.test})"
            yield Problem("time.split.val", rule, time.split.val)
        elif len({floor_share(share, time.min_days) for share in (split.val, split.test)}) == 1:
            rule = f"val and test must fall on different days of a window of {time.min_days} days"
            yield Problem("time.split", rule, remedy="move them apart or raise time.min_days")

    def _output_problems(self) -> Iterator[Problem]:
        if self.output.part_rows is not None and self.output.layout == "relbench":
            rule = "must be left out in the relbench layout, which is one file per table"
            yield Problem("output.part_rows", rule, self.output.part_rows)

    def _table_problems(self) -> Iterator[Problem]:
        for name in self.tables:
            if not is_table_name(name):
                rule = "must be letters, digits and underscores, starting with a letter"
                yield Problem("tables", f"a table's name {rule}", name)
        lowered: dict[str, str] = {}
        for name in self.tables:
            if (other := lowered.setdefault(name.lower(), name)) != name:
                rule = f"differs from tables.{other} by upper and lower case alone"
                yield Problem(f"tables.{name}", rule)
        layout = self.schema_.layout
        names = layout.possible if isinstance(layout, OneOf) else (layout.bounds[0],)
        if EXPLICIT not in names:
            yield from self._override_problems()
        elif names != (EXPLICIT,):
            yield Problem("schema.layout", "cannot mix explicit with random layouts", list(names))
        else:
            yield from self._explicit_problems()

    def _override_problems(self) -> Iterator[Problem]:
        most = self.schema_.tables.bounds[1]
        for name, table in self.tables.items():
            match = _RANDOM_NAME.fullmatch(name)
            if match is None or int(match[1]) >= most:
                remedy = f"tables are table_0 to table_{most - 1} here, or set schema.layout: "
                yield Problem(f"tables.{name}", "names no table", remedy=remedy + EXPLICIT)
            elif table.parents is not None:
                rule = "may only be given where schema.layout is explicit"
                yield Problem(f"tables.{name}.parents", rule)

    def _explicit_problems(self) -> Iterator[Problem]:
        if not self.tables:
            yield Problem("tables", "must list the tables where schema.layout is explicit")
        known = True
        for name, table in self.tables.items():
            for index, parent in enumerate(table.parents or ()):
                place = f"tables.{name}.parents[{index}]"
                if parent.table not in self.tables:
                    known = False
                    near = get_close_matches(parent.table, self.tables, n=1)
                    remedy = f"did you mean {near[0]}?" if near else ""
                    yield Problem(place, "must name a table", parent.table, remedy)
                yield from _form_problems(place, name, index, parent)
        if known:
            graph = {
                name: [its.table for its in table.parents or () if its.table != name]
                for name, table in self.tables.items()
            }
            try:
                TopologicalSorter(graph).prepare()
            except CycleError as error:
                cycle = " → ".join(reversed(error.args[1]))
                yield Problem("tables", f"references must not form a cycle, but do: {cycle}")

    def __repr__(self) -> str:
        """What differs from the defaults, in a line."""
        stated = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        text = str(stated) if stated else ""
        return f"Config({text if len(text) <= _LONGEST_REPR else f'{text[:_LONGEST_REPR]}…'})"

    __str__ = __repr__

    def resolved(self) -> dict[str, Any]:
        """The config as plain data, every default filled in."""
        return self.model_dump(mode="json", by_alias=True)


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
