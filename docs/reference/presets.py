"""Which config to start from: what each is for, and how its databases look.

How they look is read from the schemas that the first seeds of each config give.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import NamedTuple

from docs.reference.config import about, anchor
from docs.reference.markdown import NOTICE, code, table
from plurel_cli.config import Config, load_config
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema

CONFIGS = Path(__file__).parents[2] / "configs"

SEEDS = range(20)

INTRO = """\
# Which config do I want?

The folder [configs](../configs) has configs to start from. Pass one with `--config`, or copy it
and change what you like: [Change a config](changing.md) shows how.
"""

LOOKS = f"""\
How the databases look is taken from the schemas of seeds {SEEDS[0]} to {SEEDS[-1]}: medians, with
the smallest and largest value in parentheses if they differ.
"""


class Preset(NamedTuple):
    """A config, and who wants it."""

    name: str
    wanted: str


class Purpose(NamedTuple):
    """Configs that serve one purpose."""

    title: str
    about: str
    presets: tuple[Preset, ...]


PURPOSES = (
    Purpose(
        "To train a model",
        "These six make databases for a corpus. [Realism](realism.md) compares the first and the "
        "fourth with real databases.",
        (
            Preset("realistic", "Databases that look like real ones"),
            Preset("hard", "The same, with [tasks](tasks.md) that are hard"),
            Preset("realistic_plain", "The same, with plain columns: numbers and categories"),
            Preset("default", "The published method, to reproduce or extend it"),
            Preset("broad", "As many kinds of dependence between columns as possible"),
            Preset("mixture", "Some of each, in one corpus"),
        ),
    ),
    Purpose(
        "To look at, or to test with",
        "Small databases that are made in an instant.",
        (
            Preset("small", "A small database, to see what plurel does or to test a reader"),
            Preset("worked_example", "To follow the block model of keys by hand"),
        ),
    ),
    Purpose(
        "With tables of my own",
        "The tables and their references are written out, and everything else is drawn. Copy one, "
        "and write your own tables in place of these.",
        (
            Preset("snowflake", "A data warehouse: sales and their dimensions"),
            Preset("social_network", "Users, posts, comments and reactions"),
        ),
    ),
    Purpose(
        "Very large tables",
        "See also [one large database](scale/large.md).",
        (Preset("big_tables", "Millions of rows of keys and dates"),),
    ),
    Purpose(
        "One kind of schema",
        "As in `default.yaml`, but all schemas have the same [layout](schema.md#the-graph).",
        (
            Preset("barabasi_albert", "Hubs and diamonds, like a social network"),
            Preset("reverse_random_tree", "One table of facts and its dimensions"),
            Preset("random_tree", "A hierarchy in which each table has one parent"),
            Preset("watts_strogatz", "A pipeline of tables with shortcuts"),
            Preset("layered", "Stages in which each table refers to the stage before"),
            Preset("shallow", "Few levels of tables, as most real schemas have"),
            Preset("erdos_renyi", "Dense schemas without structure"),
            Preset("random_cauchy", "A few tables that are joined to nearly all others"),
        ),
    ),
)


def _spread(values: Iterable[float]) -> str:
    """Median of some numbers, and the least and largest where they differ."""
    ordered = sorted(values)
    middle = f"{median(ordered):,.0f}"
    return middle if ordered[0] == ordered[-1] else f"{middle} ({ordered[0]:,} to {ordered[-1]:,})"


def _depth(schema: Schema) -> int:
    """References on the longest path, self-references left out."""
    depths: dict[str, int] = {}
    pending = {
        name: {parent for parent, child, _ in schema.edges if child == name} - {name}
        for name in schema.by_name
    }
    while pending:
        ready = [name for name, parents in pending.items() if parents <= depths.keys()]
        for name in ready:
            parents = pending.pop(name)
            depths[name] = max((depths[parent] + 1 for parent in parents), default=0)
    return max(depths.values())


def _features(config: Config, schemas: list[Schema]) -> str:
    if config.features.model == "none":
        return "none"
    return _spread(sum(len(t.features) for t in schema.tables) for schema in schemas)


def _looks(config: Config) -> tuple[str, ...]:
    """Tables, foreign keys, longest path, rows and feature columns of a config's databases."""
    schemas = [sample_schema(config, seed) for seed in SEEDS]
    return (
        _spread(len(schema.tables) for schema in schemas),
        _spread(len(schema.edges) for schema in schemas),
        _spread(_depth(schema) for schema in schemas),
        _spread(sum(t.rows for t in schema.tables) for schema in schemas),
        _features(config, schemas),
    )


def _path(name: str) -> Path:
    return CONFIGS / f"{name}.yaml"


def _link(name: str) -> str:
    return f"[{name}.yaml](../configs/{name}.yaml)"


def _purpose(purpose: Purpose) -> list[str]:
    wanted = table(
        ("I want", "config", "what it is"),
        ((p.wanted, _link(p.name), about(_path(p.name))) for p in purpose.presets),
    )
    rows = [
        (code(f"{p.name}.yaml"), *_looks(load_config(_path(p.name))))
        for p in purpose.presets
        if p.name != "mixture"
    ]
    head = ("config", "tables", "foreign keys", "longest path", "rows", "feature columns")
    return [f"## {purpose.title}\n\n{purpose.about}\n", wanted, table(head, rows)]


def page() -> str:
    """The page."""
    contents = "".join(f"- [{p.title}](#{anchor(p.title)})\n" for p in PURPOSES)
    parts = [NOTICE.format(source="configs and docs/reference/presets.py"), INTRO, contents, LOOKS]
    for purpose in PURPOSES:
        parts += _purpose(purpose)
    return "\n".join(parts)
