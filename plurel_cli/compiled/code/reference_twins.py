"""Twins of what comes from referenced rows: columns packed as what compiled code asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code import folds, references, tables
from plurel_cli.compiled.code.mechanisms import N_OUT
from plurel_cli.compiled.code.packing import N_WORDS, Row, address, rows_of
from plurel_cli.compiled.code.whole_nodes import REACH, Unknown, described, packed_once
from plurel_cli.kernel.twins import Twin

Floats = NDArray[np.float32]
Wholes = NDArray[np.int64]

_SLICE_ROWS = 1 << 11
_SINGLE = 4  # bytes
_NOTHING = np.empty(0, dtype=np.float32)


class PackedColumns(NamedTuple):
    """Columns as compiled code asks for them.

    Attributes
    ----------
    rows
        What is said of each but where its values lie, shape (columns, words).
    codes
        How encodings are joined, of each aggregation.
    width
        Of an encoding.
    numbers, mechanisms
        Which columns are encoded row by row, and the mechanism of each.
    factors
        What the numbers of these are standardised by, and their encodings multiplied with.
    largest
        The largest encodings, where some are lifted.
    kept
        Arrays that lie where it says.
    """

    rows: Wholes
    codes: Wholes
    width: int
    numbers: Sequence[int]
    mechanisms: Wholes
    factors: Floats
    largest: Floats
    kept: tuple[Any, ...]


def _packed(columns: Any) -> PackedColumns:
    """Columns of `features.references`."""
    kept: list[Any] = []
    codes = [folds.CODES.get(kind, -1) for kind in columns.kinds]
    if -1 in codes:
        raise Unknown
    n_in = [1 if embeddings is None else embeddings.shape[1] for embeddings in columns.embeddings]
    of_mechanisms = rows_of(columns.mechanisms, n_in, kept)
    if of_mechanisms is None:
        raise Unknown
    rows: list[Row] = []
    factors: list[tuple[float, float, float]] = []
    points: list[tuple[int, int]] = []
    numbers: list[int] = []
    for index, (cause, embeddings) in enumerate(
        zip(columns.causes, columns.embeddings, strict=True)
    ):
        kind, number, where, n, mean, scale = described(cause, embeddings)
        rows.append((number, where, n))
        factors.append((mean, scale, 1.0))
        grid = cause.grid if kind == "grid" else None
        points.append((0, 0) if grid is None else (address(grid.points), len(grid.points)))
        if kind == "number":
            numbers.append(index)
    causes = np.concatenate([np.array(rows, dtype=np.int64), of_mechanisms], axis=1)
    of_causes = np.array(factors, dtype=np.float32)
    sizes, width = causes[:, tables.N_TABLE].copy(), int(of_mechanisms[0, N_OUT])
    encodings = np.empty(int(sizes.sum()) * width, dtype=np.float32)
    if tables.tabulate(causes, of_causes, width, REACH, encodings, _NOTHING) == tables.FAILED:
        raise Unknown
    lifted, largest = encodings, _NOTHING
    if folds.LOGSUMEXP in codes and not numbers:
        copied, highest = encodings.copy(), np.empty(width, dtype=np.float32)
        if tables.lift(sizes, width, REACH, copied, highest) == 0:
            lifted, largest = copied, highest
            codes[codes.index(folds.LOGSUMEXP)] = references.LIFTED_SUM
    packed = np.zeros((len(rows), references.N_WORDS), dtype=np.int64)
    packed[:, : tables.MECHANISM] = causes[:, : tables.MECHANISM]
    packed[:, references.LIFTED] = causes[:, tables.TABLE] + (address(lifted) - address(encodings))
    packed[:, references.POINTS :] = points
    return PackedColumns(
        packed,
        np.array(codes, dtype=np.int64),
        width,
        numbers,
        of_mechanisms[numbers],
        of_causes[numbers],
        largest,
        (encodings, lifted, kept),
    )


def _with_values(packed: PackedColumns, causes: Sequence[Any], values: Sequence[Any]) -> Wholes:
    """Columns with where their values lie."""
    rows = packed.rows.copy()
    for index, (cause, of_cause) in enumerate(zip(causes, values, strict=True)):
        if cause.kind != "constant":
            if of_cause.dtype != (np.int32 if cause.kind == "rows" else np.float32):
                raise Unknown
            rows[index, references.VALUES] = address(of_cause)
    return rows


def _with_numbers(packed: PackedColumns, rows: Wholes, begin: int, n: int) -> Floats:
    """Encodings of some rows of the columns that are encoded row by row, of which it is written
    where they lie.
    """
    size = n * packed.width
    encodings = np.empty(len(packed.numbers) * size, dtype=np.float32)
    if packed.numbers:
        jobs = np.empty((len(packed.numbers), tables.MECHANISM + N_WORDS), dtype=np.int64)
        jobs[:, tables.KIND], jobs[:, tables.N_TABLE] = tables.ROWS, n
        jobs[:, tables.TABLE] = rows[packed.numbers, references.VALUES] + _SINGLE * begin
        jobs[:, tables.MECHANISM :] = packed.mechanisms
        given = packed.factors, packed.width, REACH, encodings, _NOTHING
        if tables.tabulate(jobs, *given) == tables.FAILED:
            raise Unknown
        rows[packed.numbers, references.TABLE] = jobs[:, tables.TABLE]
        rows[packed.numbers, references.N_TABLE] = n
    return encodings


def varying(definition: Callable[..., Any]) -> Callable[..., Any]:
    """The twin of `features.references.varying`."""

    def varying_of(columns: Any, levels: Sequence[Any]) -> tuple[bool, ...]:
        n = len(levels[0])
        try:
            packed = packed_once(columns, _packed)
            rows = _with_values(packed, columns.causes, levels)
            kept = _with_numbers(packed, rows, 0, n)
        except (Unknown, TypeError):
            return tuple(definition(columns, levels))
        acts = np.empty(len(rows), dtype=np.int64)
        if references.differing(rows, n, packed.width, acts):
            return tuple(definition(columns, levels))
        del kept
        return tuple(acts.astype(np.bool_).tolist())

    return varying_of


def referenced(definition: Callable[..., Any]) -> Callable[..., Any]:
    """The twin of `features.references.aggregated`."""

    def aggregated(columns: Any, values: Sequence[Any]) -> Any:
        n = len(values[0])
        share = np.float32(1.0 / len(values))
        try:
            packed = packed_once(columns, _packed)
            rows = _with_values(packed, columns.causes, values)
            out = np.empty((len(packed.codes), n, packed.width), dtype=np.float32)
            for begin in range(0, n, _SLICE_ROWS):
                of_slice = min(_SLICE_ROWS, n - begin)
                kept = _with_numbers(packed, rows, begin, of_slice)
                of_all = packed.codes, rows, begin, of_slice, share, packed.largest, out
                if references.aggregate(*of_all):
                    raise Unknown
                del kept
        except (Unknown, TypeError):
            return definition(columns, values)
        return dict(zip(columns.kinds, out, strict=True))

    return aggregated


REFERENCE_TWINS: Mapping[str, Twin] = {"varying": varying, "referenced": referenced}
