"""Twins that evaluate whole nodes: their arguments packed as what compiled code asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code import acts, folds, nodes
from plurel_cli.compiled.code.packing import N_WORDS, Row, address, row_of
from plurel_cli.kernel.twins import Twin

Floats = NDArray[np.float32]
Wholes = NDArray[np.int64]

_KINDS = {
    "grid": nodes.GRID,
    "rows": nodes.ROWS,
    "constant": nodes.CONSTANT,
    "number": nodes.NUMBER,
}
_NO_MECHANISM = (0,) * N_WORDS
_N_FACTORS = 3
_REACH = np.float32(60.0)
_PLAIN = (0.0, 1.0, 1.0)


class Unknown(Exception):
    """Compiled code does not know something of what is asked for, or cannot do it."""


class PackedNode(NamedTuple):
    """A node as compiled code asks for it.

    Attributes
    ----------
    kinds
        Of its causes.
    causes
        What is said of each but where its values lie, shape (causes, words).
    factors
        What the number of each is standardised by, and its encoding multiplied with.
    plan
        What is said of the node, but for what comes from referenced rows, and where its values go.
    code
        How encodings are joined, where they are lifted.
    kept
        Arrays that lie where it says.
    """

    kinds: tuple[str, ...]
    causes: Wholes
    factors: Floats
    plan: list[int]
    code: int
    kept: tuple[Any, ...]


def _tables(
    mechanisms: Sequence[Any],
    inputs: Sequence[Floats],
    weights: Sequence[float],
    kept: list[Any],
) -> tuple[Floats, list[tuple[int, int, int, int]]]:
    """All encodings of some inputs, and where those of each begin and end, and their shape."""
    jobs, shapes, end = [], [], 0
    for mechanism, x in zip(mechanisms, inputs, strict=True):
        row = _row_of(mechanism, x.shape[1], kept)
        if not x.flags.c_contiguous:
            raise Unknown
        n, width = len(x), row[2]
        jobs.append((address(x), n, end, *row))
        shapes.append((end, end + n * width, n, width))
        end += n * width
    factors = np.empty((len(jobs), _N_FACTORS), dtype=np.float32)
    factors[:] = _PLAIN
    factors[:, nodes.WEIGHT] = weights
    out = np.empty(end, dtype=np.float32)
    if jobs and nodes.encode(np.array(jobs), factors, out):
        raise Unknown
    return out, shapes


def _row_of(mechanism: Any, n_in: int, kept: list[Any]) -> Row:
    row = row_of(mechanism, n_in, kept)
    if row is None:
        raise Unknown
    return row


def encodings(definition: Callable[..., list[Floats]]) -> Callable[..., list[Floats]]:
    """The twin of `features.encoders.encodings_of`."""

    def encodings_of(
        mechanisms: Sequence[Any], inputs: Sequence[Floats], weights: Sequence[float]
    ) -> list[Floats]:
        try:
            tables, shapes = _tables(mechanisms, inputs, weights, [])
        except (Unknown, TypeError):
            return definition(mechanisms, inputs, weights)
        return [tables[begin:end].reshape(n, width) for begin, end, n, width in shapes]

    return encodings_of


def _packed(model: Any) -> PackedNode:
    """A node of `features.mechanised`."""
    *mechanisms, decoder = model.drawn.mechanisms
    weights, width = model.embedding.weights, model.embedding.width
    kept: list[Any] = []
    code = folds.CODES.get(model.embedding.aggregation)
    if code is None:
        raise Unknown
    kinds = tuple(cause.kind for cause in model.causes)
    inputs = [
        cause.tabulated(embeddings)
        for cause, embeddings in zip(model.causes, model.drawn.embeddings, strict=False)
    ]
    which = [index for index, x in enumerate(inputs) if x is not None]
    tables, shapes = _tables(
        [mechanisms[index] for index in which],
        [inputs[index] for index in which],
        [weights[index] for index in which],
        kept,
    )
    is_liftable = code == folds.LOGSUMEXP and len(which) == len(kinds) > 0
    largest = _lifted(tables, [n for _, _, n, _ in shapes], width) if is_liftable else None
    first = address(tables)
    of_tables = iter([(first + tables.itemsize * begin, n) for begin, _, n, _ in shapes])
    rows: list[Row] = []
    factors: list[tuple[float, float, float]] = []
    for index, (kind, cause) in enumerate(zip(kinds, model.causes, strict=True)):
        if kind == "number":
            rows.append((nodes.NUMBER, 0, 0, 0, 0, 0, *_row_of(mechanisms[index], 1, kept)))
            factors.append((cause.mean, 1.0 / cause.sd, weights[index]))
        else:
            rows.append((_KINDS[kind], *next(of_tables), 0, 0, 0, *_NO_MECHANISM))
            factors.append(_PLAIN)
    compared = model.compared
    categories = (0, 0) if compared is None else (address(compared.held), compared.shape[1])
    lifted_at = 0 if largest is None else address(largest)
    quantiles = address(model.noise.quantiles)
    of_decoder = _row_of(decoder, width, kept)
    return PackedNode(
        kinds,
        np.array(rows, dtype=np.int64).reshape(len(rows), nodes.MECHANISM + N_WORDS),
        np.array(factors, dtype=np.float32).reshape(len(rows), _N_FACTORS),
        [code, width, 0, 0, lifted_at, quantiles, *categories, 0, *of_decoder],
        code if largest is None else folds.SUM,
        (tables, largest, kept),
    )


def _lifted(tables: Floats, n_rows: Sequence[int], width: int) -> Floats | None:
    """The largest encodings of tables that are lifted, if they can be, in place."""
    largest = np.empty(width, dtype=np.float32)
    is_left = nodes.lift(np.array(n_rows), width, _REACH, tables, largest)
    return None if is_left else largest


def _packed_once(model: Any) -> PackedNode:
    """A node, packed when it is first asked for."""
    if model.packed is None:
        try:
            model.packed = _packed(model)
        except (Unknown, TypeError):
            model.packed = False
    if model.packed is False:
        raise Unknown
    packed: PackedNode = model.packed
    return packed


def _given(packed: PackedNode, inputs: Sequence[tuple[NDArray[Any], Any]]) -> Wholes:
    """The causes of a node with their values, and where these lie on grids."""
    causes = packed.causes.copy()
    where = []
    for kind, (values, positions) in zip(packed.kinds, inputs, strict=True):
        if kind == "grid":
            where.append((0, address(positions.cell), address(positions.share)))
        elif kind == "constant":
            where.append((0, 0, 0))
        elif values.dtype == (np.int32 if kind == "rows" else np.float32):
            where.append((address(values), 0, 0))
        else:
            raise Unknown
    if where:
        causes[:, nodes.VALUES : nodes.SHARES + 1] = where
    return causes


def node(definition: Callable[..., Any]) -> Callable[..., Any]:
    """The twin of the values of a node."""

    def values_of(model: Any, computed: Any) -> Any:
        try:
            packed = _packed_once(model)
            inputs = [
                (computed.values[cause], computed.positions(cause) if kind == "grid" else None)
                for cause, kind in zip(model.nodes, packed.kinds, strict=True)
            ]
            causes = _given(packed, inputs)
        except (Unknown, TypeError):
            return definition(model, computed)
        rows, plan = computed.rows, packed.plan.copy()
        shared = computed.shared(model.embedding.aggregation)
        if shared is not None:
            plan[nodes.SHARED], plan[nodes.SHARED_WIDTH] = address(shared), shared.shape[1]
        out = np.empty(rows.n, dtype=model.kind)
        plan[nodes.OUT] = address(out)
        seeds = model.noise.seeds([piece.index for piece in rows])
        if nodes.node(np.array(plan), causes, packed.factors, _REACH, rows.ends, seeds):
            return definition(model, computed)
        return out

    return values_of


def acting(definition: Callable[..., Any]) -> Callable[..., Any]:
    """The twin of what is seen to act on a node."""

    def acting_of(model: Any, n: int, probes: Sequence[Any]) -> tuple[bool, ...]:
        try:
            packed = _packed_once(model)
            inputs = [
                (probe.values, probe.positions if kind == "grid" else None)
                for probe, kind in zip(probes, packed.kinds, strict=True)
            ]
            causes = _given(packed, inputs)
        except (Unknown, TypeError):
            return tuple(definition(model, n, probes))
        acting_causes = np.empty(len(causes), dtype=np.int64)
        width, n_values = packed.plan[nodes.WIDTH], len(probes[0].values)
        if acts.acting(packed.code, width, n, causes, packed.factors, acting_causes, n_values):
            return tuple(definition(model, n, probes))
        return tuple(acting_causes.astype(np.bool_).tolist())

    return acting_of


NODE_TWINS: Mapping[str, Twin] = {"encodings": encodings, "node": node, "acting": acting}
