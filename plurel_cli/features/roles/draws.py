"""What is drawn for several nodes of a table, or several attempts at one, together.

A mechanism drawn among hundreds costs a fraction of one drawn alone. What is drawn stays until its
node is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from plurel_cli.config.scm import ScmConfig
from plurel_cli.features.encoders import Floats
from plurel_cli.features.initialisations.embeddings import (
    Embeddings,
    WantedEmbeddings,
    drawn_embeddings,
)
from plurel_cli.features.mechanised import BetaNoise, DrawnNode
from plurel_cli.features.mechanisms import mechanisms as families
from plurel_cli.features.mechanisms.drawn import Mechanisms
from plurel_cli.features.mechanisms.settings import MlpConfig
from plurel_cli.features.noise import beta_quantiles
from plurel_cli.features.roles import Embedding
from plurel_cli.features.taste import TableSettings
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.products import Weights
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.causal import CausalGraph


def attempt_stream(table: Stream, j: int, attempt: int) -> Stream:
    """Randomness of one attempt at a node alone.

    Parameters
    ----------
    table
        Randomness of the table.
    j, attempt
        Its node, and which attempt.

    Returns
    -------
    Stream
    """
    return table.child("node", j, attempt)


class NodeDraws:
    """Mechanisms and noise of the nodes of one table that take up encodings of others.

    Parameters
    ----------
    graph
        Its causal graph.
    plain
        Its causal graph, if columns stated nothing for themselves: what is drawn for others is
        then the same.
    settings
        Those of the table and its columns.
    stream
        Randomness of the table.
    """

    def __init__(
        self,
        graph: CausalGraph,
        plain: CausalGraph,
        settings: TableSettings,
        stream: Stream,
    ) -> None:
        self._graph, self._plain = graph, plain
        self._settings, self._stream = settings, stream
        self._drawn: dict[int, dict[int, DrawnNode]] = {}
        self._quantiles: dict[int, Floats] = {}
        self._noises: dict[int, BetaNoise] = {}

    def forget(self, j: int) -> None:
        """Drop what a node that is done has left."""
        self._drawn.pop(j, None)
        self._noises.pop(j, None)

    def mechanisms(self, j: int, attempt: int) -> DrawnNode:
        """Mechanisms of one attempt at a node.

        Parameters
        ----------
        j, attempt
            The node, and which attempt.

        Returns
        -------
        DrawnNode
        """
        if attempt not in self._drawn.get(j, {}):
            self._draw(j, attempt)
        return self._drawn[j].pop(attempt)

    def noise(self, j: int) -> BetaNoise:
        """Noise of a node, the same in every attempt."""
        if j not in self._noises:
            if j not in self._quantiles:
                self._quantiles = self._all_quantiles()
            noise = self._stream.child("node", j, "noise")
            self._noises[j] = BetaNoise(self._quantiles.pop(j), self._used[j].width, noise)
        return self._noises[j]

    @cached_property
    def _used(self) -> dict[int, Embedding]:
        """By what each node that is used takes up encodings of others, if it does."""
        return _used(self._graph)

    def _settings_of(self, j: int) -> ScmConfig:
        return self._settings.of_column(self._graph.nodes[j].column).scm

    def _draw(self, j: int, attempt: int) -> None:
        """Draw an attempt with others: the first of the whole table, a later one with as many
        after it as there were before it.
        """
        if attempt == 0 and not self._settings.columns:
            self._draw_together([(k, 0) for k in self._used], self._first, self._settings.scm)
        elif attempt == 0:
            self._draw_first()
        else:
            first = 1 << attempt.bit_length() - 1
            stream = attempt_stream(self._stream, j, first).child("mechanisms")
            indices = [(j, first + k) for k in range(first)]
            self._draw_together(indices, stream, self._settings_of(j))

    @property
    def _first(self) -> Stream:
        return self._stream.child("mechanisms")

    def _draw_together(
        self, indices: Sequence[tuple[int, int]], stream: Stream, settings: ScmConfig
    ) -> None:
        """Draw attempts, each a node and which attempt it is."""
        wanted = [_wanted(self._graph, k) for k, _ in indices]
        for (k, which), drawn in zip(indices, _drawn(wanted, settings, stream), strict=True):
            self._drawn.setdefault(k, {})[which] = drawn

    def _draw_first(self) -> None:
        """Draw the first attempts where columns state something: nodes that are as they would be
        without that have the same mechanisms, too.
        """
        plain = list(_used(self._plain))
        wanted = [_wanted(self._plain, k) for k in plain]
        together = dict(zip(plain, _drawn(wanted, self._settings.scm, self._first), strict=True))
        of_plain = dict(zip(plain, wanted, strict=True))
        for k in self._used:
            mine = _wanted(self._graph, k)
            is_plain = self._settings_of(k).mlp == self._settings.scm.mlp
            if is_plain and of_plain.get(k) == mine:
                self._drawn.setdefault(k, {})[0] = together[k]
            else:
                stream = attempt_stream(self._stream, k, 0).child("mechanisms")
                self._draw_together([(k, 0)], stream, self._settings_of(k))

    def _all_quantiles(self) -> dict[int, Floats]:
        """Quantiles of the noise of every node that is used and takes up encodings."""
        used = list(self._used)
        parameters = self._noise_parameters(self._settings.scm)
        for k in used:
            if self._graph.nodes[k].column in self._settings.columns:
                parameters[k] = self._noise_parameters(self._settings_of(k))[k]
        a, b = parameters.T
        return dict(zip(used, beta_quantiles(a[used], b[used]), strict=True))

    def _noise_parameters(self, settings: ScmConfig) -> NDArray[np.float64]:
        """Both parameters of the noise of every node, shape (nodes, 2)."""
        generator = self._stream.child("noise").generator()
        values = settings.noise.many(generator, 2 * len(self._graph.nodes))
        return np.array(values, dtype=np.float64).reshape(-1, 2)


Taking: TypeAlias = tuple[Embedding, list[int | None]]
"""What takes up encodings, and how many categories each of these and the node itself has."""


def _used(graph: CausalGraph) -> dict[int, Embedding]:
    """By what each node that is used takes up encodings of others, if it does."""
    used = {j: node.embedding for j, node in enumerate(graph.nodes) if node.is_used}
    return {j: embedding for j, embedding in used.items() if embedding is not None}


def _wanted(graph: CausalGraph, j: int) -> Taking:
    """What has to be drawn for a node."""
    node = graph.nodes[j]
    if node.embedding is None:
        raise AssertionError("a node takes up nothing")
    return node.embedding, [*map(graph.categories, (*node.of_row, j))]


def _drawn(wanted: Sequence[Taking], settings: ScmConfig, stream: Stream) -> list[DrawnNode]:
    """Mechanisms of several nodes."""
    embeddings, categories = [each for each, _ in wanted], [each for _, each in wanted]
    return draw_nodes(embeddings, categories, settings.mlp, stream.generator())


_NO_NUMBERS = np.empty(0, dtype=np.float32)


class Wanted(NamedTuple):
    """A mechanism to draw."""

    family: str
    n_in: int
    n_out: int


def draw_mechanisms(
    wanted: Sequence[Wanted], settings: MlpConfig, generator: Generator
) -> Mechanisms:
    """Draw several mechanisms, those of one family and shape at once.

    Parameters
    ----------
    wanted
        What each must be.
    settings
        Settings of perceptrons.
    generator
        Randomness of these draws alone.

    Returns
    -------
    Mechanisms
        In the order of what is wanted.

    Notes
    -----
    A mechanism drawn among hundreds costs a fraction of one drawn alone.
    """
    indices: dict[tuple[str, int, int], list[int]] = {}
    for index, each in enumerate(wanted):
        indices.setdefault(each, []).append(index)
    return _grouped(indices, len(wanted), settings, generator)


def _grouped(
    indices: Mapping[tuple[str, int, int], Sequence[int]],
    n: int,
    settings: MlpConfig,
    generator: Generator,
) -> Mechanisms:
    """Mechanisms of families and shapes, by which of all n those of one are."""
    return Mechanisms.of(
        n,
        [
            (families[family].function(generator, len(where), n_in, n_out, settings), where)
            for (family, n_in, n_out), where in sorted(indices.items())
        ],
    )


def draw_embeddings(
    shapes: Sequence[tuple[int, int]], settings: MlpConfig, generator: Generator
) -> list[Floats]:
    """Draw tables of embeddings, of these numbers of categories and dimensions.

    Parameters
    ----------
    shapes
        Categories and dimensions of each.
    settings
        Settings of perceptrons, whose weights are initialised alike.
    generator
        Randomness of these draws alone.

    Returns
    -------
    list of ndarray
        Of these shapes.

    Notes
    -----
    They are initialised as weights are, those of one shape and initialisation at once.
    """
    if not shapes:
        return []
    wanted = WantedEmbeddings(settings.initialisation, shapes, [False] * len(shapes))
    numbers, begins, _ = drawn_embeddings(generator, wanted)
    return [
        numbers[begin : begin + categories * width].reshape(categories, width)
        for begin, (categories, width) in zip(begins, shapes, strict=True)
    ]


def draw_nodes(
    nodes: Sequence[Embedding],
    categories: Sequence[Sequence[int | None]],
    settings: MlpConfig,
    generator: Generator,
) -> list[DrawnNode]:
    """Draw several nodes with causes at once, which is a fraction of the cost.

    Parameters
    ----------
    nodes
        How each takes up what others give it.
    categories
        How many categories each of a node's causes has, and last the node itself; none for what
        is carried as a number.
    settings
        Settings of their mechanisms.
    generator
        Randomness of these draws alone.

    Returns
    -------
    list of DrawnNode
    """
    indices: dict[tuple[str, int, int], list[int]] = {}
    shapes: list[tuple[int, int]] = []
    are_compared: list[bool] = []
    n_mechanisms = 0
    for node, numbers in zip(nodes, categories, strict=True):
        width, last = node.width, len(numbers) - 1
        for place, (family, n) in enumerate(zip(node.mechanisms, numbers, strict=True)):
            length = 1 if n is None else width
            shape = (family, length, width) if place < last else (family, width, length)
            indices.setdefault(shape, []).append(n_mechanisms)
            n_mechanisms += 1
            if n is not None:
                shapes.append((n, width))
                are_compared.append(place == last)
    mechanisms = _grouped(indices, n_mechanisms, settings, generator)
    if shapes:
        wanted = WantedEmbeddings(settings.initialisation, shapes, are_compared)
        embeddings = drawn_embeddings(generator, wanted)
    else:
        embeddings = Embeddings(_NO_NUMBERS, ())
    drawn, begin, begins = [], 0, iter(embeddings.begins)
    for node, numbers in zip(nodes, categories, strict=True):
        end = begin + len(numbers)
        tables, compared = _tables(embeddings, begins, numbers, node.width)
        drawn.append(DrawnNode(mechanisms[begin:end], tables, compared))
        begin = end
    return drawn


def _tables(
    embeddings: Embeddings, begins: Iterator[int], numbers: Sequence[int | None], width: int
) -> tuple[list[Floats | None], Weights | None]:
    """Tables of embeddings of what has so many categories, from the next places on, and what those
    of the last are compared with, if it is made.
    """
    tables: list[Floats | None] = []
    begin = 0
    for n in numbers:
        if n is None:
            tables.append(None)
        else:
            begin = next(begins)
            tables.append(embeddings.numbers[begin : begin + n * width].reshape(n, width))
    if n is None or embeddings.compared is None:
        return tables, None
    return tables, Weights(embeddings.compared[begin : begin + n * width].reshape(width, n))
