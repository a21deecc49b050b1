"""Which causes of a node act on it, as its fit sees it.

A cause acts if the node takes another value in some row of a sample once the cause is held at one
of a few of its own values. Where an activation is dead, or another cause always prevails, it does
not, and the graph says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.encoders import Cause, Encoder, Floats, Grid, Positions
from plurel_cli.features.nodes import Computed, Mechanised, Values
from plurel_cli.features.rows import REFERENCE_ROWS

N_LEVELS = 5
"""Values at which a cause is held."""

N_ROWS = 64
"""Rows that are looked at."""

_FIRST_ROWS = 16  # by which most causes that act are seen to

_N_READ = 16  # embeddings that are read, of those that move: the ones that move most


class Probe(NamedTuple):
    """Values of a node at which it is seen on what it acts.

    Attributes
    ----------
    values
        Those of the first reference rows, and then those at which it is held, rising.
    positions
        Theirs on its grid, if it has one.
    """

    values: Values
    positions: Positions | None

    @classmethod
    def of_number(cls, seen: Floats, ordered: Floats, grid: Grid | None) -> Probe:
        """Of a number, which is held at its lowest and highest and at quartiles.

        Parameters
        ----------
        seen, ordered
            Its values at the reference rows, as they come and rising.
        grid
            Its grid, if it has one.
        """
        values = np.concatenate([seen[:N_ROWS], _levels(ordered)])
        return cls(values, None if grid is None else grid.positions(values))

    @classmethod
    def of_category(cls, seen: Values, categories: int) -> Probe:
        """Of a category, which is held at some evenly apart.

        Parameters
        ----------
        seen
            Its values at the reference rows.
        categories
            How many there are.
        """
        levels = np.arange(N_LEVELS) * (categories - 1) // (N_LEVELS - 1)
        return cls(np.concatenate([seen[:N_ROWS], levels.astype(np.int32)]), None)


def acting(
    model: Mechanised, computed: Computed, probe: Callable[[int], Probe]
) -> tuple[bool, ...]:
    """Which causes of a node act on it.

    Parameters
    ----------
    model
        What computes the node.
    computed
        Its reference rows, of which the first are looked at.
    probe
        Gives the values of a cause.

    Returns
    -------
    tuple of bool
        Of each cause.

    Notes
    -----
    O(causes) encodings of `N_ROWS` rows and `N_LEVELS` values, and as many aggregates of three; of
    what is aggregated, the few rows are read that move most.
    """
    n_rows = min(N_ROWS, computed.rows.n)
    encodings = [
        encoder(*probe(cause)) for cause, encoder in zip(model.causes, model.encoders, strict=True)
    ]
    varying = [j for j, encoded in enumerate(encodings) if (encoded != encoded[0]).any()]
    acts = np.zeros(len(encodings), dtype=np.bool_)
    shared = computed.shared(model.aggregation)
    for n in (min(_FIRST_ROWS, n_rows), n_rows):
        pending = [j for j in varying if not acts[j]]
        if not pending:
            break
        held = np.array([np.r_[encodings[j][:n], encodings[j][-N_LEVELS:]] for j in pending])
        others = _others([encoded[:n] for encoded in encodings], model.join, pending)
        embeddings = _aggregate(model, None if shared is None else shared[:n], held, others)
        noise = model.noise.slice(next(iter(computed.rows)).index, n)
        acts[pending] = _changes(model, embeddings, noise)
    return tuple(acts.tolist())


def varies(encoder: Encoder, cause: Cause, values: Values) -> bool:
    """Whether the encodings of a number or category differ among five of its values.

    Parameters
    ----------
    encoder
        What encodes it.
    cause
        What it is to those that it acts on.
    values
        Its values, of which the lowest, the highest, and quartiles are looked at.

    Returns
    -------
    bool
    """
    levels = _levels(np.sort(values[:REFERENCE_ROWS]))
    is_by_grid = cause.grid is not None and cause.held is None
    encoded = encoder(levels, cause.grid.positions(levels) if is_by_grid and cause.grid else None)
    return bool((encoded != encoded[0]).any())


def _levels(ordered: Values) -> Values:
    """The lowest of some rising values, the highest, and quartiles."""
    return np.asarray(ordered.take(np.arange(N_LEVELS) * (len(ordered) - 1) // (N_LEVELS - 1)))


def _others(
    encodings: Sequence[Floats], join: Callable[[list[Floats]], Floats], varying: Sequence[int]
) -> Floats | None:
    """All encodings but those of each of some causes, joined; none where there is one cause."""
    if len(encodings) == 1:
        return None
    after = [encodings[-1]]
    for encoded in encodings[-2:0:-1]:
        after.append(join([encoded.copy(), after[-1]]))
    several = [after[-1]]
    before = encodings[0]
    for j in range(1, len(encodings)):
        is_last = j == len(encodings) - 1
        several.append(before if is_last else join([before.copy(), after[-1 - j]]))
        before = join([before.copy(), encodings[j]])
    return np.array([several[j] for j in varying])


def _aggregate(
    model: Mechanised, shared: Floats | None, held: Floats, others: Floats | None
) -> Floats:
    """Aggregates of a sample with each of some causes at each level, and last as it is.

    Parameters
    ----------
    model
        What computes the node.
    shared
        What comes from the rows that the sample refers to, if it does.
    held
        Encodings of each cause, of the sample and then of the levels.
    others
        Those of all other causes, joined, if there are others.

    Returns
    -------
    ndarray
        Shape (causes, N_LEVELS + 1, rows, width).
    """
    n = held.shape[1] - N_LEVELS
    shape = len(held), N_LEVELS + 1, n, model.width
    moving = np.empty(shape, dtype=np.float32)
    moving[:, :-1] = held[:, n:, None]
    moving[:, -1] = held[:, :n]
    several = [moving.reshape(-1, model.width)]
    if others is not None:
        several.insert(0, _as_rows(others[:, None], shape))
    if shared is not None:
        shared = _as_rows(shared[:, : model.width], shape)
    return model.aggregate(shared, several).reshape(shape)


def _as_rows(encodings: Floats, shape: tuple[int, ...]) -> Floats:
    """A copy of encodings for each of several samples, shape (n, width)."""
    return np.array(np.broadcast_to(encodings, shape)).reshape(-1, shape[-1])


def _changes(model: Mechanised, embeddings: Floats, noise: Floats) -> NDArray[np.bool_]:
    """Whether what is read of the embeddings that move most differs, of each cause."""
    n_causes, _, n, width = embeddings.shape
    plain = embeddings[:, -1:]
    distance = np.abs(embeddings[:, :-1] - plain).max(axis=3).reshape(n_causes, -1)
    most = distance.argsort(axis=1, kind="stable")[:, -_N_READ:]
    which, rows = np.arange(n_causes)[:, None], most % n
    read = np.array([embeddings[which, most // n, rows], plain[which, 0, rows]])
    read += noise[rows]
    values = model.read(read.reshape(-1, width)).reshape(2, n_causes, -1)
    moves = np.take_along_axis(distance, most, axis=1) > 0
    return np.asarray(((values[0] != values[1]) & moves).any(axis=1))
