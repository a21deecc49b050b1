"""Twins that evaluate whole nodes: their arguments packed as what compiled code asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code import acts, folds, nodes, tables
from plurel_cli.compiled.code.mechanisms import N_OUT
from plurel_cli.compiled.code.packing import N_WORDS, Row, address, row_of, rows_of
from plurel_cli.kernel.twins import Twin

Floats = NDArray[np.float32]
Wholes = NDArray[np.int64]
Values = NDArray[Any]

_KINDS = {
    "grid": tables.GRID,
    "rows": tables.ROWS,
    "constant": tables.CONSTANT,
    "number": tables.NUMBER,
}
_N_FACTORS, _N_PLACES = 3, 3
REACH = np.float32(60.0)
"""How far below the largest encodings those may lie that are lifted."""

_PLAIN = (0.0, 1.0, 1.0)
_NO_SINGLES = np.empty(0, dtype=np.float32)


Packed = TypeVar("Packed")


class Unknown(Exception):
    """Compiled code does not know something of what is asked for, or cannot do it."""


class PackedNode(NamedTuple):
    """A node as compiled code asks for it.

    Attributes
    ----------
    kinds
        Of its causes.
    causes
        What is said of each, shape (causes, words).
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


def _encoded(
    mechanisms: Sequence[Any], inputs: Sequence[Floats], weights: Sequence[float]
) -> list[Floats]:
    """What mechanisms make of an input each."""
    rows: list[Row] = []
    kept: list[Any] = []
    sizes: list[int] = []
    for mechanism, x in zip(mechanisms, inputs, strict=True):
        row = _row_of(mechanism, x.shape[1], kept)
        if not x.flags.c_contiguous:
            raise Unknown
        rows.append((tables.ROWS, address(x), len(x), *row))
        sizes.append(len(x) * row[N_OUT])
    if not rows:
        return []
    factors = np.empty((len(rows), _N_FACTORS), dtype=np.float32)
    factors[:] = _PLAIN
    factors[:, tables.WEIGHT] = weights
    ends = np.cumsum(sizes)
    out = np.empty(int(ends[-1]), dtype=np.float32)
    of_tables = np.array(rows, dtype=np.int64)
    if tables.tabulate(of_tables, factors, 0, REACH, out, _NO_SINGLES) == tables.FAILED:
        raise Unknown
    several = np.split(out, ends[:-1])
    return [encodings.reshape(len(x), -1) for encodings, x in zip(several, inputs, strict=True)]


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
            return _encoded(mechanisms, inputs, weights)
        except (Unknown, TypeError):
            return definition(mechanisms, inputs, weights)

    return encodings_of


Described: TypeAlias = tuple[str, int, int, int, float, float]
"""The kind of a cause, and its number; where that lies which its encodings are made of, and how
many rows it has; and by what it is standardised.
"""


def described(cause: Any, embeddings: Floats | None) -> Described:
    """What is said of a cause, whatever acts: noted with the cause, unless it is embedded.

    Parameters
    ----------
    cause
        The cause.
    embeddings
        Of its categories, where these are embedded; whoever asks keeps them.

    Returns
    -------
    tuple
    """
    if cause.packed and embeddings is None:
        known: Described = cause.packed["described"]
        return known
    kind = cause.kind
    x = cause.tabulated(embeddings)
    where, n = (0, 0) if x is None else (address(x), len(x))
    standard = (cause.mean, 1.0 / cause.sd) if x is None else _PLAIN[:2]
    of_cause: Described = kind, _KINDS[kind], where, n, *standard
    if embeddings is None:
        cause.packed.update(described=of_cause, table=x)
    return of_cause


def _packed(model: Any) -> PackedNode:
    """A node of `features.mechanised`."""
    drawn, width = model.drawn, model.embedding.width
    kept: list[Any] = []
    code = folds.CODES.get(model.embedding.aggregation)
    if code is None:
        raise Unknown
    n_in = [1 if embeddings is None else width for embeddings in drawn.embeddings[:-1]]
    of_mechanisms = rows_of(drawn.mechanisms, [*n_in, width], kept)
    if of_mechanisms is None:
        raise Unknown
    kinds: list[str] = []
    rows: list[Row] = []
    factors: list[tuple[float, float, float]] = []
    n_tables, is_liftable = 0, code == folds.LOGSUMEXP and len(model.causes) > 0
    for cause, embeddings, weight in zip(
        model.causes, drawn.embeddings[:-1], model.embedding.weights, strict=True
    ):
        kind, number, where, n, mean, scale = described(cause, embeddings)
        kinds.append(kind)
        rows.append((number, where, n))
        factors.append((mean, scale, weight))
        n_tables += n
        is_liftable &= n > 0
    causes = np.empty((len(rows), tables.MECHANISM + N_WORDS), dtype=np.int64)
    if rows:
        causes[:, : tables.MECHANISM] = rows
        causes[:, tables.MECHANISM :] = of_mechanisms[:-1]
    of_causes = np.array(factors, dtype=np.float32).reshape(-1, _N_FACTORS)
    encodings = np.empty(n_tables * width, dtype=np.float32)
    largest = np.empty(width, dtype=np.float32) if is_liftable else _NO_SINGLES
    outcome = tables.tabulate(causes, of_causes, width, REACH, encodings, largest) if rows else 0
    if outcome == tables.FAILED:
        raise Unknown
    is_lifted = outcome == tables.LIFTED
    compared = model.compared
    categories = (0, 0) if compared is None else (address(compared.held), compared.shape[1])
    lifted_at = address(largest) if is_lifted else 0
    quantiles = address(model.noise.quantiles)
    plan = [code, width, 0, 0, lifted_at, quantiles, *categories, 0, *of_mechanisms[-1].tolist()]
    how = folds.SUM if is_lifted else code
    return PackedNode(tuple(kinds), causes, of_causes, plan, how, (encodings, largest, kept))


def packed_once(holder: Any, pack: Callable[[Any], Packed]) -> Packed:
    """What compiled code asks for of something, packed when it is first asked for.

    Parameters
    ----------
    holder
        A node, or referenced columns, which keeps what is packed.
    pack
        What packs it.

    Returns
    -------
    tuple
        As `pack` gives it.

    Raises
    ------
    Unknown
        If compiled code does not know something of it.
    """
    if holder.packed is None:
        try:
            holder.packed = pack(holder)
        except (Unknown, TypeError):
            holder.packed = False
    if holder.packed is False:
        raise Unknown
    packed: Packed = holder.packed
    return packed


def _place(kind: str, values: Values, positions: Callable[[], Any]) -> tuple[Any, Row, Any]:
    """Where the values of a cause lie, or where these are on its grid; between those arrays, which
    are to be kept.

    Parameters
    ----------
    kind
        Of the cause.
    values, positions
        Its values, and what gives their positions.
    """
    at = positions() if kind == "grid" else None
    if at is not None:
        return values, (0, address(at.cell), address(at.share)), at
    if kind == "constant":
        return values, (0, 0, 0), None
    if values.dtype != (np.int32 if kind == "rows" else np.float32):
        raise Unknown
    return values, (address(values), 0, 0), None


def _place_of_rows(computed: Any, node: int, kind: str) -> Row:
    """Where values of a node lie in the rows that are computed, noted with these."""
    values = computed.values[node]
    noted = computed.packed.get((node, kind))
    if noted is None or noted[0] is not values:
        noted = _place(kind, values, partial(computed.positions, node))
        computed.packed[node, kind] = noted
    place: Row = noted[1]
    return place


def _place_of_probe(probe: Any, kind: str) -> Row:
    """Where the values of a probe lie, noted with it."""
    probe.packed[kind] = noted = _place(kind, probe.values, lambda: probe.positions)
    return noted[1]


def _places(several: list[Row]) -> Wholes:
    return np.array(several, dtype=np.int64).reshape(-1, _N_PLACES)


def node(definition: Callable[..., Any]) -> Callable[..., Any]:
    """The twin of the values of a node."""

    def values_of(model: Any, computed: Any) -> Any:
        try:
            packed = packed_once(model, _packed)
            where = [
                _place_of_rows(computed, cause, kind)
                for cause, kind in zip(model.nodes, packed.kinds, strict=True)
            ]
        except (Unknown, TypeError):
            return definition(model, computed)
        rows, plan = computed.rows, packed.plan.copy()
        shared = computed.shared(model.embedding.aggregation)
        if shared is not None:
            plan[nodes.SHARED], plan[nodes.SHARED_WIDTH] = address(shared), shared.shape[1]
        out = np.empty(rows.n, dtype=model.kind)
        plan[nodes.OUT] = address(out)
        seeds = model.noise.seeds([piece.index for piece in rows])
        of_causes = packed.causes, packed.factors, _places(where)
        if nodes.node(np.array(plan), *of_causes, REACH, rows.ends, seeds):
            return definition(model, computed)
        return out

    return values_of


def acting(definition: Callable[..., Any]) -> Callable[..., Any]:
    """The twin of what is seen to act on a node."""

    def acting_of(model: Any, n: int, probes: Sequence[Any]) -> tuple[bool, ...]:
        try:
            packed = packed_once(model, _packed)
            where = [
                probe.packed[kind][1] if kind in probe.packed else _place_of_probe(probe, kind)
                for probe, kind in zip(probes, packed.kinds, strict=True)
            ]
        except (Unknown, TypeError):
            return tuple(definition(model, n, probes))
        acting_causes = np.empty(len(probes), dtype=np.int64)
        width, n_values = packed.plan[nodes.WIDTH], len(probes[0].values)
        of_causes = packed.causes, packed.factors, _places(where)
        if acts.acting(packed.code, width, n, *of_causes, acting_causes, n_values):
            return tuple(definition(model, n, probes))
        return tuple(acting_causes.astype(np.bool_).tolist())

    return acting_of


NODE_TWINS: Mapping[str, Twin] = {"encodings": encodings, "node": node, "acting": acting}
