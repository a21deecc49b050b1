"""Random numbers by the array, the same on any machine and with any release of numpy.

Numpy's bit generators are stable; what it makes of their bits is not: its normal, gamma and beta
variables call the C library's exponential and logarithm, and its uniforms on an interval may be
rounded once or twice. Here all are made of raw bits by integers, + − × ÷ √ and functions of our
own.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import prod, sqrt
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import DTypeLike, NDArray

from plurel_cli.numerics.bits import Bits
from plurel_cli.numerics.elementary import logs
from plurel_cli.numerics.gammas import gammas
from plurel_cli.numerics.normal_quantile import across_steps
from plurel_cli.numerics.ordering import order_of_words

Doubles = NDArray[np.float64]
Size = int | tuple[int, ...]
AnyArray = TypeVar("AnyArray", bound=NDArray[Any])

_SLICE = 1 << 13
_DEVIATIONS = 12
"""Beyond so many standard deviations a count has no probability that a uniform could hit."""


class Generator:
    """Arrays of random numbers, drawn one after another from one bit generator.

    Parameters
    ----------
    bits
        The generator of bits; this object is its only user, but for compiled code.

    Notes
    -----
    Methods are named as numpy's are, and give the same distributions.

    Examples
    --------
    >>> generator = Generator(np.random.SFC64(1))
    >>> bool((generator.random(100) < 1.0).all())
    True
    """

    __slots__ = ("_raw", "bits")

    def __init__(self, bits: Bits) -> None:
        self.bits = bits
        self._raw = bits.random_raw

    def words(self, n: int) -> NDArray[np.uint64]:
        """n words of 64 random bits."""
        words: NDArray[np.uint64] = self._raw(n)
        return words

    def halves(self, n: int) -> NDArray[np.uint32]:
        """n integers of 32 random bits; a last half word is thrown away."""
        return _little(self._raw(-(-n // 2))).view(_HALF)[:n]

    def quarters(self, n: int) -> NDArray[np.uint16]:
        """n integers of 16 random bits; what is left of a last word is thrown away."""
        return _little(self._raw(-(-n // 4))).view(_QUARTER)[:n]

    def _uniform(self) -> float:
        return (int(self._raw()) >> 11) * 2.0**-53

    def _uniforms(self, n: int) -> Doubles:
        words = self.words(n)
        words >>= np.uint64(11)
        values: Doubles = words * np.float64(2.0**-53)
        return values

    @overload
    def random(self) -> float: ...
    @overload
    def random(self, size: Size) -> Doubles: ...
    @overload
    def random(self, size: Size, dtype: type[np.float32]) -> NDArray[np.float32]: ...
    def random(self, size: Size | None = None, dtype: type[Any] = np.float64) -> Any:
        """Uniform reals on [0, 1), multiples of 2⁻⁵³, or of 2⁻²⁴ in float32.

        Parameters
        ----------
        size
            Shape of what is drawn; one number by default.
        dtype
            float64 or float32.

        Returns
        -------
        float or ndarray
            Of that type and shape.
        """
        if size is None:
            return self._uniform()
        if dtype is np.float64:
            return self._uniforms(_number(size)).reshape(size)
        halves = self.halves(_number(size))
        values = (halves >> np.uint32(8)).astype(np.float32)
        values *= np.float32(2.0**-24)
        return values.reshape(size)

    @overload
    def uniform(self, low: float, high: float) -> float: ...
    @overload
    def uniform(self, low: float, high: float, size: Size) -> Doubles: ...
    def uniform(self, low: float, high: float, size: Size | None = None) -> float | Doubles:
        """Uniform reals from `low` to `high`.

        Parameters
        ----------
        low, high
            The bounds.
        size
            Shape of what is drawn; one number by default.

        Returns
        -------
        float or ndarray
            float64, of that shape.
        """
        if size is None:
            return low + (high - low) * self._uniform()
        values = self._uniforms(_number(size)).reshape(size)
        values *= high - low
        values += low
        return values

    @overload
    def integers(self, low: int, high: int | None = None) -> int: ...
    @overload
    def integers(self, low: int, *, size: Size, dtype: DTypeLike = np.int64) -> NDArray[Any]: ...
    @overload
    def integers(
        self, low: int, high: int | None, size: Size, dtype: DTypeLike = np.int64
    ) -> NDArray[Any]: ...
    def integers(
        self,
        low: int,
        high: int | None = None,
        size: Size | None = None,
        dtype: DTypeLike = np.int64,
    ) -> int | NDArray[Any]:
        """Uniform integers from `low` to below `high`, or from 0 to below `low`.

        Parameters
        ----------
        low, high
            The bounds, or the upper one alone.
        size
            Shape of what is drawn; one number by default.
        dtype
            A type of integers.

        Returns
        -------
        int or ndarray
            Of that type and shape.

        Notes
        -----
        ⌊u n⌋ for n of them: no integer is likelier than another by more than a share of n 2⁻⁵³.
        """
        if high is None:
            low, high = 0, low
        n = high - low
        if size is None:
            return low + min(int(self._uniform() * n), n - 1)
        values = self._uniforms(_number(size)).reshape(size)
        values *= n
        np.floor(values, out=values)
        np.minimum(values, n - 1, out=values)
        values += low
        return values.astype(dtype)

    @overload
    def standard_normal(self, size: Size) -> Doubles: ...
    @overload
    def standard_normal(self, size: Size, dtype: type[np.float32]) -> NDArray[np.float32]: ...
    def standard_normal(self, size: Size, dtype: type[Any] = np.float64) -> NDArray[Any]:
        """Standard normal numbers: quantiles of uniform ones of 32 bits.

        Parameters
        ----------
        size
            Shape of what is drawn.
        dtype
            float64 or float32.

        Returns
        -------
        ndarray
            Of that type and shape.

        Notes
        -----
        16 bits choose between 2¹⁶ equal steps, 16 more a place on the straight line across it, all
        in float32: a distribution function within 10⁻⁶. The outermost steps have no line; their
        quantiles are computed one by one.
        """
        n = _number(size)
        values = np.empty(n, dtype=dtype)
        for begin in range(0, n, _SLICE):
            count = min(_SLICE, n - begin)
            values[begin : begin + count] = across_steps(self.quarters(count), self.quarters(count))
        return values.reshape(size)

    def standard_cauchy(self, size: Size) -> Doubles:
        """Standard Cauchy numbers: ratios of two normal ones."""
        values = self.standard_normal(size)
        values /= self.standard_normal(size)
        return values

    def standard_exponential(self, size: Size) -> Doubles:
        """Exponential numbers of mean one, −ln(1 − u)."""
        values = self._uniforms(_number(size))
        np.subtract(1.0, values, out=values)
        values = logs(values)
        np.negative(values, out=values)
        return values.reshape(size)

    def standard_gamma(self, shapes: Sequence[float] | Doubles) -> Doubles:
        """Gamma numbers of these shapes and scale one; 0 for a shape of 0."""
        return gammas(self.bits, np.asarray(shapes, dtype=np.float64))

    def beta(self, a: float, b: float) -> float:
        """A number of Beta(a, b), for a and b above 0.

        Parameters
        ----------
        a, b
            The parameters.

        Returns
        -------
        float
            From 0 to 1.
        """
        first, second = self.standard_gamma((a, b)).tolist()
        total = first + second
        # Both vanish where a and b are far below 1: then it is 1 as often as the mean says.
        return float(first / total) if total > 0.0 else float(self._uniform() * (a + b) < a)

    def dirichlet(self, weights: Sequence[float] | Doubles) -> Doubles:
        """Shares of a Dirichlet distribution."""
        if all(weight == 1.0 for weight in weights):
            drawn = self.standard_exponential(len(weights))
        else:
            drawn = self.standard_gamma(weights)
        drawn /= float(np.cumsum(drawn)[-1])
        return drawn

    @overload
    def permutation(self, items: int) -> NDArray[np.int64]: ...
    @overload
    def permutation(self, items: AnyArray) -> AnyArray: ...
    def permutation(self, items: int | NDArray[Any]) -> NDArray[Any]:
        """Integers below a number, or the items of an array, in uniform random order."""
        n = items if isinstance(items, int) else len(items)
        order = order_of_words(self.words(n))
        return order if isinstance(items, int) else items.take(order)

    def shuffle(self, items: NDArray[Any]) -> None:
        """Uniform random order, in place."""
        items[...] = self.permutation(items)

    def subset(self, n: int, size: int) -> NDArray[np.int64]:
        """A uniform set of integers below n, rising.

        Parameters
        ----------
        n
            One more than the largest there may be.
        size
            How many, at most n.

        Returns
        -------
        ndarray
            int64, shape (size,).

        Notes
        -----
        What is drawn first of an endless sequence of uniform integers, each new one kept; where
        more than half are wanted, those that are left out. O(n) time.
        """
        if 2 * size > n:
            rest = np.ones(n, dtype=np.bool_)
            rest[self.subset(n, n - size)] = False
            return np.flatnonzero(rest)
        taken = np.zeros(n, dtype=np.bool_)
        missing = size
        while missing:  # at least half of what is drawn is new
            taken[self.integers(n, size=missing)] = True
            missing = size - int(np.count_nonzero(taken))
        return np.flatnonzero(taken)

    def hypergeometric(self, n_good: int, n_bad: int, n_sample: int) -> int:
        """How many good ones are in a sample without replacement.

        Parameters
        ----------
        n_good, n_bad, n_sample
            How many there are of each, and how many are taken.

        Returns
        -------
        int

        Notes
        -----
        By the inverse of the distribution: probabilities relative to the most likely count, from
        there on outward by the ratio of neighbours, over 12 standard deviations on either side.
        """
        n = n_good + n_bad
        least, most = max(0, n_sample - n_bad), min(n_good, n_sample)
        if least == most:
            return least
        share = n_good / n
        variance = n_sample * share * (1.0 - share) * ((n - n_sample) / max(n - 1, 1))
        mode = min(max(int((n_sample + 1) * ((n_good + 1) / (n + 2))), least), most)
        reach = int(_DEVIATIONS * sqrt(variance)) + 2 * _DEVIATIONS
        low, high = max(least, mode - reach), min(most, mode + reach)
        k = np.arange(low, high, dtype=np.float64)  # from k to k + 1
        ratio = (n_good - k) * (n_sample - k) / ((k + 1.0) * (n_bad - n_sample + k + 1.0))
        masses = np.ones(high - low + 1)
        np.multiply.accumulate(ratio[mode - low :], out=masses[mode - low + 1 :])
        masses[: mode - low] = np.multiply.accumulate(1.0 / ratio[: mode - low][::-1])[::-1]
        cumulated = np.cumsum(masses)
        target = self._uniform() * float(cumulated[-1])
        return low + int(cumulated[:-1].searchsorted(target, side="right"))


if sys.byteorder == "little":
    _HALF, _QUARTER = np.dtype(np.uint32), np.dtype(np.uint16)

    def _little(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
        return words

else:
    _HALF, _QUARTER = np.dtype("<u4"), np.dtype("<u2")

    def _little(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
        return words.astype("<u8")


def _number(size: Size) -> int:
    return size if isinstance(size, int) else prod(size)
