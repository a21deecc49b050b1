"""What each table is: its kind, row count, times, events, and whether its pairs are unique.

These hang on the references of the table and on what the tables it refers to are, so that tables
are gone through with parents first.
"""

from __future__ import annotations

from typing import Literal

from plurel_cli.choices.choice import Choice
from plurel_cli.config import Config
from plurel_cli.config.size_rules import PAIRS_A_ROW, ratio_rows
from plurel_cli.config.tables import TableConfig
from plurel_cli.connectivity.one_to_one import leading_stream
from plurel_cli.errors import ConfigError, Problem
from plurel_cli.numerics.stream import SharedStream, Stream
from plurel_cli.schema.detail_sizes import drawn_numbers, sample_details
from plurel_cli.schema.forms.detail import DetailHabits
from plurel_cli.schema.skeleton import Reference, Skeleton, holds_events


class Standing:
    """What the tables of a database are.

    Parameters
    ----------
    config
        What to draw from.
    seed
        Seed of the database.
    stream
        Randomness of the schema.
    skeleton
        The tables and their references.
    """

    def __init__(self, config: Config, seed: int, stream: Stream, skeleton: Skeleton) -> None:
        self._config, self._seed, self._stream = config, seed, stream
        self._references = skeleton.references
        self._referenced = skeleton.referenced
        self._probabilities: dict[tuple[str, Choice[float]], float] = {}
        self._rows: dict[str, int] = {}
        self._details: dict[str, DetailHabits] = {}
        self._timed: dict[str, bool] = {}
        stated = {name: config.table(name).ratio for name in skeleton.references}
        ratios = {name: ratio.to for name, ratio in stated.items() if ratio is not None}
        for name in skeleton.parents_first(ratios):
            self._rows[name] = self._drawn_rows(name)
            self._timed[name] = self._is_timed(name)

    def _p(self, form: str, name: str) -> float:
        """The probability of a form for a table."""
        return self._drawn_once(form, getattr(self._config.for_table(name).schema.forms, form))

    def _drawn_once(self, form: str, choice: Choice[float]) -> float:
        """A probability, drawn once for all tables of the same choice."""
        if (form, choice) not in self._probabilities:
            draws = self._stream.child("forms").child(form).draws()
            self._probabilities[form, choice] = choice.draw(draws)
        return self._probabilities[form, choice]

    def _of(self, name: str) -> Stream:
        return self._stream.child("forms", "table", name)

    def _own(self, name: str) -> TableConfig:
        return self._config.table(name)

    def _first(self, name: str) -> Reference | None:
        return next(iter(self._references[name]), None)

    def kind(self, name: str) -> Literal["entity", "activity"]:
        """What the table is."""
        return "entity" if name in self._referenced else "activity"

    def rows(self, name: str) -> int:
        """Row count."""
        return self._rows[name]

    def details(self, name: str) -> DetailHabits | None:
        """What the rows of a table that its parents make are drawn from; none for others."""
        return self._details.get(name)

    def row_order(self, name: str) -> Literal["shuffled"] | None:
        """The order of its rows, where they do not lie by times or cohorts."""
        choice = self._config.for_table(name).schema.row_order
        order = choice.draw(self._stream.child("table", name).child("row_order").draws())
        is_open = self.kind(name) == "entity" and not self._timed[name]
        return "shuffled" if is_open and order == "shuffled" else None

    def is_timed(self, name: str) -> bool:
        """Whether it has a time column."""
        return self._timed[name]

    def holds_events(self, name: str) -> bool:
        """Whether it is an entity table of events."""
        if self.kind(name) == "activity":
            return False
        first = self._first(name)
        form, stream = first.form if first else None, self._stream.child("forms")
        return holds_events(name, form, self._config, stream, self._drawn_once)

    def is_junction(self, name: str) -> bool:
        """Whether no pair of its first two parents may come twice.

        Raises
        ------
        ConfigError
            If the config asks for that, and its rows are more than half of the pairs.
        """
        stated, pair = self._own(name).junction, self._references[name][:2]
        if stated is False or len(pair) < 2 or not all(r.form.in_pairs for r in pair):
            return False
        drawn = self._of(name).child("junction").draws().chance(self._p("p_junction", name))
        is_open = not all(self._timed[r.table] for r in pair)  # early rows find enough pairs
        if not (stated or (drawn and is_open)):
            return False
        most = self._rows[pair[0].table] * self._rows[pair[1].table] // PAIRS_A_ROW
        if self._rows[name] > most and stated:
            rule = f"must be at most {most}, half of the pairs of its parents, in a junction"
            raise ConfigError([Problem(f"tables.{name}.rows", rule, self._rows[name])])
        return self._rows[name] <= most

    def _drawn_rows(self, name: str) -> int:
        settings, first = self._config.for_table(name).schema, self._first(name)
        if (ratio := self._own(name).ratio) is not None:
            rows = ratio_rows(ratio, self._rows[ratio.to])
            return rows if first is None else self._settled_rows(name, first, rows)
        if first is not None and not first.form.to_self:
            following = first.form.rows(
                self._rows[first.table], lambda setting: self._form_setting(name, first, setting)
            )
            if following is not None and self._own(name).rows is None:
                return following
        kind = "event" if self.holds_events(name) else self.kind(name)
        rows = getattr(settings.rows, kind)
        drawn = int(rows.draw(self._stream.child("table", name).child("rows").draws()))
        return drawn if first is None else self._settled_rows(name, first, drawn)

    def _settled_rows(self, name: str, first: Reference, rows: int) -> int:
        """Rows of a table by those drawn: the sum of what parents draw, where they do."""
        if not first.form.draws_counts:
            return rows
        parent, stated = first.table, self._own(name).has_rows
        settings = self._config.for_key(name, "foreign_row_0", parent, 0).connectivity
        alone = leading_stream(self._seed, name, parent, "detail").child("habits")
        stream = SharedStream(alone, Stream(self._seed).child("fk", "habits"), settings.alike)
        n_parents = self._rows[parent]
        habits = sample_details(settings, stream, n_parents, rows, stated=stated)
        self._details[name] = habits
        if stated:
            return rows
        return int(drawn_numbers(habits, self._seed, name, parent, n_parents).edges[-1])

    def _form_setting(self, name: str, reference: Reference, setting: str) -> float:
        """A draw of a setting of a form for a table."""
        form = reference.form.model_fields["form"].default
        choice = getattr(self._config.for_table(name).schema.forms, f"{form}_{setting}")
        return float(choice.draw(self._of(name).child(setting).draws()))

    def _is_timed(self, name: str) -> bool:
        stated = self._own(name).timed
        if stated is not None:
            return stated
        if self.kind(name) == "activity" or self.holds_events(name):
            return True
        if any(self._timed.get(reference.table, False) for reference in self._references[name]):
            return True  # it exists no earlier than what it refers to
        return self._of(name).child("timed").draws().chance(self._p("p_timed", name))
