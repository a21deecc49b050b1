"""What people want to do with a config, and which settings serve it: the order of the reference.

A setting belongs to the group that names the longest beginning of its path, so a new one appears
beside its neighbours, and may be moved by naming it.
"""

from __future__ import annotations

from typing import NamedTuple


class Group(NamedTuple):
    """Settings under one heading: those whose paths begin with one of `settings`."""

    title: str
    settings: tuple[str, ...]


class Task(NamedTuple):
    """Something to do with a config."""

    title: str
    about: str
    groups: tuple[Group, ...]


TASKS = (
    Task(
        "Tables and sizes",
        "How many tables there are, how they refer to each other, and how many rows and columns "
        "they have. [Schema](schema.md) explains how they are drawn.",
        (
            Group("Tables and references", ("schema",)),
            Group("Rows", ("schema.rows",)),
            Group(
                "Columns",
                (
                    "schema.columns",
                    "schema.p_categorical",
                    "schema.categories",
                    "schema.narrowed",
                ),
            ),
            Group("Special tables and references", ("schema.forms",)),
        ),
    ),
    Task(
        "Keys",
        "Which row refers to which. Each foreign key draws its own values. [Foreign "
        "keys](connectivity.md) has the model and pictures. Keys that may be null are under "
        "[Nulls](#nulls).",
        (
            Group("Blocks", ("connectivity",)),
            Group(
                "Which parents a row can refer to",
                (
                    "connectivity.softness",
                    "connectivity.returning",
                    "connectivity.founders",
                    "connectivity.time_order",
                    "connectivity.following",
                    "connectivity.lag",
                    "connectivity.events",
                ),
            ),
            Group(
                "How many children a parent has",
                (
                    "connectivity.popularity",
                    "connectivity.popularities",
                    "connectivity.childless",
                    "connectivity.hubs",
                    "connectivity.hub_weight",
                    "connectivity.latent",
                ),
            ),
            Group(
                "How keys are related",
                (
                    "connectivity.run",
                    "connectivity.coupling",
                    "connectivity.pairing",
                    "connectivity.alike",
                ),
            ),
            Group(
                "Tables that refer to themselves", ("connectivity.thread", "connectivity.hierarchy")
            ),
        ),
    ),
    Task(
        "Time",
        "The window of the database, and when rows come. [Time](time.md) has the formulas and "
        "pictures.",
        (
            Group("The window", ("time",)),
            Group("When rows come", ("time.arrivals",)),
            Group("Columns that depend on time and on keys", ("features.scm.time",)),
        ),
    ),
    Task(
        "Features",
        "What fills the feature columns. [Features](features/index.md) explains the model.",
        (
            Group("The model", ("features",)),
            Group(
                "The causal graph",
                (
                    "features.scm.layout",
                    "features.scm.layouts",
                    "features.scm.latent_ratio",
                    "features.scm.latent_extra",
                    "features.scm.edge_weight",
                    "features.scm.mode",
                ),
            ),
            Group("Sources", ("features.scm.source", "features.series")),
            Group(
                "Mechanisms",
                (
                    "features.scm.mechanism",
                    "features.scm.decoder",
                    "features.scm.aggregation",
                    "features.scm.width",
                    "features.scm.standardise",
                    "features.scm.noise",
                    "features.scm.mlp",
                ),
            ),
            Group(
                "Influence between tables", ("features.scm.parent_columns", "features.scm.children")
            ),
            Group(
                "From nodes to columns",
                (
                    "features.scm.cut",
                    "features.scm.p_permuted",
                    "features.scm.p_reversed",
                    "features.scm.transform",
                    "features.categorical_as",
                ),
            ),
            Group("How much of a column comes from where", ("features.scm.budget",)),
            Group("Columns that others determine", ("features.scm.determined",)),
            Group(
                "How much tables and databases differ",
                ("features.scm.taste", "features.scm.database_taste"),
            ),
        ),
    ),
    Task(
        "Nulls",
        "Where values are missing, and why.",
        (
            Group("In feature columns", ("features.scm.nulls", "features.scm.missing")),
            Group(
                "In foreign keys",
                ("connectivity.p_nullable", "connectivity.null_rate", "connectivity.null_latent"),
            ),
        ),
    ),
    Task(
        "Tasks to learn",
        "What a model is to predict from the database: forecasts, links, attributes and "
        "completions. [Tasks](tasks.md) explains them.",
        (
            Group("What is asked", ("tasks",)),
            Group("How hard it is", ("tasks.dials",)),
        ),
    ),
    Task(
        "Output",
        "How the database is written. [Folder format](format.md) describes the result.",
        (Group("", ("output",)),),
    ),
    Task(
        "One table, key or column",
        "Sections of the config again, for one table under `tables.NAME`, for one foreign key "
        "under `tables.NAME.keys.NAME`, and for one feature column under "
        "`tables.NAME.columns.NAME`. The tables above say which settings can be stated of which; "
        "others are refused there. What you leave out stays as it is for the whole database, and "
        "nothing changes but what depends on the change. A foreign key is named by its column, or "
        'by the table it refers to. A name can be a pattern, as in `"table_*"`, where `*` stands '
        "for any letters and `?` for one. If several names fit, an exact name takes precedence "
        "over a pattern, a longer pattern over a shorter one, and of two that are as long the "
        "later one; settings of a key or column take precedence over those of its table. "
        "`columns` is a count, or a map by name (a map of nothing but `min`, `max`, `p` and "
        "`choices` is a count).",
        (Group("", ("tables",)),),
    ),
)


def group_of(path: str) -> Group:
    """The group that a setting belongs to.

    Examples
    --------
    >>> group_of("schema.rows.entity").title
    'Rows'
    """
    parts = path.replace("[]", "").split(".")
    groups = {name: group for task in TASKS for group in task.groups for name in group.settings}
    longest = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next(groups[beginning] for beginning in longest if beginning in groups)
