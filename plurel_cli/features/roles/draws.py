"""What is drawn for several nodes of a table, or several attempts at one, together.

A mechanism drawn among hundreds costs a fraction of one drawn alone. What is drawn stays until its
node is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from plurel_cli.config.scm import ScmConfig
from plurel_cli.features.encoders import Floats
from plurel_cli.features.nodes import DrawnNode, draw_nodes
from plurel_cli.features.noise import BetaNoise, beta_quantiles
from plurel_cli.features.roles import CausalNode, Embedding
from plurel_cli.numerics.stream import Stream


def attempt_stream(table: Stream, j: int, attempt: int) -> Stream:
    """Randomness of one attempt at a node alone.

    Parameters
    ----------
    table
        Randomness of the table.
    j, attempt
        Its node, and which attempt.
    """
    return table.child("node", j, attempt)


class NodeDraws:
    """Mechanisms and noise of the nodes of one table that take up encodings of others.

    Parameters
    ----------
    nodes
        The nodes of its graph.
    categories
        Gives how many categories a node is carried with; none for a number.
    settings
        Those of the table.
    stream
        Randomness of the table.
    """

    def __init__(
        self,
        nodes: Sequence[CausalNode],
        categories: Callable[[int], int | None],
        settings: ScmConfig,
        stream: Stream,
    ) -> None:
        self._nodes, self._categories = nodes, categories
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
        used = {j: node.embedding for j, node in enumerate(self._nodes) if node.is_used}
        return {j: embedding for j, embedding in used.items() if embedding is not None}

    def _draw(self, j: int, attempt: int) -> None:
        """Draw an attempt with others: the first of the whole table, a later one with as many
        after it as there were before it.
        """
        if attempt == 0:
            places, stream = [(k, 0) for k in self._used], self._stream.child("mechanisms")
        else:
            first = 1 << attempt.bit_length() - 1
            places = [(j, first + k) for k in range(first)]
            stream = attempt_stream(self._stream, j, first).child("mechanisms")
        categories = [[*map(self._categories, (*self._nodes[k].of_row, k))] for k, _ in places]
        embeddings = [self._used[k] for k, _ in places]
        several = draw_nodes(embeddings, categories, self._settings.mlp, stream.generator())
        for (k, which), drawn in zip(places, several, strict=True):
            self._drawn.setdefault(k, {})[which] = drawn

    def _all_quantiles(self) -> dict[int, Floats]:
        """Quantiles of the noise of every node that is used and takes up encodings."""
        used = list(self._used)
        generator = self._stream.child("noise").generator()
        parameters = np.array(self._settings.noise.many(generator, 2 * len(self._nodes)))
        a, b = parameters.reshape(-1, 2).T
        return dict(zip(used, beta_quantiles(a[used], b[used]), strict=True))
