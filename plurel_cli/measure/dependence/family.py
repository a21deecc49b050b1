"""The 28 statistics of what depends on what, as a family."""

from __future__ import annotations

from collections.abc import Mapping

from plurel_cli.measure.dependence import shapes, tells
from plurel_cli.measure.dependence.database import Subject, permuted
from plurel_cli.measure.dependence.skill import lightgbm
from plurel_cli.measure.family import Family, Values
from plurel_cli.measure.reference import DEPENDENCE
from plurel_cli.measure.view import View

STATISTICS: Mapping[str, str] = {
    "own_r2": "skill of a row's other columns",
    "own_noise": "columns told by nothing in the row",
    "noise_given_parents": "those still untold by referenced rows",
    "parent_lift_mean": "gain in skill from referenced rows",
    "child_lift_share": "parents' columns that children tell of",
    "sibling_all": "likeness of a parent's children",
    "sibling_best_share05": "columns in which siblings are alike",
    "between_explained": "likeness that the parent's columns explain",
    "hop0_med": "information of two columns of a table",
    "hop1_share02": "child and parent columns with information",
    "degree_coupling_nocount": "correlation of fan-out with parents' columns",
    "time_drift_net": "columns that drift",
    "lag1_within": "memory from one child to the next, numbers",
    "lag1_within_cat": "the same, categories",
    "lag1_global": "memory from one row to the next",
    "history_net": "gain in skill from the parent's earlier rows",
    "test_new_parents": "late rows whose parent is new",
    "new_parents_event_share": "foreign keys whose parents are events",
    "cols_with_nulls": "columns with nulls",
    "missing_auc_values": "how well a row tells its nulls",
    "comissing": "nullable columns that are null together",
    "top1_share": "numbers with one frequent value",
    "zero_share": "zeros in numbers",
    "distinct_ratio": "distinct values of numbers, over rows",
    "cat_majority": "share of the most frequent category",
    "abs_spearman": "correlation of two numbers of a table",
    "duplicate_rows": "rows that repeat an earlier one",
    "eff_rank_ratio": "effective rank of a table's numbers",
}
"""What each says, in the order they are shown."""


def measure(view: View) -> Values:
    """Every statistic of one database.

    Raises
    ------
    UsageError
        If LightGBM is not installed.

    Notes
    -----
    At most 48 columns are told from others, from up to five sets of features each, with two times
    60 small trees a class: some tens of seconds for a database of 20 tables.
    """
    lightgbm()
    subject = Subject(view)
    values: Values = {}
    for part in (
        *(tells.skills, tells.explained_by_parents, tells.told_nulls),
        *(shapes.siblings, shapes.pairs, shapes.fan_out, shapes.memory, shapes.nulls),
        shapes.textures,
    ):
        values |= part(subject)
    return {name: values[name] for name in STATISTICS}


def measure_floor(view: View) -> Values:
    """The same with every feature column permuted: what each statistic reads of nothing."""
    return measure(permuted(view))


FAMILY = Family("dependence", STATISTICS, {}, measure, DEPENDENCE)

FLOOR = Family("dependence floor", STATISTICS, {}, measure_floor, DEPENDENCE)
