"""The columns and hidden variables of a table that are stated, by name."""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum

from plurel_cli.config.causes import CauseConfig
from plurel_cli.config.tables import ColumnConfig
from plurel_cli.lenses import ColumnSite, Lens
from plurel_cli.lenses.link import Link
from plurel_cli.lenses.sequence import Sequence
from plurel_cli.lenses.subcategory import Subcategory
from plurel_cli.lenses.times import TimeLens
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.column import Attribute, Column, Feature
from plurel_cli.schema.paths import TIME
from plurel_cli.schema.stated import HiddenVariable, StatedCause, StatedModel

NOISE = 0.2
"""Share of chance in what causes without stated shares leave to it."""


def column_of(
    name: str, lens: Lens, stated: ColumnConfig, place: ColumnSite, stream: Stream, *, nulls: bool
) -> Column:
    """The column that a statement makes.

    Parameters
    ----------
    name
        Its name.
    lens, stated
        Its lens, and what is stated besides.
    place
        Where it is.
    stream
        Randomness of the column alone.
    nulls
        Whether it may have nulls that are not stated.

    Returns
    -------
    Column
        A feature where the lens shows a variable, else an attribute.
    """
    lens = lens.completed(place, stream.child("lens"))
    if isinstance(lens, TimeLens) and lens.can_be_late and lens.late is None:
        lens = lens.but(late="null" if stated.when is None else "earlier")
    share = stated.nulls if isinstance(stated.nulls, float) else None
    if stated.nulls is False:
        share = 0.0
    if lens.shows not in ("number", "category"):
        return Attribute(
            name=name,
            type=lens.type,
            lens=lens,
            nulls=share or 0.0,
            nullable=bool(share)
            or lens.shows == "formula"
            or isinstance(lens, Sequence)
            or (isinstance(lens, Link) and bool(lens.reads) and stated.nulls is not False)
            or stated.when is not None,
            when=stated.when,
            tells_future=bool(stated.tells_future),
        )
    follows_a_column = any(path != TIME for path in lens.reads)  # which may have nulls
    may_be_late = isinstance(lens, TimeLens) and lens.until is not None and lens.base is not None
    has_model = bool(stated.causes) or stated.noise is not None
    noise = stated.noise
    if isinstance(lens, Subcategory) and not has_model:
        has_model, noise = True, 1.0  # else the weights of its labels would hang on those above
    return Feature(
        name=name,
        type=lens.type,
        stage="features",
        nullable=stated.when is not None
        or may_be_late
        or (bool(share) if share is not None else nulls or follows_a_column),
        when=stated.when,
        kind="categorical" if lens.shows == "category" else "numerical",
        categories=lens.categories if lens.shows == "category" else None,
        lens=lens,
        model=model_of(stated.causes, noise) if has_model else None,
        null_share=share,
        tells_future=bool(stated.tells_future),
    )


def hidden_of(name: str, stated: ColumnConfig) -> HiddenVariable:
    """The hidden variable that a statement makes.

    Parameters
    ----------
    name
        Its name.
    stated
        What is stated of it.

    Returns
    -------
    HiddenVariable
    """
    return HiddenVariable(name=name, model=model_of(stated.causes, stated.noise))


def model_of(causes: Mapping[str, CauseConfig], noise: float | None) -> StatedModel:
    """How a variable comes about, with the shares that are left open.

    Parameters
    ----------
    causes
        What it depends on.
    noise
        Share of chance, if it is stated.

    Returns
    -------
    StatedModel
    """
    stated = fsum(abs(cause.share) for cause in causes.values() if cause.share is not None)
    n_open = len([cause for cause in causes.values() if cause.share is None])
    left = max(1.0 - stated - (noise or 0.0), 0.0)
    if left < 1e-9:
        left = 0.0
    if n_open and noise is None:
        noise = NOISE * left
        left -= noise
    each = left / n_open if n_open else 0.0
    return StatedModel(
        causes=tuple(
            StatedCause(
                path=path,
                share=each if cause.share is None else abs(cause.share),
                falls=(cause.share or 0.0) < 0.0,
                mechanism=cause.mechanism,
            )
            for path, cause in causes.items()
        ),
        noise=noise or 0.0,
        rest=0.0 if n_open else left,
    )
