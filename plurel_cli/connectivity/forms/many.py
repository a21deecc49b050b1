"""Keys with any number of children a parent, from a block model and habits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.blocks.continued import After
from plurel_cli.config import Config
from plurel_cli.connectivity.descent import SAFE_PRODUCT
from plurel_cli.connectivity.forms import Sampler, samplers
from plurel_cli.connectivity.growing import GrowingSite
from plurel_cli.connectivity.habits import sample_habits
from plurel_cli.connectivity.hsbm import check_reachable, lowest_product, sample_block_model
from plurel_cli.connectivity.keys import block_model_keys
from plurel_cli.connectivity.reach import Reach, drawn_reach
from plurel_cli.connectivity.row_order import row_order
from plurel_cli.connectivity.shaped import ShapedKeys, check_shape
from plurel_cli.connectivity.site import Site
from plurel_cli.connectivity.uniforms import Trait
from plurel_cli.connectivity.weights import RowWeights, parent_weights
from plurel_cli.errors import ConfigError, Problem
from plurel_cli.schema.block_model import BlockModel
from plurel_cli.schema.forms.many import ManyKey
from plurel_cli.schema.habits import Habits
from plurel_cli.temporal.clock import Clock


@samplers.named("many")
class ManySampler(Sampler):
    """Draws keys with any number of children a parent."""

    @staticmethod
    def planned(site: Site, config: Config) -> ManyKey:
        """The key with its block model and habits.

        Raises
        ------
        ConfigError
            If the model leaves some child row no parent to refer to, or has too many clusters for
            the habits.
        """
        key = _many(site)
        settings, parent = site.settings(config), site.parent
        model = sample_block_model(settings, site.stream.child("model"))
        check_reachable(model, parent.rows, site.table.rows, site.place)
        coupling = settings.coupling.draw(
            site.alike(site.shared, settings.alike).child("coupling").draws()
        )
        habits = sample_habits(
            settings,
            site.alike(site.stream.child("habits"), settings.alike),
            coupling,
            both_timed=site.both_timed,
            to_events=bool(parent.holds_events),
        )
        if habits is not None or key.name in (site.table.unique or ()):
            shape = habits or Habits()
            check_shape(model, shape, parent.rows, site.table.rows, site.place)
            _check_reach(site, model, shape)
        is_nullable = habits is not None and habits.null_rate > 0
        return key.but(block_model=model, habits=habits, nullable=is_nullable)

    @staticmethod
    def keys(site: Site, clock: Clock) -> BlockColumn:
        """The keys of all rows."""
        if _many(site).habits is not None:
            return shaped_keys(site, clock)
        return block_model_keys(
            _model(site), site.parent.rows, site.table.rows, site.stream.child("keys")
        )

    @staticmethod
    def grown(growing: GrowingSite) -> BlockColumn:
        """The keys of the new rows, which lie in all clusters as the first ones did.

        Raises
        ------
        ConfigError
            If the model leaves some of them no parent to refer to.
        """
        site = growing.site
        model = _model(site)
        check_reachable(model, site.parent.rows, site.table.rows, site.place)
        if (habits := _many(site).habits) is None:
            stream = site.stream.child("keys")
            return block_model_keys(model, site.parent.rows, site.table.rows, stream)
        check_shape(model, habits, site.parent.rows, site.table.rows, site.place)
        return shaped_keys_among(growing)


def shaped_keys(site: Site, clock: Clock) -> ShapedKeys:
    """Keys that may be drawn anew row by row, as a junction asks for.

    Parameters
    ----------
    site
        The key, planned.
    clock
        Times of the database.

    Returns
    -------
    ShapedKeys
    """
    parent, table, seed = site.parent, site.table, site.schema.seed
    stream, habits = site.stream, _many(site).habits or Habits()
    return ShapedKeys(
        habits,
        parent.rows,
        table.rows,
        lambda: _reach(site, _model(site), habits),
        stream.child("keys"),
        site.shared,
        (clock.column(table), lambda: clock.whole(parent)) if habits.time_order else None,
        Trait(seed, table.id, table.rows),
    )


def shaped_keys_among(growing: GrowingSite) -> ShapedKeys:
    """Keys of new rows, among all parents that there are.

    Parameters
    ----------
    growing
        The key of the new rows.

    Returns
    -------
    ShapedKeys

    Notes
    -----
    How much a parent is referred to is what it was before. All of them have joined by then.
    """
    site, whole = growing.site, growing.whole
    parent, table, stream = site.parent, site.table, site.stream
    habits, model = (_many(site).habits or Habits()).but(founders=1.0), _model(site)
    trait = Trait(growing.seed, table.id, whole.table.rows)
    of_new = growing.clock.wave
    return ShapedKeys(
        habits,
        parent.rows,
        table.rows,
        lambda: drawn_reach(model, parent.rows, table.rows, _weights(whole, habits)),
        stream.child("keys"),
        site.shared,
        (of_new.column(table), lambda: growing.clock.whole(parent)) if habits.time_order else None,
        After(trait, growing.n_former, table.rows),
    )


def _reach(site: Site, model: BlockModel, habits: Habits) -> Reach:
    """What rows of the key may refer to."""
    return drawn_reach(model, site.parent.rows, site.table.rows, _weights(site, habits))


def _weights(site: Site, habits: Habits) -> Callable[[NDArray[np.int64]], RowWeights]:
    """What draws how much parents are referred to."""
    parent, stream = site.parent, site.stream.child("weights")
    trait = Trait(site.schema.seed, parent.id, parent.rows)
    order = row_order(site.schema.seed, parent)

    def weights(kept: NDArray[np.int64]) -> RowWeights:
        traits = trait.whole() if habits.latent > 0 else np.empty(0)
        if order is not None and len(traits):
            traits = traits[order.of(np.arange(parent.rows))]
        return parent_weights(habits, parent.rows, traits, stream, kept)

    return weights


def _check_reach(site: Site, model: BlockModel, habits: Habits) -> None:
    """Refuse a key of which a row has nobody to refer to, by the weights as they are drawn."""
    if lowest_product(model) <= SAFE_PRODUCT and not _reach(site, model, habits).reaches.all():
        rule = "leaves a cluster of child rows with no parent that weighs anything"
        remedy = "raise p_diagonal or p_off_diagonal"
        raise ConfigError([Problem(site.place, rule, remedy=remedy)])


def _many(site: Site) -> ManyKey:
    assert isinstance(site.key, ManyKey)  # noqa: S101 (each form has a sampler of its own)
    return site.key


def _model(site: Site) -> BlockModel:
    model = _many(site).block_model
    assert model is not None  # noqa: S101 (planned before)
    return model
