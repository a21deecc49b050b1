"""For every setting, the things that it can be stated of: tables, foreign keys, feature columns.

Each setting is declared here once, and what stands below `tables` follows from that. A setting is
of a thing where it has a meaning for that thing alone; all can be stated of the whole database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Flag, auto


class Scope(Flag):
    """Things that a setting can be stated of besides the whole database."""

    DATABASE = 0
    TABLE = auto()
    KEY = auto()
    COLUMN = auto()


_DATABASE, _TABLE, _KEY, _COLUMN = Scope.DATABASE, Scope.TABLE, Scope.KEY, Scope.COLUMN

_DECLARED: tuple[tuple[str, Scope, str], ...] = (
    ("schema", _DATABASE, "layout layouts tables naming themes"),
    ("schema", _TABLE, "max_parents columns narrowed row_order p_sorted"),
    ("schema", _TABLE | _COLUMN, "p_categorical categories"),
    ("schema", _TABLE | _KEY | _COLUMN, "nulls"),
    ("schema.rows", _TABLE, "entity activity event"),
    ("schema.forms", _TABLE, "p_timed p_event p_repeated p_self self_reference"),
    ("schema.forms", _TABLE, "p_detail p_owned p_one_to_one one_to_one_share p_junction"),
    ("connectivity", _TABLE | _KEY, "levels parent_clusters child_clusters matched"),
    ("connectivity", _TABLE | _KEY, "p_diagonal p_off_diagonal alike softness returning"),
    ("connectivity", _TABLE | _KEY, "founders following lag popularity popularities childless"),
    ("connectivity", _TABLE | _KEY, "hubs hub_weight latent run coupling pairing time_order"),
    ("connectivity", _TABLE | _KEY, "p_nullable null_rate null_latent"),
    ("connectivity.events", _TABLE | _KEY, "following lag"),
    ("connectivity.thread", _TABLE | _KEY, "root recency"),
    ("connectivity.detail", _TABLE | _KEY, "count counts mean least none lag lags"),
    ("connectivity.hierarchy", _TABLE | _KEY, "depth branching"),
    # Every table has its times in the one window, whose splits divide all of them.
    ("time", _DATABASE, "start end min_days"),
    ("time.split", _DATABASE, "val test"),
    ("time.arrivals", _TABLE, "spacing spacings profile profiles alike growth entity_growth"),
    ("time.arrivals", _TABLE, "wander flashes flash_size flash_hours granularity"),
    ("features", _TABLE, "model"),
    ("features", _TABLE | _COLUMN, "categorical_as"),
    ("features.series", _TABLE | _COLUMN, "value_scale exponent period autocorrelation"),
    ("features.series.activity", _TABLE | _COLUMN, "trend cycle noise"),
    ("features.series.entity", _TABLE | _COLUMN, "trend cycle noise"),
    # A graph is that of a table, and so is the width that all its nodes share with what refers.
    ("features.scm", _TABLE, "layout layouts latent_ratio latent_extra edge_weight mode width"),
    ("features.scm", _TABLE, "database_taste taste"),
    ("features.scm", _TABLE | _KEY, "parent_columns"),
    ("features.scm", _TABLE | _KEY | _COLUMN, "mechanism"),
    ("features.scm", _TABLE | _COLUMN, "source aggregation decoder noise standardise"),
    ("features.scm", _TABLE | _COLUMN, "cut p_permuted p_reversed transform nulls"),
    ("features.scm.mlp", _TABLE | _KEY | _COLUMN, "layers hidden keep log_scale"),
    ("features.scm.mlp", _TABLE | _KEY | _COLUMN, "initialisation activation"),
    ("features.scm.children", _TABLE | _COLUMN, "p aggregate half_life"),
    ("features.scm.time", _TABLE | _COLUMN, "p kind"),
    ("features.scm.determined", _TABLE | _COLUMN, "p kind"),
    ("features.scm.budget", _TABLE | _COLUMN, "p shares concentration floor moving drift"),
    # Columns follow the same traits, by number, and along a key the same chains.
    ("features.scm.budget", _TABLE, "database_concentration table_concentration traits"),
    ("features.scm.budget", _TABLE, "first_trait batch_traits batch_rows"),
    ("features.scm.budget", _TABLE | _KEY, "chains persistence chain"),
    ("features.scm.missing", _TABLE | _COLUMN, "p_column rate told itself begins reasons group"),
    ("tasks", _DATABASE, "kinds max completion score hopeless min_rows min_class_rows"),
    ("tasks.dials", _DATABASE, "positives cold_start shift noise horizon tail"),
    ("output", _DATABASE, "layout compression part_rows time_unit latents card"),
)

_OF_SINGLES = ("keys", "columns", "parents")
"""What stands below a table, and holds settings of single keys and columns."""

SCOPES = {
    f"{section}.{name}": scope for section, scope, names in _DECLARED for name in names.split()
}
"""What each setting can be stated of, by its path."""


def names_within(section: str, scope: Scope) -> frozenset[str]:
    """Settings of a section that can be stated of a thing.

    Parameters
    ----------
    section
        Path of the section.
    scope
        The thing.

    Returns
    -------
    frozenset of str
        Their paths below the section.

    Examples
    --------
    >>> sorted(names_within("features.scm", Scope.KEY))[:2]
    ['budget.chain', 'budget.chains']
    """
    prefix = f"{section}."
    return frozenset(
        path.removeprefix(prefix)
        for path, allowed in SCOPES.items()
        if path.startswith(prefix) and scope in allowed
    )


def is_setting(path: str) -> bool:
    """Whether a path is that of a setting, or of a section with some."""
    return any(setting == path or setting.startswith(f"{path}.") for setting in SCOPES)


def setting_within(location: Sequence[int | str]) -> str:
    """The path of the setting that a place below `tables` states, empty if it states none.

    Examples
    --------
    >>> setting_within(("tables", "a", "keys", "b", "connectivity", "lag"))
    'connectivity.lag'
    """
    if not location or location[0] != "tables":
        return ""
    below = location[4:] if len(location) > 3 and location[2] in _OF_SINGLES else location[2:]
    return ".".join(map(str, below))


def scopes_in_words(path: str) -> str:
    """What a setting, or one within a section, can be stated of.

    Examples
    --------
    >>> scopes_in_words("features.scm.taste")
    'the whole database or a table'
    """
    several = Scope.DATABASE
    for setting, scope in SCOPES.items():
        if setting == path or setting.startswith(f"{path}."):
            several |= scope
    words = ["the whole database", *_words(several)]
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _words(scope: Scope) -> Iterator[str]:
    for one, words in ((_TABLE, "a table"), (_KEY, "a key"), (_COLUMN, "a column")):
        if one in scope:
            yield words
