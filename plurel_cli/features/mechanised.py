"""A node with causes, as it was drawn, and what computes it.

A node's embedding is Beta noise plus an elementwise aggregate of the encodings of its causes; a
decoder reads a number out of it, or the category whose own embedding has the largest inner
product with what it reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.aggregations import Aggregation, aggregations, lift_of
from plurel_cli.features.aggregations.folds import SUM, Fold, fold_of
from plurel_cli.features.encoders import (
    Cause,
    Encoder,
    Floats,
    lifted_encoders,
    make_encoders,
)
from plurel_cli.features.grids import Positions
from plurel_cli.features.mechanisms import Mechanism
from plurel_cli.features.nodes import Computed, Values
from plurel_cli.features.noise import N_QUANTILES
from plurel_cli.features.roles import Embedding
from plurel_cli.kernel import twin
from plurel_cli.numerics.products import Weights, times, weights_of
from plurel_cli.numerics.stream import Stream

MOST_AGGREGATE = 1e6
"""Aggregates are held between minus and plus this."""

_ENDS = np.array(-MOST_AGGREGATE, np.float32), np.array(MOST_AGGREGATE, np.float32)

_TOGETHER = 4  # encodings aggregated at once: few enough to stay in the cache


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
        self.quantiles = quantiles * np.float32(1.0 / width)

    def seeds(self, indices: Sequence[int]) -> NDArray[np.uint64]:
        """Seeds of the bits of several slices of the table, shape (slices, 3)."""
        return self._stream.seeds(indices)

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
        return _with_noise(embeddings, self.quantiles, bits)


def _with_noise(embeddings: Floats, quantiles: Floats, bits: NDArray[np.uint16]) -> Floats:
    bits &= np.uint16(N_QUANTILES - 1)
    embeddings.clip(*_ENDS, out=embeddings)
    embeddings += quantiles.take(bits, mode="clip").reshape(embeddings.shape)  # the fastest
    return embeddings


Taken: TypeAlias = tuple[Encoder, Values, Positions | None]
"""What encodes a cause, its values in some rows, and where they are on its grid."""


class DrawnNode(NamedTuple):
    """What is drawn for one attempt at a node with causes.

    Attributes
    ----------
    mechanisms
        Of each of its causes, and last its decoder.
    embeddings
        Of each of its causes, and last its own; none for what is carried as a number.
    compared
        Its own as columns, held for products, where they are made when they are drawn.
    """

    mechanisms: Sequence[Mechanism]
    embeddings: Sequence[Floats | None]
    compared: Weights | None = None


@dataclass(eq=False)
class Mechanised:
    """A node with causes.

    Attributes
    ----------
    nodes, causes
        Which nodes of the same row cause it, and what each is.
    embedding
        How it takes up what they give it.
    drawn
        What is drawn for it.
    noise
        Its noise.
    packed
        What compiled code has made of it, if it has.
    """

    nodes: tuple[int, ...]
    causes: Sequence[Cause]
    embedding: Embedding
    drawn: DrawnNode
    noise: BetaNoise
    packed: Any = field(default=None, repr=False)

    def __call__(self, computed: Computed) -> Values:
        return _values(self, computed)

    @cached_property
    def _encoding(self) -> tuple[Sequence[Encoder], Floats | None]:
        """The encoder of each cause, and the largest encodings, where these are lifted."""
        encoders: Sequence[Encoder] = make_encoders(
            self.causes,
            self.drawn.mechanisms[:-1],
            self.embedding.weights,
            self.drawn.embeddings[:-1],
        )
        lift = lift_of(self.embedding.aggregation)
        return (encoders, None) if lift is None else lifted_encoders(encoders, lift)

    @property
    def encoders(self) -> Sequence[Encoder]:
        """The encoder of each cause."""
        return self._encoding[0]

    @property
    def decoder(self) -> Mechanism:
        """From its embedding to a number, or to what is compared with `compared`."""
        return self.drawn.mechanisms[-1]

    @cached_property
    def compared(self) -> Weights | None:
        """Embeddings of its categories, shape (width, categories), where it is carried as one."""
        categories = self.drawn.embeddings[-1]
        if categories is None or self.drawn.compared is not None:
            return self.drawn.compared
        return weights_of(np.ascontiguousarray(categories.T)[None])[0]

    @property
    def kind(self) -> type[np.float32] | type[np.int32]:
        """What its values are: numbers, or categories."""
        return np.float32 if self.drawn.embeddings[-1] is None else np.int32

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
        aggregation, (_, largest) = self.embedding.aggregation, self._encoding
        if largest is not None:
            pending, taken = self._lifted(pending, taken, largest), ()
        elif (fold := fold_of(aggregation)) is not None:
            return _folded(fold, shared, taken)
        aggregate: Aggregation = aggregations[aggregation].function
        for encoder, values, positions in taken:
            pending.append(encoder(values, positions))
            if len(pending) == _TOGETHER:
                pending = [aggregate(pending)]
        return pending[0] if len(pending) == 1 else aggregate(pending)

    def read(self, embeddings: Floats) -> Values:
        """Values of some rows, from their embeddings, noise included."""
        decoded = self.decoder(embeddings)
        if self.compared is None:
            return np.asarray(decoded[:, 0])
        return np.asarray(times(decoded, self.compared).argmax(axis=1))

    def join(self, encodings: list[Floats]) -> Floats:
        """Encodings of some causes as one, for others to be joined; overwrites the first."""
        if self._encoding[1] is not None:
            return reduce(np.add, encodings)
        return aggregations[self.embedding.aggregation].function(encodings)

    def _lifted(
        self, others: list[Floats], taken: Iterable[Taken], largest: Floats
    ) -> list[Floats]:
        """The aggregate of lifted encodings and the others, by their sum; those of the others that
        lie too far above to be lifted remain.
        """
        lift = lift_of(self.embedding.aggregation)
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


@twin("node")
def _values(model: Mechanised, computed: Computed) -> Values:
    """The values of a node, slice by slice."""
    embedding, rows = model.embedding, computed.rows
    shared = computed.shared(embedding.aggregation)
    inputs = [
        (
            encoder,
            computed.values[node],
            computed.positions(node) if cause.kind == "grid" else None,
        )
        for node, cause, encoder in zip(model.nodes, model.causes, model.encoders, strict=True)
    ]
    result = np.empty(rows.n, dtype=model.kind)
    for part in rows:
        begin, end = part.begin, part.end
        taken = [
            (encoder, values[begin:end], None if at is None else at.part(begin, end))
            for encoder, values, at in inputs
        ]
        total = model.aggregate(
            None if shared is None else shared[begin:end, : embedding.width].copy(), taken
        )
        result[begin:end] = model.read(model.noise.added_to(total, part.index))
    return result


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
