"""What computes a node from its causes, or gives it values.

A node's embedding is Beta noise plus an elementwise aggregate of the encodings of its causes; a
decoder reads a number out of it, or the category whose own embedding has the largest inner
product with what it reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.aggregations import Aggregation, aggregations, lift_of
from plurel_cli.features.aggregations.folds import SUM, Fold, fold_of
from plurel_cli.features.encoders import (
    Cause,
    Encoder,
    Floats,
    GridEncoder,
    Positions,
    lifted_encoders,
    make_encoders,
)
from plurel_cli.features.mechanisms import Mechanism
from plurel_cli.features.roles import Embedding
from plurel_cli.features.rows import Rows
from plurel_cli.kernel import twin
from plurel_cli.numerics.beta_quantile import Points
from plurel_cli.numerics.beta_quantile import beta_quantiles as distributions
from plurel_cli.numerics.products import Weights, times, weights_of
from plurel_cli.numerics.stream import Stream

MOST_AGGREGATE = 1e6
"""Aggregates are held between minus and plus this."""

_ENDS = np.array(-MOST_AGGREGATE, np.float32), np.array(MOST_AGGREGATE, np.float32)

_TOGETHER = 4  # encodings aggregated at once: few enough to stay in the cache

N_QUANTILES = 1 << 12
"""Beta noise is drawn from so many quantiles, at the middles of equal steps, by 12 random bits."""

Values = NDArray[Any]


class Computed(Protocol):
    """What is known of some rows of a table while its nodes are computed."""

    @property
    def rows(self) -> Rows:
        """The rows."""
        ...

    @property
    def values(self) -> Mapping[int, Values]:
        """Values of the nodes that are computed."""
        ...

    def of(self, column: BlockColumn, /) -> Values:
        """Values of a block column that several nodes ask for."""
        ...

    def positions(self, node: int) -> Sequence[Positions] | None:
        """Positions of a node's values on its grid, slice by slice, if it has one."""
        ...

    def shared(self, aggregation: str) -> Floats | None:
        """Aggregate of the encodings of referenced rows, if there are any."""
        ...


class NodeModel(Protocol):
    """Computes one node."""

    def __call__(self, computed: Computed, /) -> Values:
        """Values of the rows asked for, shape (n,): float32, or int32 categories."""
        ...


@cache
def _middles() -> Points:
    return Points.of((np.arange(N_QUANTILES) + 0.5) / N_QUANTILES)


def beta_quantiles(a: ArrayLike, b: ArrayLike) -> NDArray[np.float32]:
    """Quantiles of Beta(a, b) at the middles of 2¹² equal steps, rising.

    Parameters
    ----------
    a, b
        All above 0, of one shape.

    Returns
    -------
    ndarray
        Of that shape, and an axis more for the quantiles.

    Examples
    --------
    >>> beta_quantiles(1.0, 1.0)[[1024, 2048, 3072]].round(2).tolist()
    [0.25, 0.5, 0.75]
    """
    shape = np.shape(a)
    several = distributions(np.ravel(a), np.ravel(b))
    quantiles = np.empty((len(several.a), N_QUANTILES), dtype=np.float32)
    for index in range(len(quantiles)):
        quantiles[index] = several.rising(index, _middles())
    return quantiles.reshape(*shape, N_QUANTILES)


class BetaNoise:
    """Noise of one node.

    Parameters
    ----------
    quantiles
        Of the distribution, shape (2¹²,).
    width
        Dimensions of the embedding, by which the noise is divided.
    stream
        Randomness of this noise alone.
    """

    def __init__(self, quantiles: NDArray[np.float32], width: int, stream: Stream) -> None:
        self._stream = stream
        self._quantiles = quantiles * np.float32(1.0 / width)

    def added_to(self, embeddings: Floats, index: int) -> Floats:
        """Embeddings of the first rows of a slice, held within bounds, and the noise added.

        Parameters
        ----------
        embeddings
            Shape (n, width), overwritten.
        index
            Which slice of the table.

        Returns
        -------
        ndarray
            Of the same shape.
        """
        bits = self._stream.generator(index).quarters(embeddings.size)
        return _with_noise(embeddings, self._quantiles, bits)


@twin("with_noise")
def _with_noise(embeddings: Floats, quantiles: Floats, bits: NDArray[np.uint16]) -> Floats:
    bits &= np.uint16(N_QUANTILES - 1)
    embeddings.clip(*_ENDS, out=embeddings)
    embeddings += quantiles.take(bits, mode="clip").reshape(embeddings.shape)  # the fastest
    return embeddings


Taken: TypeAlias = tuple[Encoder, Values, Positions | None]
"""What encodes a cause, its values in some rows, and where they are on its grid."""


@dataclass(frozen=True)
class Mechanised:
    """A node with causes.

    Attributes
    ----------
    causes, encoders
        Its causes of the same row, and the encoder of each.
    aggregation
        Name of its aggregation.
    width
        Dimensions of its embedding.
    noise
        Its noise.
    decoder
        From its embedding to a number, or to what is compared with `embeddings`.
    embeddings
        Shape (width, categories) where it is carried as a category.
    largest
        The largest encodings, where these are lifted.
    """

    causes: tuple[int, ...]
    encoders: Sequence[Encoder]
    aggregation: str
    width: int
    noise: BetaNoise
    decoder: Mechanism
    embeddings: Weights | None
    largest: Floats | None

    def __call__(self, computed: Computed) -> Values:
        rows = computed.rows
        shared = computed.shared(self.aggregation)
        positions = self._positions(computed)
        values = [computed.values[cause] for cause in self.causes]
        result = np.empty(rows.n, dtype=np.float32 if self.embeddings is None else np.int32)
        for number, part in enumerate(rows):
            begin, end = part.begin, part.end
            taken = [
                (encoder, of_cause[begin:end], None if at is None else at[number])
                for encoder, of_cause, at in zip(self.encoders, values, positions, strict=True)
            ]
            embedding = self.aggregate(
                None if shared is None else shared[begin:end, : self.width].copy(), taken
            )
            embedding = self.noise.added_to(embedding, part.index)
            result[begin:end] = self.read(embedding)
        return result

    def aggregate(self, shared: Floats | None, taken: Iterable[Taken]) -> Floats:
        """The aggregate of what reaches some rows.

        Parameters
        ----------
        shared
            What comes from the rows they refer to, if they do; it is overwritten.
        taken
            What comes from each cause, in order.

        Returns
        -------
        ndarray
            Shape (n, width).
        """
        pending = [] if shared is None else [shared]
        if self.largest is not None:
            pending, taken = self._lifted(pending, taken, self.largest), ()
        elif (fold := fold_of(self.aggregation)) is not None:
            return _folded(fold, shared, taken)
        aggregate: Aggregation = aggregations[self.aggregation].function
        for encoder, values, positions in taken:
            pending.append(encoder(values, positions))
            if len(pending) == _TOGETHER:
                pending = [aggregate(pending)]
        return pending[0] if len(pending) == 1 else aggregate(pending)

    def read(self, embeddings: Floats) -> Values:
        """Values of some rows, from their embeddings, noise included."""
        decoded = self.decoder(embeddings)
        if self.embeddings is None:
            return np.asarray(decoded[:, 0])
        return np.asarray(times(decoded, self.embeddings).argmax(axis=1))

    def join(self, encodings: list[Floats]) -> Floats:
        """Encodings of some causes as one, for others to be joined; overwrites the first."""
        if self.largest is not None:
            return reduce(np.add, encodings)
        return aggregations[self.aggregation].function(encodings)

    def _positions(self, computed: Computed) -> list[Sequence[Positions] | None]:
        """Positions of causes on their grids, slice by slice, of those that are read from one."""
        return [
            computed.positions(cause) if isinstance(encoder, GridEncoder) else None
            for cause, encoder in zip(self.causes, self.encoders, strict=True)
        ]

    def _lifted(
        self, others: list[Floats], taken: Iterable[Taken], largest: Floats
    ) -> list[Floats]:
        """The aggregate of lifted encodings and the others, by their sum; those of the others that
        lie too far above to be lifted remain.
        """
        lift = lift_of(self.aggregation)
        if lift is None:
            raise AssertionError("nothing is lifted")
        total: Floats | None = None
        high = [one for one in others if not (one.max(axis=0) - largest).max() <= lift.reach]
        if others and not high:
            (shared,) = others
            total = lift.up(shared, largest)
        for encoder, values, positions in taken:
            total = encoder.onto(SUM, total, values, positions)
        return high if total is None else [*high, lift.down(total, largest)]


def _folded(fold: Fold, shared: Floats | None, taken: Iterable[Taken]) -> Floats:
    """The aggregate of what reaches some rows, one cause after another."""
    total, n_joined = shared, 0 if shared is None else 1
    for encoder, values, positions in taken:
        total = encoder.onto(fold, total, values, positions)
        n_joined += 1
        if n_joined == _TOGETHER and fold.settle is not None:
            total, n_joined = fold.settle(total), 1
    if total is None:
        raise AssertionError("nothing reaches a node")
    return total if n_joined == 1 or fold.settle is None else fold.settle(total)


class DrawnNode(NamedTuple):
    """What is drawn for one attempt at a node with causes.

    Attributes
    ----------
    mechanisms
        Of each of its causes, and last its decoder.
    embeddings
        Of each of its causes, and last its own; none for what is carried as a number.
    """

    mechanisms: Sequence[Mechanism]
    embeddings: Sequence[Floats | None]


def make_mechanised(
    nodes: tuple[int, ...],
    causes: Sequence[Cause],
    embedding: Embedding,
    drawn: DrawnNode,
    noise: BetaNoise,
) -> Mechanised:
    """Put a node with causes together.

    Parameters
    ----------
    nodes, causes
        Which nodes of the same row cause it, and what each is.
    embedding
        How it takes up what they give it.
    drawn
        What is drawn for it.
    noise
        Its noise.

    Returns
    -------
    Mechanised
    """
    *mechanisms, decoder = drawn.mechanisms
    *embeddings, categories = drawn.embeddings
    encoders: Sequence[Encoder] = make_encoders(causes, mechanisms, embedding.weights, embeddings)
    largest = None
    if (lift := lift_of(embedding.aggregation)) is not None:
        encoders, largest = lifted_encoders(encoders, lift)
    compared = None if categories is None else np.ascontiguousarray(categories.T)
    return Mechanised(
        causes=nodes,
        encoders=encoders,
        aggregation=embedding.aggregation,
        width=embedding.width,
        noise=noise,
        decoder=decoder,
        embeddings=None if compared is None else weights_of(compared[None])[0],
        largest=largest,
    )


@dataclass(frozen=True)
class Blocks:
    """A node whose values are drawn or made by blocks."""

    column: Any
    kind: type[np.float32] | type[np.int32]

    def __call__(self, computed: Computed) -> Values:
        return computed.rows.of(self.column).astype(self.kind, copy=False)


@dataclass(frozen=True)
class Given:
    """A node whose values are there for the whole table, as what is gathered from children."""

    values: Values

    def __call__(self, computed: Computed) -> Values:
        return computed.rows.taken(self.values)


@dataclass(frozen=True)
class Held:
    """A node that is held at a value."""

    value: float
    kind: type[np.float32] | type[np.int32]

    def __call__(self, computed: Computed) -> Values:
        return np.full(computed.rows.n, self.value, dtype=self.kind)
