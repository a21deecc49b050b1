"""The feature columns of each table: how many, of what kind, with how many categories."""

from __future__ import annotations

from plurel_cli.choices.choice import Choice
from plurel_cli.config import Config
from plurel_cli.config.scm import ScmConfig
from plurel_cli.config.tables import TableConfig
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.column import ColumnType, Feature
from plurel_cli.schema.narrowed import Narrowed

_TYPES: dict[str, ColumnType] = {"integer": "int32", "label": "string", "boolean": "boolean"}


class FeatureColumns:
    """What the feature columns of a database's tables are drawn from.

    Parameters
    ----------
    config
        What to draw from.
    stream
        Randomness of the schema.
    """

    def __init__(self, config: Config, stream: Stream) -> None:
        self._config = config
        self._ranges = {
            name: Narrowed.of(getattr(config.schema_, name), stream.child("narrowed", name))
            for name in ("p_categorical", "categories")
        }

    def of(self, table: TableConfig, stream: Stream) -> list[Feature]:
        """The feature columns of a table.

        Parameters
        ----------
        table
            What the config says of this table alone.
        stream
            Randomness of the table.

        Returns
        -------
        list of Feature
            None where features are not asked for.
        """
        settings, model = self._config.schema_, self._config.features.model
        if model == "none":
            return []
        n = (table.columns or settings.columns).draw(stream.child("columns").draws())
        p_categorical: Choice[float] | Narrowed = table.p_categorical or settings.p_categorical
        categories: Choice[int] | Narrowed = table.categories or settings.categories
        if settings.narrowed:
            p_categorical = table.p_categorical or self._ranges["p_categorical"]
            categories = table.categories or self._ranges["categories"]
        p = p_categorical.draw(stream.child("p_categorical").draws())
        kinds, counts = stream.child("kinds").draws(), stream.child("categories").draws()
        columns = []
        for index in range(n):
            is_categorical = kinds.chance(p)
            count = int(categories.draw(counts))  # for every column: kinds move no counts
            columns.append(
                Feature(
                    name=f"feature_{index}",
                    type=_TYPES[self._config.features.categorical_as]
                    if is_categorical
                    else "float32",
                    stage="features" if model == "scm" else "temporal",
                    nullable=model == "scm"
                    and _may_be_null(self._config.features.scm, is_categorical),
                    kind="categorical" if is_categorical else "numerical",
                    categories=count if is_categorical else None,
                )
            )
        return columns


def _may_be_null(settings: ScmConfig, is_categorical: bool) -> bool:
    if settings.missing.p_column.bounds[1] > 0 or settings.determined.p.bounds[1] > 0:
        return True  # a column that others determine is null where they are
    return not is_categorical and settings.nulls.bounds[1] > 0
