"""Uniform and normal float32 numbers from raw bits, for weights by the million.

Numpy's own float32 normals cost 7.5 ns each and its uniforms 2. Here a word of the bit generator
gives two uniforms of 32 bits at half the cost, or four normals at a fifth of it: quantiles from a
table of 2¹⁶. All is made slice by slice: thousands of matrices do not fit into the cache at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.kernel import twin
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.normal_quantile import normal_table, truncated_table

Floats = NDArray[np.float32]

_SLICE = 1 << 16
"""Numbers made at once; with their temporaries they stay in the cache."""

_A_WORD = 4
"""Most numbers that a word of the bit generator gives."""


def slices(n: int, size: int = 1) -> list[slice]:
    """Slices of n rows of some numbers each that are made at once, without a word in common.

    Parameters
    ----------
    n
        Rows.
    size
        Numbers in each.

    Returns
    -------
    list of slice
        Of the rows, in order.

    Examples
    --------
    >>> slices(100, 1 << 10)
    [slice(0, 64, None), slice(64, 100, None)]
    """
    step = _A_WORD * max(1, _SLICE // (_A_WORD * size))
    return [slice(first, min(first + step, n)) for first in range(0, n, step)]


def uniforms(generator: Generator, n: int, bound: float) -> Floats:
    """Uniform numbers from −bound to bound, shape (n,).

    Parameters
    ----------
    generator
        Randomness.
    n
        How many.
    bound
        The bound.

    Returns
    -------
    ndarray
        float32, shape (n,).
    """
    values = np.empty(n, dtype=np.float32)
    for rows in slices(n):
        part = values[rows]
        part[...] = generator.halves(len(part)).view(np.int32)
        part *= np.float32(bound * 2.0**-31)
    return values


def normals(generator: Generator, n: int, sd: float = 1.0) -> Floats:
    """Normal numbers of mean zero and the given standard deviation, shape (n,).

    Parameters
    ----------
    generator
        Randomness.
    n
        How many.
    sd
        Standard deviation.

    Returns
    -------
    ndarray
        float32, shape (n,).

    Notes
    -----
    Quantiles by 16 random bits, the outermost 4.3 standard deviations away.
    """
    return looked_up(normal_table(), generator, n, sd)


def truncated_normals(generator: Generator, n: int, sd: float = 1.0) -> Floats:
    """Normal numbers within two standard deviations, shape (n,): quantiles by 16 random bits.

    Parameters
    ----------
    generator
        Randomness.
    n
        How many.
    sd
        Standard deviation of the numbers before they are cut off.

    Returns
    -------
    ndarray
        float32, shape (n,).
    """
    return looked_up(truncated_table(), generator, n, sd)


@twin("looked_up")
def looked_up(table: Floats, generator: Generator, n: int, factor: float) -> Floats:
    """Numbers of a table by 16 random bits, each times a factor.

    Parameters
    ----------
    table
        2¹⁶ numbers.
    generator
        Randomness.
    n, factor
        How many, and the factor.

    Returns
    -------
    ndarray
        float32, shape (n,).
    """
    if n <= _SLICE:
        return _taken(table, generator.quarters(n), np.float32(factor))
    values = np.empty(n, dtype=np.float32)
    for part in slices(n):
        bits = generator.quarters(part.stop - part.start)
        values[part] = _taken(table, bits, np.float32(factor))
    return values


def _taken(table: Floats, bits: NDArray[np.uint16], factor: np.float32) -> Floats:
    values: Floats = table.take(bits, mode="clip")
    if factor != 1.0:
        values *= factor
    return values
