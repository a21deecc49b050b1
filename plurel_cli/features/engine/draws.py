"""What is drawn for several nodes of a table, or several attempts at one, together.

A mechanism drawn among hundreds costs a fraction of one drawn alone. What is drawn stays until its
node is done.
"""

from __future__ import annotations

import numpy as np

from plurel_cli.features.encoders import Floats
from plurel_cli.features.engine.fits import TableFit
from plurel_cli.features.nodes import DrawnNode, draw_nodes
from plurel_cli.features.noise import BetaNoise, beta_quantiles
from plurel_cli.numerics.stream import Stream


def attempt_stream(fit: TableFit, j: int, attempt: int) -> Stream:
    """Randomness of one attempt at a node alone.

    Parameters
    ----------
    fit
        The table.
    j, attempt
        Its node, and which attempt.
    """
    return fit.stream.child("node", j, attempt)


class NodeDraws:
    """Mechanisms and noise of the nodes of one table.

    Parameters
    ----------
    fit
        The table.
    """

    def __init__(self, fit: TableFit) -> None:
        self._fit = fit
        self._drawn: dict[int, dict[int, DrawnNode]] = {}
        self._quantiles: dict[int, Floats] = {}
        self._noises: dict[int, BetaNoise] = {}

    def forget(self, j: int) -> None:
        """Drop what a node that is done has left."""
        self._drawn.pop(j, None)
        self._noises.pop(j, None)

    def mechanisms(self, j: int, attempt: int) -> DrawnNode:
        """Mechanisms of one attempt at a node with causes.

        Parameters
        ----------
        j, attempt
            The node, and which attempt.
        """
        if attempt not in self._drawn.get(j, {}):
            self._draw(j, attempt)
        return self._drawn[j].pop(attempt)

    def noise(self, j: int) -> BetaNoise:
        """Noise of a node with causes, the same in every attempt."""
        if j not in self._noises:
            if j not in self._quantiles:
                self._quantiles = self._all_quantiles()
            noise = self._fit.stream.child("node", j, "noise")
            width = self._fit.graph.nodes[j].width or 1
            self._noises[j] = BetaNoise(self._quantiles.pop(j), width, noise)
        return self._noises[j]

    def _used(self) -> list[int]:
        nodes = enumerate(self._fit.graph.nodes)
        return [j for j, node in nodes if node.is_used and node.causes]

    def _draw(self, j: int, attempt: int) -> None:
        """Draw an attempt with others: the first of the whole table, a later one with as many
        after it as there were before it.
        """
        fit = self._fit
        if attempt == 0:
            places, stream = [(k, 0) for k in self._used()], fit.stream.child("mechanisms")
        else:
            first = 1 << attempt.bit_length() - 1
            places = [(j, first + k) for k in range(first)]
            stream = attempt_stream(fit, j, first).child("mechanisms")
        nodes = [fit.graph.nodes[k] for k, _ in places]
        categories = [
            [*map(fit.categories, node.causes), fit.categories(k)]
            for node, (k, _) in zip(nodes, places, strict=True)
        ]
        several = draw_nodes(nodes, categories, fit.settings.mlp, stream.generator())
        for (k, which), drawn in zip(places, several, strict=True):
            self._drawn.setdefault(k, {})[which] = drawn

    def _all_quantiles(self) -> dict[int, Floats]:
        """Quantiles of the noise of every node with causes that is used."""
        fit, used = self._fit, self._used()
        generator = fit.stream.child("noise").generator()
        parameters = np.array(fit.settings.noise.many(generator, 2 * len(fit.graph.nodes)))
        a, b = parameters.reshape(-1, 2).T
        return dict(zip(used, beta_quantiles(a[used], b[used]), strict=True))
