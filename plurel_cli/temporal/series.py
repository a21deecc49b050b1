"""Feature columns that are series over the rows of a table.

A numerical series is (trend + cycle + noise) / 3 of the row index, each part held between two
bounds; a categorical one draws, at every row, a category by the softmax of as many numerical
series. In activity tables, where the row index is time order, they look like series in time; in
entity tables trend and cycle are nil and the noise is strong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.choice import Choice, Fixed
from plurel_cli.features.sources.settings import SeriesConfig
from plurel_cli.kernel import twin
from plurel_cli.numerics.elementary import cosines, exps, powers
from plurel_cli.numerics.shares import ceil_share
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.temporal.autoregression import AutoregressiveNoise

T = TypeVar("T")


@dataclass(frozen=True)
class SeriesParameters:
    """What is drawn once for a numerical series.

    Attributes
    ----------
    low, high
        Bounds of each component.
    exponent
        α of the trend.
    half_period
        f of the cycle, in rows.
    autocorrelation
        ρ of the noise.
    trend_scale, cycle_scale, noise_scale
        s_t, s_c and σ.
    """

    low: float
    high: float
    exponent: float
    half_period: int
    autocorrelation: float
    trend_scale: float
    cycle_scale: float
    noise_scale: float


def sample_series(
    config: SeriesConfig, kind: Literal["entity", "activity"], n_rows: int, stream: Stream
) -> SeriesParameters:
    """Draw the parameters of a numerical series, each from a stream of its own.

    Parameters
    ----------
    config
        What to draw from.
    kind
        Kind of the table.
    n_rows
        Rows of the table.
    stream
        Randomness of this series alone.

    Returns
    -------
    SeriesParameters
    """
    scales = config.activity if kind == "activity" else config.entity
    value_scale = _drawn(config.value_scale, stream, "value_scale")
    bounds = stream.child("bounds").draws()
    low, high = sorted((bounds.uniform() * value_scale, bounds.uniform() * value_scale))
    return SeriesParameters(
        low=low,
        high=high,
        exponent=_drawn(config.exponent, stream, "exponent"),
        half_period=ceil_share(_drawn(config.period, stream, "period"), n_rows),
        autocorrelation=_drawn(config.autocorrelation, stream, "autocorrelation"),
        trend_scale=_drawn(scales.trend, stream, "trend"),
        cycle_scale=_drawn(scales.cycle, stream, "cycle"),
        noise_scale=_drawn(scales.noise, stream, "noise"),
    )


def _drawn(choice: Choice[T], stream: Stream, name: str) -> T:
    """What is drawn of a stream of its own; a fixed value asks for none."""
    if isinstance(choice, Fixed):
        value: T = choice.value
        return value
    return choice.draw(stream.child(name).draws())


class NumericalSeries:
    """(trend + cycle + noise) / 3 over the rows of a table.

    Parameters
    ----------
    parameters
        What was drawn for it.
    n_rows
        Rows of the table, N.
    stream
        Randomness of its noise alone.

    Attributes
    ----------
    parameters, n_rows
        As they are given.
    noise_stream
        Randomness of the path of its noise.
    """

    def __init__(self, parameters: SeriesParameters, n_rows: int, stream: Stream) -> None:
        self.parameters, self.n_rows = parameters, n_rows
        self._noise = AutoregressiveNoise(
            parameters.autocorrelation, parameters.noise_scale, n_rows, stream
        )
        self.noise_stream = self._noise.stream

    def _rows(self, index: int) -> NDArray[np.int64]:
        start = index * BLOCK_ROWS
        return np.arange(start, min(start + BLOCK_ROWS, self.n_rows))

    def trend(self, index: int) -> NDArray[np.float64]:
        """min(s_t (i/N)^α + lo, hi) over one block of rows i."""
        parameters = self.parameters
        if parameters.trend_scale == 0.0:
            return np.full(len(self._rows(index)), parameters.low)
        rise = parameters.trend_scale * powers(self._rows(index) / self.n_rows, parameters.exponent)
        return np.minimum(rise + parameters.low, parameters.high)

    def cycle(self, index: int) -> NDArray[np.float64]:
        """clip(s_c sin(π i / f), lo, hi) over one block of rows i."""
        parameters = self.parameters
        if parameters.cycle_scale == 0.0:
            return np.full(len(self._rows(index)), parameters.low)
        whole = 2 * parameters.half_period
        wave = parameters.cycle_scale * cosines(self._rows(index) % whole / whole - 0.25)
        return np.clip(wave, parameters.low, parameters.high)

    def noise(self, index: int) -> NDArray[np.float64]:
        """clip(AR(1), lo, hi) over one block; the state behind it is not clipped."""
        return np.clip(self._noise.block(index), self.parameters.low, self.parameters.high)

    def block(self, index: int) -> NDArray[np.float64]:
        """Values of one block of rows."""
        return _values(self, index)


@twin("series")
def _values(series: NumericalSeries, index: int) -> NDArray[np.float64]:
    """Values of a series in one block of rows."""
    total = series.noise(index)
    total += series.trend(index)
    total += series.cycle(index)
    total /= 3.0
    return total


class CategoricalSeries:
    """A category a row, by the softmax of one numerical series a category.

    Parameters
    ----------
    series
        The numerical series, one a category.
    stream
        Randomness of the draws alone.
    """

    def __init__(self, series: list[NumericalSeries], stream: Stream) -> None:
        self._series = series
        self._stream = stream

    def block(self, index: int) -> NDArray[np.int32]:
        """Categories 0..C − 1 of one block of rows."""
        return _categories(self._series, self._stream, index)


@twin("categories_of_series")
def _categories(
    several: Sequence[NumericalSeries], stream: Stream, index: int
) -> NDArray[np.int32]:
    """Categories of one block of rows, of a series for each."""
    weights = np.stack([series.block(index) for series in several])
    weights -= weights.max(axis=0)
    weights = exps(weights.ravel()).reshape(weights.shape)
    np.cumsum(weights, axis=0, out=weights)
    point = stream.generator(index).random(len(weights[-1])) * weights[-1]
    categories: NDArray[np.int32] = np.count_nonzero(weights[:-1] <= point, axis=0).astype(np.int32)
    return categories


def series_column(
    config: SeriesConfig,
    kind: Literal["entity", "activity"],
    n_rows: int,
    categories: int | None,
    stream: Stream,
) -> NumericalSeries | CategoricalSeries:
    """The series of a feature column.

    Parameters
    ----------
    config
        What to draw from.
    kind
        Kind of the table.
    n_rows
        Rows of the table.
    categories
        Categories of the column; `None` where it is numerical.
    stream
        Randomness of this column alone.

    Returns
    -------
    NumericalSeries or CategoricalSeries
        Any block of rows, on its own.
    """

    def numerical(of_column: Stream) -> NumericalSeries:
        parameters = sample_series(config, kind, n_rows, of_column.child("parameters"))
        return NumericalSeries(parameters, n_rows, of_column.child("noise"))

    if categories is None:
        return numerical(stream)
    several = [numerical(stream.child("category", c)) for c in range(categories)]
    return CategoricalSeries(several, stream.child("pick"))
