"""The causal models of a small database, calculated row by row: slow, plain, and apart from the
engine. Only what is drawn is taken from where it is drawn; all that is done with it is done here.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np

from plurel_cli import Config, Database
from plurel_cli.config.scm import SERIES
from plurel_cli.connectivity.uniforms import Trait
from plurel_cli.features.budget.batches import BatchShare
from plurel_cli.features.budget.blocks import BlockShare
from plurel_cli.features.gathering import GatheredRecord
from plurel_cli.features.labels import sample_relabelling
from plurel_cli.features.noise import beta_quantiles
from plurel_cli.features.roles.draws import Wanted, draw_embeddings, draw_mechanisms
from plurel_cli.features.sources import sources
from plurel_cli.features.streams import reference_stream, table_stream
from plurel_cli.features.taste import table_settings
from plurel_cli.features.time_sources import TimeSourceRecord
from plurel_cli.schema.causal import CausalNode, ParentCauses
from plurel_cli.schema.table import Table
from plurel_cli.temporal.series import series_column
from tests.features.budgets import budget_of, half_life_of, node_of

MOST_ENCODING = 1e4
MOST_AGGREGATE = 1e6


class SlowDatabase:
    """Raw values of every node, by table and node.

    Parameters
    ----------
    database
        A database of tables that have few enough rows to be calculated exactly.
    config
        What it was drawn from.
    error
        Relative size of a random error of every number that enters or leaves a mechanism, to find
        out how far rounding reaches.
    seed
        Of those errors.
    """

    def __init__(
        self, database: Database, config: Config, error: float = 0.0, seed: int = 0
    ) -> None:
        self.schema, self.config = database.schema, config
        self._frames = database.tables
        self._error = error
        self._random = np.random.default_rng(seed)
        self._values: dict[tuple[str, int], list[Any]] = {}
        self._given: dict[tuple[str, int], list[float]] = {}
        self._first: dict[str, dict[int, tuple[list[Any], list[Any]]]] = {}
        self._encoded: dict[tuple[str, str], list[list[list[float]]]] = {}

    # What is drawn, by its address.

    def _own(self, table: Table, j: int) -> Any:
        return table_stream(self.schema, table).child("node", j, self._node(table, j).attempt)

    def _drawn(self, table: Table, j: int) -> tuple[list[Any], list[Any]]:
        """Mechanisms of a node's causes and then its decoder, and embeddings in the same order."""
        attempt = self._node(table, j).attempt
        if attempt > 0:  # attempts 1, 2 to 3, 4 to 7 and 8 to 15 are drawn together
            first = max(k for k in (1, 2, 4, 8) if k <= attempt)
            own = table_stream(self.schema, table).child("node", j, first)
            return self._drawn_together(table, [j] * first, own.child("mechanisms"))[
                attempt - first
            ]
        if table.name not in self._first:
            nodes = enumerate(table.causal.nodes)
            used = [k for k, node in nodes if node.is_used and node.of_row]
            own = table_stream(self.schema, table).child("mechanisms")
            drawn = self._drawn_together(table, used, own)
            self._first[table.name] = dict(zip(used, drawn, strict=True))
        return self._first[table.name][j]

    def _drawn_together(
        self, table: Table, nodes: list[int], stream: Any
    ) -> list[tuple[list[Any], list[Any]]]:
        settings, generator = (
            table_settings(self.config, self.schema, table).scm,
            stream.generator(),
        )
        carried = [
            [self._is_category(table, k) for k in (*self._node(table, j).of_row, j)] for j in nodes
        ]
        wanted = [one for j in nodes for one in self._wanted(table, j)]
        mechanisms = iter(draw_mechanisms(wanted, settings.mlp, generator))
        shapes = [
            (self._node(table, k).categories, self._node(table, j).width)
            for j in nodes
            for k in (*self._node(table, j).of_row, j)
            if self._is_category(table, k)
        ]
        embeddings = iter(draw_embeddings(shapes, settings.mlp, generator))
        return [
            (
                [next(mechanisms) for _ in its],
                [next(embeddings) if is_it else None for is_it in its],
            )
            for its in carried
        ]

    def _wanted(self, table: Table, j: int) -> list[Wanted]:
        node = self._node(table, j)
        *families, decoder = node.mechanisms
        return [
            *(
                Wanted(family, node.width if self._is_category(table, cause) else 1, node.width)
                for family, cause in zip(families, node.of_row, strict=True)
            ),
            Wanted(decoder, node.width, node.width if self._is_category(table, j) else 1),
        ]

    def _source(self, table: Table, j: int) -> list[Any]:
        node, own, settings = self._node(table, j), self._own(table, j), self.config.features.series
        is_category = self._is_category(table, j)
        if node.source == SERIES:
            categories = node.categories if is_category else None
            its = series_column(settings, table.kind, table.rows, categories, own.child("series"))
            return list(its.block(0).astype(np.int32 if is_category else np.float32).tolist())
        rows = own.child("rows").generator(0)
        if not is_category:
            drawn = sources[node.source].function(own.generator(), settings)(rows, table.rows)
            return list(drawn.tolist())
        p = own.generator().dirichlet([1.0] * node.categories)
        return [_category_at(point, p) for point in rows.random(table.rows)]

    def _noise(self, table: Table, j: int) -> list[list[float]]:
        width = self._node(table, j).width
        stream = table_stream(self.schema, table)
        settings = table_settings(self.config, self.schema, table).scm
        n_nodes = len(table.causal.nodes)
        parameters = settings.noise.many(stream.child("noise").generator(), 2 * n_nodes)
        quantiles = beta_quantiles(*parameters[2 * j : 2 * j + 2]).astype(np.float64)
        words = -(-table.rows * width // 4)
        bits = stream.child("node", j, "noise").bits(0).random_raw(words).view(np.uint16)
        return [
            [quantiles[int(bits[i * width + k]) % len(quantiles)] / width for k in range(width)]
            for i in range(table.rows)
        ]

    # What is done with it.

    def _node(self, table: Table, j: int) -> CausalNode:
        return table.causal.nodes[j]

    def _is_category(self, table: Table, j: int) -> bool:
        return table.causal.mode == "eager" and self._node(table, j).kind == "categorical"

    def values(self, table: Table, j: int) -> list[Any]:
        """Raw values of a node: numbers, or categories that are carried as such."""
        if (table.name, j) not in self._values:
            node = self._node(table, j)
            if node.role == "budget":
                found = []
            elif node.role == "gathering":
                found = self._gathered(table, node.gathered)
            elif node.role == "time":
                found = self._timed(table, node.time)
            elif node.of_row:
                found = self._computed(table, j)
            else:
                found = self._source(table, j)
            if node.budget is not None:
                parts = np.array(list(self._parts(table, j, found).values()))
                errors = self._errors(parts.size).reshape(parts.shape)
                parts += np.abs(parts).max(axis=1, keepdims=True) * errors
                found = [math.fsum(its) for its in parts.T.tolist()]
            self._values[table.name, j] = found
        return self._values[table.name, j]

    def _computed(self, table: Table, j: int) -> list[Any]:
        node = self._node(table, j)
        noise = self._noise(table, j)
        (*mechanisms, decoder), (*of_causes, own_embeddings) = self._drawn(table, j)
        embeddings = {
            cause: its for cause, its in zip(node.of_row, of_causes, strict=True) if its is not None
        }
        found = []
        for i in range(table.rows):
            reaching = [
                [_clip(x, MOST_ENCODING) for x in encoding]
                for encoding in self._from_parents(table, node, i)
            ]
            for cause, weight, mechanism in zip(node.of_row, node.weights, mechanisms, strict=True):
                value = self.values(table, cause)[i]
                if cause in embeddings:
                    encoding = self._applied(mechanism, embeddings[cause][value])
                else:
                    encoding = self._applied(mechanism, [self._as_input(table, cause, value)])
                reaching.append([_clip(x * weight, MOST_ENCODING) for x in encoding])
            embedding = [
                _clip(_aggregate(node.aggregation, its), MOST_AGGREGATE) + noise[i][k]
                for k, its in enumerate(zip(*reaching, strict=True))
            ]
            read = self._applied(decoder, embedding)
            if own_embeddings is None:
                found.append(read[0])
            else:
                products = [
                    sum(float(x) * y for x, y in zip(row, read, strict=True))
                    for row in own_embeddings
                ]
                found.append(products.index(max(products)))
        return found

    def _as_input(self, table: Table, j: int, value: float) -> float:
        if not self.config.features.scm.standardise:
            return value
        mean, sd = _moments(self.values(table, j))
        return (value - mean) / (sd or 1.0)

    def _applied(self, mechanism: Any, inputs: Sequence[float]) -> list[float]:
        x = np.asarray(inputs, dtype=np.float64)
        x = x * (1.0 + self._errors(len(x)))
        y = mechanism(x.astype(np.float32)[None])[0].astype(np.float64)
        return list((y + np.abs(y).max() * self._errors(len(y))).tolist())

    def _errors(self, n: int) -> Any:
        return self._error * self._random.uniform(-1.0, 1.0, n) if self._error else np.zeros(n)

    def _from_parents(self, table: Table, node: CausalNode, i: int) -> list[list[float]]:
        """Encodings of all columns of all rows that a row refers to."""
        found = []
        for parent in table.causal.parents:
            key = self._frames[table.name][parent.foreign_key][i]
            if key is None:
                continue
            for encodings in self._parent_encodings(table, parent):
                factor = 1.0 / len(parent.nodes) if node.aggregation == "sum" else 1.0
                found.append([x * factor for x in encodings[key][: node.width]])
        return found

    def _parent_encodings(self, table: Table, parent: ParentCauses) -> list[list[list[float]]]:
        """Encodings of the rows of a referenced table, a list a column."""
        place = (table.name, parent.foreign_key)
        if place in self._encoded:
            return self._encoded[place]
        other = self.schema.by_name[parent.table]
        column = next(c for c in table.foreign_keys if c.name == parent.foreign_key)
        settings = table_settings(self.config, self.schema, table).scm
        generator = reference_stream(self.schema, table, column).child("encoders").generator()
        width = max(node.width for node in table.causal.nodes if node.of_row)
        is_embedded = [self._is_category(other, j) for j in parent.nodes]
        wanted = [
            Wanted(family, width if its else 1, width)
            for family, its in zip(parent.mechanisms, is_embedded, strict=True)
        ]
        drawn = draw_mechanisms(wanted, settings.mlp, generator)
        shapes = [
            (self._node(other, j).categories, width)
            for j, its in zip(parent.nodes, is_embedded, strict=True)
            if its
        ]
        embeddings = iter(draw_embeddings(shapes, settings.mlp, generator))
        found = []
        for j, its, mechanism in zip(parent.nodes, is_embedded, drawn, strict=True):
            node = self._node(other, j)
            if its:
                table_of = next(embeddings)
                inputs = [table_of[category] for category in self.values(other, j)]
            elif node.kind == "categorical":
                inputs = [[label] for label in self.labels(other, j)[0]]
            else:
                inputs = [[self._as_input(other, j, x)] for x in self.values(other, j)]
            found.append(
                [[_clip(y, MOST_ENCODING) for y in self._applied(mechanism, x)] for x in inputs]
            )
        self._encoded[place] = found
        return found

    def labels(self, table: Table, j: int) -> tuple[list[int], list[int]]:
        """Labels of a lazy table's categorical column, and the rows at whose values it is cut."""
        settings = table_settings(self.config, self.schema, table).scm
        categories = self._node(table, j).categories
        values = self.values(table, j)
        generator = self._own(table, j).child("labels").generator()
        assert settings.cut.many(generator, 1) == ["rows"]
        rising = sorted(range(table.rows), key=values.__getitem__)
        cut_at = [rising[int(k)] for k in generator.integers(0, table.rows, categories - 1)]
        (p_permuted,) = settings.p_permuted.many(generator, 1)
        (p_reversed,) = settings.p_reversed.many(generator, 1)
        relabelled = sample_relabelling(categories, p_permuted, p_reversed, generator)
        below = [sum(values[row] < x for row in cut_at) for x in values]
        return [int(relabelled[k]) for k in below], cut_at

    def _gathered(self, table: Table, its: GatheredRecord) -> list[float]:
        child = self.schema.by_name[its.table]
        keys = self._frames[child.name][its.foreign_key].to_list()
        node = node_of(its)
        values = [1.0] * child.rows if node is None else self.values(child, node)
        return gathered(its.kind, half_life_of(its), keys, values, table.rows)

    def _timed(self, table: Table, its: TimeSourceRecord) -> list[float]:
        """A source of the row's time, by one loop over the rows before each."""
        frame = self._frames[table.name]
        if its.kind == "trait":
            uniform = Trait(self.schema.seed, table.id, table.rows).block(0)
            return list(np.float32([NormalDist().inv_cdf(u) for u in uniform]).tolist())
        times = frame["date"].to_list()
        if its.kind in ("moment", "hour", "weekday", "season"):
            phase = getattr(its, "phase", None)
            window = self.schema.window
            found = [of_time(its.kind, phase, t, window.start, window.end) for t in times]
        else:
            keys = frame[its.foreign_key].to_list()
            (column,) = (c for c in table.foreign_keys if c.name == its.foreign_key)
            parent = self._frames[column.references]
            of_parents = parent["date"].to_list() if its.kind == "age" else []
            found = of_key(its.kind, keys, times, of_parents)
        there = [x for x in found if x is not None]
        mean, sd = _moments(there) if there else (0.0, 1.0)
        scores = [0.0 if x is None else (x - mean) / (sd if sd > 1e-9 else 1.0) for x in found]
        return list(np.float32(scores).tolist())

    # Mixtures.

    def _parts(self, table: Table, j: int, given: list[float]) -> dict[str, list[float]]:
        """The components of a mixture, weighed."""
        budget, n = budget_of(self._node(table, j)), table.rows
        own = table_stream(self.schema, table).child("node", j)
        found: dict[str, list[float]] = {}
        if budget.causes:
            self._given[table.name, j] = given
            found["causes"] = self._of_causes(table, j, budget.causes)
            if (its := budget.strength) is not None:
                factors = self.strength(table, j)
                found["causes"] = [x * y for x, y in zip(found["causes"], factors, strict=True)]
        if (its := budget.trait) is not None:
            weight = its.sign * math.sqrt(its.share)
            found["trait"] = [weight * x for x in self.trait(table, its.trait)]
        if (its := budget.parent) is not None:
            parent = self._referenced(table, its.foreign_key)
            trait, keys = self.trait(parent, its.trait), self._keys(table, its.foreign_key)
            values = [None if key is None else trait[key] for key in keys]
            found["parent"] = _weighed(values, its.share, its.sign)
        if (its := budget.memory) is not None:
            (column,) = (c for c in table.foreign_keys if c.name == its.foreign_key)
            stream = reference_stream(self.schema, table, column).child("memory", its.chain.number)
            drawn = stream.generator(0).standard_normal(n, dtype=np.float32)
            keys = self._keys(table, its.foreign_key)
            if its.chain.kind == "sticky":
                stays = stream.child("sticks").generator(0).random(n) < its.chain.persistence
                chain = stuck(keys, stays.tolist(), drawn.tolist())
            else:
                chain = self._remembered(keys, its.chain.persistence, drawn)
            found["memory"] = [its.sign * math.sqrt(its.share) * x for x in chain]
        if (its := budget.drift) is not None:
            window, stream = self.schema.window, own.child("drift")
            times = self._frames[table.name]["date"].to_list()
            values = drifting(its.drift, times, window.start, window.end, stream)
            found["drift"] = _weighed(values, its.share, its.sign)
        if (its := budget.children) is not None:
            self._given[table.name, ~j] = self._gathered(table, its.gathered)
            values = self._of_causes(table, ~j, its.share)
            found["children"] = [its.sign * x for x in values]
        if (its := budget.block) is not None:
            found["block"] = self._of_block(table, j, its)
        if (its := budget.batch) is not None:
            found["batch"] = [
                its.sign * math.sqrt(its.share) * x for x in self._of_batch(table, its)
            ]
        if budget.noise:
            drawn = own.child("mixed_noise").generator(0).standard_normal(n, dtype=np.float32)
            found["noise"] = [math.sqrt(budget.noise) * x for x in drawn.tolist()]
        return found

    def strength(self, table: Table, j: int) -> list[float]:
        """By what the share of causes is multiplied in each row."""
        its, window = budget_of(self._node(table, j)).strength, self.schema.window
        stream = table_stream(self.schema, table).child("node", j, "strength")
        times = self._frames[table.name]["date"].to_list()
        path = drifting(its.drift, times, window.start, window.end, stream)
        moving = _weighed(path, its.share, its.sign)
        factors = [x + math.sqrt(1 - its.share) for x in moving]
        square = math.fsum(x * x for x in factors) / len(factors)
        return [x / math.sqrt(square) for x in factors]

    def _of_batch(self, table: Table, its: BatchShare) -> list[float]:
        """A trait of the batch of each row."""
        stream, n = table_stream(self.schema, table).child("batches"), table.rows
        ends = stream.child("ends").generator(0).random(n).tolist()
        traits = iter(
            stream.child("trait", its.trait).generator(0).standard_normal(n, dtype=np.float32)
        )
        found: list[float] = []
        for row, end in enumerate(ends):
            is_new = row == 0 or end < 1 / its.mean_rows
            found.append(float(next(traits)) if is_new else found[-1])
        return found

    def _of_block(self, table: Table, j: int, its: BlockShare) -> list[float]:
        """A number of the block of a row, or of the row that it refers to."""
        child = self.schema.by_name[its.child]
        (column,) = (c for c in child.foreign_keys if c.name == its.foreign_key)
        levels = column.block_model.levels[: its.levels]
        n_clusters = math.prod(level.parent_clusters for level in levels)
        stream = table_stream(self.schema, child).child("blocks", its.foreign_key, its.levels)
        rows: list[int | None] = list(range(table.rows))
        n = table.rows
        if its.of == "parent":
            rows = self._keys(table, its.foreign_key)
            n = self._referenced(table, its.foreign_key).rows
        k = min(n_clusters, n)
        numbers = stream.child(table.name, j).generator().standard_normal(k)
        # cluster c holds the rows from ⌊c n / k⌋ on
        blocks = [r if r is None else max(c for c in range(k) if c * n // k <= r) for r in rows]
        return _weighed([b if b is None else float(numbers[b]) for b in blocks], its.share, 1)

    def _of_causes(self, table: Table, j: int, share: float) -> list[float]:
        """What the causal graph gives, held and standardised by itself."""
        given = self._given[table.name, j]
        low, high, mean, sd = self.scale(table, j)
        weight = math.sqrt(share) / sd if sd > 1e-6 * abs(mean) else 0.0
        return [(min(max(x, low), high) - mean) * weight for x in given]

    def scale(self, table: Table, j: int) -> tuple[float, float, float, float]:
        """Between which values it is held, and the moments of what is so held."""
        rising = sorted(self._given[table.name, j])
        first, middle, last = (rising[int(q * (len(rising) - 1))] for q in (0.1, 0.5, 0.9))
        reach = 2 * (last - first) or math.inf
        low, high = middle - reach, middle + reach
        return low, high, *_moments([min(max(x, low), high) for x in rising])

    def _keys(self, table: Table, foreign_key: str) -> list[int | None]:
        return self._frames[table.name][foreign_key].to_list()

    def _referenced(self, table: Table, foreign_key: str) -> Table:
        (column,) = (c for c in table.foreign_keys if c.name == foreign_key)
        return self.schema.by_name[column.references]

    def trait(self, table: Table, number: int) -> list[float]:
        """A hidden trait of a small table's rows."""
        if number == 0:
            uniform = Trait(self.schema.seed, table.id, table.rows).block(0)
            return [NormalDist().inv_cdf(u) for u in uniform.tolist()]
        own = table_stream(self.schema, table).child("hidden_trait", number)
        return own.generator(0).standard_normal(table.rows, dtype=np.float32).tolist()

    def _remembered(self, keys: list[int | None], rho: float, drawn: Any) -> list[float]:
        return remembered(keys, rho, drawn.tolist())


def remembered(keys: Sequence[int | None], rho: float, drawn: Sequence[float]) -> list[float]:
    """Along the rows of each key, each a share of the one before and what is drawn for it."""
    found, last = [], {}
    for key, x in zip(keys, drawn, strict=True):
        if key is not None:
            x = rho * last[key] + math.sqrt(1 - rho * rho) * x if key in last else x
            last[key] = x
        found.append(x)
    return found


def stuck(keys: Sequence[int | None], stays: Sequence[bool], drawn: Sequence[float]) -> list[float]:
    """Along the rows of each key, the one before where it stays, else what is drawn for it."""
    found, last = [], {}
    for key, is_kept, x in zip(keys, stays, drawn, strict=True):
        if key is not None:
            x = last[key] if is_kept and key in last else x
            last[key] = x
        found.append(x)
    return found


def drifting(
    its: Any, times: Sequence[dt.datetime], start: dt.date, end: dt.date, stream: Any
) -> list[float]:
    """What moves with time, not standardised, in the cell of the window that a time lies in."""
    midnight, span = dt.datetime.combine(start, dt.time()), dt.timedelta(days=(end - start).days)
    cells = [min(math.floor((t - midnight) / span * 4096), 4095) for t in times]
    days = [(cell + 0.5) / 4096 * (end - start).days for cell in cells]
    match its.kind:
        case "gradual":
            return [math.tanh(((cell + 0.5) / 4096 - its.at) / its.width) for cell in cells]
        case "seasonal":
            passed = start.timetuple().tm_yday - 1
            turns = [(passed + day) / 365.2425 - its.at for day in days]
            return [math.cos(2 * math.pi * turn) for turn in turns]
        case "step":
            return [float(sum(c < cell for c in cells) >= its.at * len(cells)) for cell in cells]
    weeks = [day / 7 for day in days]
    n_weeks = math.floor((1 - 0.5 / 4096) * (end - start).days / 7) + 2
    knots = remembered([0] * n_weeks, its.persistence, stream.generator().standard_normal(n_weeks))
    found = []
    for week in weeks:
        k = math.floor(week)
        found.append(knots[k] + (week - k) * (knots[k + 1] - knots[k]))
    return found


def _weighed(values: Sequence[float | None], share: float, sign: int = 1) -> list[float]:
    """Values of mean 0 and this variance over those that are there; 0 for others."""
    there = [x for x in values if x is not None]
    mean, sd = _moments(there) if there else (0.0, 0.0)
    weight = sign * math.sqrt(share) / sd if sd > 1e-6 else 0.0
    return [0.0 if x is None else weight * (x - mean) for x in values]


def of_time(what: str, phase: float | None, t: dt.datetime, start: dt.date, end: dt.date) -> float:
    """What a time alone gives, not standardised; to a microsecond."""
    midnight = dt.datetime.combine(start, dt.time())
    match what:
        case "moment":
            return (t - midnight) / dt.timedelta(days=(end - start).days)
        case "hour":
            turns = (t - dt.datetime.combine(t.date(), dt.time())) / dt.timedelta(days=1)
        case "weekday":
            turns = t.weekday() / 7
        case "season":
            turns = (t.timetuple().tm_yday - 1) / 365.2425
    return math.cos(2 * math.pi * (turns - phase))


def of_key(
    what: str,
    keys: Sequence[int | None],
    times: Sequence[dt.datetime],
    of_parents: Sequence[dt.datetime],
) -> list[float | None]:
    """What a row's time gives by its reference, not standardised; none where there is nothing."""
    found: list[float | None] = []
    for row, key in enumerate(keys):
        before = [times[r] for r in range(row) if keys[r] == key]
        if key is None or (what == "since_last" and not before):
            found.append(None)
        elif what == "so_far":
            found.append(math.log(1 + len(before)))
        else:
            since = times[row] - (of_parents[key] if what == "age" else before[-1])
            days = since / dt.timedelta(days=1)
            found.append(math.copysign(math.log(1 + abs(days)), days))
    return found


def gathered(
    aggregate: str,
    half_life: float | None,
    keys: Sequence[int | None],
    values: Sequence[float],
    n_parents: int,
) -> list[float]:
    """What each parent gathers of the children that refer to it."""
    n = len(keys)
    of_parent: list[list[float]] = [[] for _ in range(n_parents)]
    for row, (key, value) in enumerate(zip(keys, values, strict=True)):
        if key is None:
            continue
        if aggregate == "decayed_sum":
            value *= 0.5 ** ((n - 1 - row) / (half_life * n))
        of_parent[key].append(value)
    if aggregate == "count":
        return [float(len(its)) for its in of_parent]
    if aggregate == "lifetime":
        rows = [[row for row, key in enumerate(keys) if key == p] for p in range(n_parents)]
        return [(its[-1] - its[0]) / n if its else 0.0 for its in rows]
    if aggregate in ("sum", "decayed_sum"):
        return [math.fsum(its) for its in of_parent]
    one = {"mean": lambda its: math.fsum(its) / len(its), "max": max, "min": min}[aggregate]
    found = [one(its) for its in of_parent if its]
    usual = math.fsum(found) / len(found)  # of the parents that have children
    return [one(its) if its else usual for its in of_parent]


def _category_at(point: float, p: Sequence[float]) -> int:
    total = 0.0
    for category, its in enumerate(p):
        total += its
        if point < total:
            return category
    return len(p) - 1


def _clip(x: float, most: float) -> float:
    return x if -most <= x <= most else min(max(x, -most), most)


def _aggregate(name: str, its: Sequence[float]) -> float:
    match name:
        case "sum":
            return math.fsum(its)
        case "maximum":
            return max(its)
        case "product":
            return math.prod(its)
        case _:
            highest = max(its)
            return highest + math.log(math.fsum(math.exp(x - highest) for x in its))


def _moments(values: Sequence[float]) -> tuple[float, float]:
    mean = math.fsum(values) / len(values)
    return mean, math.sqrt(math.fsum((x - mean) ** 2 for x in values) / len(values))
