"""How the parts of the package may use one another, read from its syntax trees.

Data flows one way, config → schema → time → keys → features → disk, and so do imports.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from tests.trees import ROOT, trees

LEVELS: tuple[tuple[str, ...], ...] = (
    ("plurel_cli",),
    ("errors", "prose", "waiting", "kernel"),
    ("numerics",),
    ("compiled",),
    ("words",),
    ("choices", "blocks", "config.names"),
    ("connectivity.one_to_one", "connectivity.ranks", "connectivity.uniforms"),
    ("schema.record", "schema.stages", "schema.union", "schema.variable"),
    ("schema.key_numbers", "schema.sources", "schema.task"),
    ("marginals", "formulas"),
    ("lenses",),
    ("themes",),
    ("schema.block_model", "schema.stated"),
    ("schema.column",),
    ("schema.foreign_key",),
    # What a config may name: registries alone, whose entries belong to the rooms around them, and
    # their settings.
    ("features.activations", "features.initialisations", "features.sources.settings"),
    ("features.mechanisms.settings", "features.determined", "features.nulls"),
    ("features.time_sources", "features.budget", "features.chains", "features.drifts"),
    ("features.gathering",),
    ("features.roles",),
    (
        *("schema.layouts", "schema.forms", "connectivity.popularities"),
        *("connectivity.counts", "connectivity.lags"),
        *("features.aggregations", "features.cuts", "features.edge_weights"),
        *("features.mechanisms", "features.sources", "features.transforms"),
        *("temporal.profiles", "temporal.spacings"),
        *("features.determined.settings", "features.time_sources.settings"),
        *("features.nulls.settings", "features.budget.settings", "features.gathering.settings"),
    ),
    ("connectivity.detail_counts", "config"),
    ("schema",),
    ("connectivity.detail_rows", "connectivity.shared_counts"),
    ("blocks.frames",),
    ("temporal",),
    ("connectivity",),
    ("features",),
    ("plan",),
    ("cards",),
    ("storage",),
    ("summary",),
    ("charts",),
    ("tasks",),
    ("report.branches",),
    ("report.causal",),
    ("database",),
    ("pipeline",),
    ("growth",),
    ("corpus",),
    ("effort", "export", "intake", "report"),
    ("measure",),
    ("page",),
    ("cli",),
)
"""Parts of the package, from the ground up; each imports from itself and from lines above."""

LEVEL = {part: number for number, parts in enumerate(LEVELS) for part in parts}

HEAVY = {"polars", "numpy", "networkx", "pydantic", "yaml", "rich", "obstore", "sqlglot"}

ON_DISK = {
    *("open", "read_bytes", "read_text", "write_bytes", "write_text", "mkdir", "rmdir", "unlink"),
    *("rename", "replace_file", "rmtree", "iterdir", "rglob", "stat", "touch", "symlink_to"),
    *("read_parquet", "scan_parquet", "write_parquet", "sink_parquet", "read_parquet_metadata"),
}

MODULES = {
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}


@cache
def by_name() -> dict[str, ast.Module]:
    """Trees by the names of modules."""
    return {name: trees()[path] for name, path in MODULES.items()}


def part_of(module: str) -> str:
    """The part a module belongs to: it may be one itself, or lie in one."""
    _, _, inner = module.partition(".")
    if inner in LEVEL:
        return inner
    part = inner.partition(".")[0] or "plurel_cli"
    assert part in LEVEL, f"{module} belongs to no part: add it to LEVELS"
    return part


def executed(
    tree: ast.AST, *, at_import: bool = False, for_types: bool = False
) -> Iterator[ast.AST]:
    """Nodes that can run: not those for type checkers unless that is asked, nor inside functions
    where that is asked.
    """
    for node in ast.iter_child_nodes(tree):
        is_for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        if is_for_types and not for_types:
            continue
        if at_import and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        yield node
        yield from executed(node, at_import=at_import, for_types=for_types)


def test_code_for_type_checkers_has_no_other_branch() -> None:
    """So that it can be left out as a whole."""
    for name, tree in by_name().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                assert node.orelse == [], name


@cache
def _all_executed(tree: ast.AST, at_import: bool, for_types: bool) -> tuple[ast.AST, ...]:
    return tuple(executed(tree, at_import=at_import, for_types=for_types))


def imported(tree: ast.AST, *, at_import: bool = False, for_types: bool = False) -> set[str]:
    """Full names of the modules that a tree imports."""
    found = set()
    for node in _all_executed(tree, at_import, for_types):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            base = str(node.module)
            names = {f"{base}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else base for name in names}
    return found


def arrows(*, for_types: bool = False) -> set[tuple[str, str]]:
    """(module, module of the package that it imports)."""
    return {
        (name, other)
        for name in by_name()
        for other in imported(by_name()[name], for_types=for_types)
        if other in MODULES
    }


def _points_back(user: str, used: str) -> bool:
    ours, theirs = part_of(user), part_of(used)
    return ours != theirs and LEVEL[ours] <= LEVEL[theirs]


def test_every_arrow_points_down() -> None:
    wrong = sorted(f"{user} → {used}" for user, used in arrows() if _points_back(user, used))
    assert wrong == []


def test_arrows_for_type_checkers_point_down_too() -> None:
    """But for those of the package itself, which names what it loads when it is asked for."""
    several = {its for its in arrows(for_types=True) if its[0] != "plurel_cli"}
    assert sorted(f"{user} → {used}" for user, used in several if _points_back(user, used)) == []
    assert ("plurel_cli.export.sql", "plurel_cli.schema.model") in several - arrows()


def test_arrows_are_seen() -> None:
    """The order is one that imports need: each of these would point back if it were turned."""
    found = {(part_of(user), part_of(used)) for user, used in arrows()}
    assert {
        ("choices", "errors"),
        ("schema.layouts", "choices"),
        ("config", "schema.layouts"),
        ("schema", "config"),
        ("temporal", "schema"),
        ("connectivity", "schema"),
        ("features", "connectivity"),
        ("features", "temporal"),
        ("storage", "blocks.frames"),
        ("plan", "features"),
        ("pipeline", "plan"),
        ("pipeline", "storage"),
        ("report", "storage"),
        ("corpus", "pipeline"),
        ("cli", "corpus"),
        ("cli", "pipeline"),
        ("cli", "report"),
    } <= found
    assert _points_back("plurel_cli.schema.model", "plurel_cli.storage.document")
    assert _points_back("plurel_cli.schema.layouts", "plurel_cli.schema.model")
    assert _points_back("plurel_cli.export.sql", "plurel_cli.report.text")
    assert not _points_back("plurel_cli.schema.model", "plurel_cli.schema.layouts")


def test_every_part_is_there() -> None:
    assert {part_of(name) for name in MODULES} == set(LEVEL)


def test_nobody_imports_the_command_line() -> None:
    users = {user for user, used in arrows() if part_of(used) == "cli"}
    assert {part_of(user) for user in users} == {"cli"}


def _called(tree: ast.AST) -> set[str]:
    """Last names of what is called."""
    functions = [
        node.func for node in _all_executed(tree, False, False) if isinstance(node, ast.Call)
    ]
    names = {node.id for node in functions if isinstance(node, ast.Name)}
    return names | {node.attr for node in functions if isinstance(node, ast.Attribute)}


def test_only_storage_export_and_the_command_line_touch_a_disk() -> None:
    found = {
        name: calls
        for name, tree in by_name().items()
        if part_of(name) not in ("storage", "export", "cli") and (calls := _called(tree) & ON_DISK)
    }
    assert found == {
        "plurel_cli.charts.chart": {"iterdir", "read_text"},  # of the package
        # Of the package, and what is compiled of it, which is kept in a folder of the user:
        "plurel_cli.compiled.start": {
            *("iterdir", "mkdir", "open", "read_bytes", "rglob", "rmtree"),
        },
        "plurel_cli.config.presets": {"read_bytes", "read_text"},  # of configs
        "plurel_cli.effort.costs": {"read_text"},  # of the package
        "plurel_cli.intake.guesses": {"read_text"},  # of the package
        "plurel_cli.intake.sources": {"read_bytes"},  # of schemas to be read
        "plurel_cli.intake.sources.folder": {  # likewise
            *("iterdir", "read_parquet", "read_parquet_metadata"),
        },
        "plurel_cli.intake.sources.starters": {"read_text"},  # of the package
        "plurel_cli.intake.things": {"read_text"},  # of the package
        "plurel_cli.measure.apart.population": {"read_text"},  # of the package
        "plurel_cli.measure.reference": {"read_text"},  # of the package
        # Databases that others made:
        "plurel_cli.measure.sources.engines": {"open", "read_parquet"},
        "plurel_cli.measure.sources.parquet": {"read_bytes", "read_parquet"},
        "plurel_cli.measure.sources.relbench": {
            *("read_bytes", "read_parquet", "read_parquet_metadata"),
        },
        "plurel_cli.page.html": {"open", "read_text"},  # of the package, and of former reports
        "plurel_cli.report.describe": {"stat"},  # of files to be described
        "plurel_cli.themes.model": {"read_text"},  # of themes
        "plurel_cli.words.lists": {"read_text"},  # of the package
        "plurel_cli.words.tables": {"read_text"},  # of the package
    }
    touching = {name for name, tree in by_name().items() if _called(tree) & ON_DISK}
    assert {"plurel_cli.storage.commit", "plurel_cli.storage.parquet_writer"} <= touching


def _of_numpys_random(tree: ast.AST) -> set[str]:
    """What is used of `numpy.random`."""
    nodes = _all_executed(tree, False, False)
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    attributes = [ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)]
    prefixes = ("np.random.", "numpy.random.")
    return {
        alias.name for node in froms if node.module == "numpy.random" for alias in node.names
    } | {text.split(".")[2] for text in attributes if text.startswith(prefixes)}


def test_no_global_random_state() -> None:
    """All randomness comes from `Stream`, which alone makes generators; others name their type."""
    for name, tree in by_name().items():
        assert not imported(tree) & {"random", "secrets", "uuid"}, name
        assert not _called(tree) & {"hash", "seed", "set_random_seed", "default_rng"}, name
        makers = {"Generator", "SFC64", "PCG64", "Philox", "RandomState"} & _called(tree)
        assert not makers or name == "plurel_cli.numerics.stream", name
        assert _of_numpys_random(tree) <= {"Generator", "SFC64"}, name
    assert _called(by_name()["plurel_cli.numerics.stream"]) >= {"Generator", "SFC64"}


def _needed(name: str) -> set[str]:
    """Modules of the package that are loaded when this one is."""
    found, left = set(), [name]
    while left:
        module = left.pop()
        if module not in found:
            found.add(module)
            words = module.split(".")
            left += [".".join(words[:n]) for n in range(1, len(words))]
            left += [m for m in imported(by_name()[module], at_import=True) if m in MODULES]
    return found


def _outside(name: str) -> set[str]:
    """Packages of others that are loaded with a module."""
    return {
        other.partition(".")[0]
        for module in _needed(name)
        for other in imported(by_name()[module], at_import=True)
        if other not in MODULES
    }


@pytest.mark.parametrize(
    "name", ["plurel_cli", "plurel_cli.cli", "plurel_cli.cli.app", "plurel_cli.errors"]
)
def test_help_needs_nothing_heavy(name: str) -> None:
    assert not _outside(name) & HEAVY


def test_polars_networkx_and_rich_are_imported_when_used() -> None:
    late = {"polars", "networkx", "rich", "obstore"}
    early = {
        name: sorted({other.partition(".")[0] for other in imported(tree, at_import=True)} & late)
        for name, tree in by_name().items()
    }
    allowed = {  # which are themselves imported when used
        *("plurel_cli.report.grid", "plurel_cli.report.text", "plurel_cli.measure.text")
    }
    assert {name for name, found in early.items() if found} <= allowed


def test_what_is_needed_is_seen() -> None:
    assert {"plurel_cli", "plurel_cli.cli", "plurel_cli.cli.make"} <= _needed("plurel_cli.cli.app")
    assert "pydantic" in _outside("plurel_cli.config.model")
    assert "numpy" in _outside("plurel_cli.pipeline")
