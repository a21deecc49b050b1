"""A package of somebody else's adds one of each choice, and the command line uses them all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

MODULES = {
    "layout": """
from plurel_cli.choices.kinds import Integers
from plurel_cli.choices.registry import parameter
from plurel_cli.schema.layouts import layouts


@layouts(hubs=parameter(Integers(ge=1), 1))
def wheel(n, draws, *, hubs):
    '''Every table refers to the first ones.'''
    return [(a, b) for a in range(min(hubs, n)) for b in range(a + 1, n)]
""",
    "activation": """
import numpy as np
from plurel_cli.features.activations import activations


def _cubed(x):
    return np.clip(x, -50, 50) ** 3


@activations()
def cubed(generator):
    '''The third power.'''
    return _cubed
""",
    "mechanism": """
import numpy as np
from plurel_cli.features.mechanisms import mechanisms


class Mean:
    def __init__(self, weights):
        self.weights = weights

    def __call__(self, x):
        return x.mean(axis=1, keepdims=True, dtype=np.float32) * self.weights


@mechanisms()
def averaging(generator, count, n_in, n_out, settings):
    '''The mean of all inputs, weighed.'''
    return [Mean(generator.standard_normal((1, n_out), dtype=np.float32)) for _ in range(count)]
""",
    "transform": """
import numpy as np
from plurel_cli.features.transforms import transforms


class Doubled:
    def __call__(self, raw, generator, /):
        return np.clip(raw, -1e30, 1e30) * np.float32(2)

    def inverse(self, written, /):
        return written / 2


@transforms()
def doubled(reference, n_rows, generator):
    '''Twice the value.'''
    return Doubled()
""",
    "profile": """
from plurel_cli.schema.arrivals import Profile
from plurel_cli.temporal.profiles import profiles


@profiles()
def mondays(stream):
    '''Nothing but Mondays.'''
    return Profile(
        name="mondays", weekdays=(7.0, *[0.0] * 6), working_hours=(1.0,) * 24,
        weekend_hours=(1.0,) * 24, months=(1.0,) * 12,
    )
""",
    "share": """
import math
from typing import Literal
from plurel_cli.features.budget import budget_shares
from plurel_cli.features.budget.normal import NormalNumbers
from plurel_cli.features.budget.components import DrawnComponent
from plurel_cli.features.budget.share import BudgetShare


@budget_shares.kind
class Luck(BudgetShare):
    '''Luck.'''

    kind: Literal["luck"] = "luck"

    @classmethod
    def drawn(cls, share, place, stream):
        return cls(share=share)

    def component(self, rows):
        numbers = NormalNumbers(rows.table.rows, rows.stream.child("luck"))
        return DrawnComponent(numbers, math.sqrt(self.share))
""",
    "way": """
from typing import Literal
from plurel_cli.features.determined import determined
from plurel_cli.features.determined.column import DeterminedColumn, Proposal, as_floats


class Negated:
    def __init__(self, number):
        self.number = number

    def block(self, index):
        return as_floats(-self.number.block(index))


@determined.kind
class Negative(DeterminedColumn):
    '''A number of the same row, negated.'''

    kind: Literal["negative"] = "negative"

    @classmethod
    def proposals(cls, place):
        return [Proposal((name,)) for name in place.numbers] if place.is_number else []

    def values(self, written):
        return Negated(written.values(self.of[0]))
""",
    "source": """
from typing import Literal
import numpy as np
from plurel_cli.features.time_sources import time_sources
from plurel_cli.features.time_sources.source import DAY, Unkeyed


class Days:
    def __init__(self, times):
        self.times = times

    def block(self, index):
        return (self.times.block(index) // DAY % 30).astype(np.float32)


@time_sources.kind
class Thirtieth(Unkeyed):
    '''The day of a month of thirty days.'''

    kind: Literal["thirtieth"] = "thirtieth"

    def values(self, rows):
        return Days(rows.times)
""",
    "reason": """
from typing import Literal
import numpy as np
from plurel_cli.blocks.column import block_rows
from plurel_cli.features.nulls import null_reasons
from plurel_cli.features.nulls.reason import NullReason


class Sevenths:
    def __init__(self, n_rows):
        self.n_rows = n_rows

    def block(self, index):
        return np.arange(*block_rows(index, self.n_rows)) % 7 == 0


@null_reasons.kind
class Seventh(NullReason):
    '''Every seventh row.'''

    kind: Literal["seventh"] = "seventh"

    @classmethod
    def drawn(cls, group, p, stream, before):
        taken = stream.draws().chance(p)
        return cls(share=group.share, group=group.number) if taken else None

    def rows(self, place):
        return Sevenths(place.n_rows)
""",
    "statistic": """
from plurel_cli.measure.statistics import statistics


@statistics()
def time_columns(database):
    '''Time columns that are measured.'''
    return float(len(database.times))
""",
    "exporting": """
from plurel_cli.export import formats


@formats()
def names(schema):
    '''Names of the tables.'''
    return "".join(f"{table.name}\\n" for table in schema.tables)
""",
}

GROUPS = {
    "layout": "layouts",
    "activation": "activations",
    "mechanism": "mechanisms",
    "transform": "transforms",
    "profile": "profiles",
    "share": "budget",
    "way": "determined",
    "source": "time_sources",
    "reason": "nulls",
    "statistic": "statistics",
    "exporting": "export",
}

SETS = (
    "schema={layout: wheel, layouts: {wheel: {hubs: 2}}, tables: 4, columns: 6}",
    "schema.p_categorical=0.2",
    "schema.rows={entity: 40, activity: 900}",
    "time.arrivals={profile: mondays, spacing: poisson}",
    "features.scm={mode: lazy, mechanism: [averaging, mlp], transform: doubled, nulls: 0}",
    "features.scm.mlp.activation=cubed",
    "features.scm.budget={p: 0.5, shares: {luck: 1}}",
    "features.scm.determined={p: 0.3, kind: negative}",
    "features.scm.time={p: 1, kind: thirtieth}",
    "features.scm.missing={p_column: 0.6, told: 0, reasons: {seventh: 1}}",
)

CONFIG = [part for text in SETS for part in ("--set", text)]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as an installer leaves it: its modules, and metadata with entry points."""
    site = tmp_path_factory.mktemp("site")
    (site / "acme_plurel").mkdir()
    (site / "acme_plurel" / "__init__.py").touch()
    for name, text in MODULES.items():
        (site / "acme_plurel" / f"{name}.py").write_text(text)
    _describe(site, "acme", "".join(
        f"[plurel.{group}]\n{name} = acme_plurel.{name}\n" for name, group in GROUPS.items()
    ))  # fmt: skip
    return site


def _describe(site: Path, name: str, points: str) -> None:
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(points)


def _plurel(site: Path, *arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-c", "from plurel_cli.cli import main; main()", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done


def _kinds(node: Any, found: set[str]) -> set[str]:
    """All text anywhere in plain data."""
    if isinstance(node, dict):
        for value in node.values():
            _kinds(value, found)
    elif isinstance(node, list):
        for value in node:
            _kinds(value, found)
    elif isinstance(node, str):
        found.add(node)
    return found


def test_the_command_line_and_a_corpus_of_two_workers_use_one_of_each(
    installed: Path, tmp_path: Path
) -> None:
    _plurel(installed, "generate", "--seed", 1, "--out", tmp_path / "one", *CONFIG)
    arguments = ("corpus", "--seeds", "0:2", "--jobs", 2, "--out", tmp_path / "all", "--quiet")
    _plurel(installed, *arguments, *CONFIG)
    alone, member = tmp_path / "one", tmp_path / "all" / "db-000001"
    for file in sorted(path.name for path in alone.glob("*.parquet")):
        assert (alone / file).read_bytes() == (member / file).read_bytes()
    schema = json.loads((member / "schema.json").read_text())
    config = schema.pop("config")
    assert config["features"]["scm"]["mlp"]["activation"] == "cubed"
    used = {"wheel", "averaging", "doubled", "mondays", "luck", "negative", "thirtieth", "seventh"}
    assert used <= _kinds(schema, set())
    _plurel(installed, "validate", tmp_path / "all")
    assert _plurel(installed, "schema", "--format", "names", *CONFIG).stdout.split() == [
        f"table_{i}" for i in range(4)
    ]
    measured = json.loads(_plurel(installed, "measure", alone, "--json").stdout)
    assert measured["databases"][0]["statistics"]["time_columns"] >= 1
    refused = _plurel(installed, "generate", "--out", tmp_path / "no", "--set",
                      "schema.layout=whee", code=2).stderr  # fmt: skip
    assert "did you mean wheel?" in refused


def test_the_json_schema_knows_them(installed: Path) -> None:
    text = _plurel(installed, "config", "json-schema").stdout
    for name in ("wheel", "cubed", "averaging", "doubled", "mondays", "luck", "negative"):
        assert f'"{name}"' in text
    assert "hubs" in json.loads(text)["$defs"]["SchemaConfig"]["properties"]["layouts"][
        "properties"]["wheel"]["properties"]  # fmt: skip


def test_an_installed_package_changes_no_config(installed: Path, tmp_path: Path) -> None:
    texts = {_plurel(site, "config", "show").stdout for site in (installed, tmp_path)}
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ("star = no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("star = acme_broken", "ZeroDivisionError: division by zero"),
        ("star = acme_again", "ValueError: there is already a layout named layered"),
    ],
)
def test_what_cannot_be_loaded_is_one_sentence_with_its_package(
    tmp_path: Path, points: str, reason: str
) -> None:
    (tmp_path / "acme_broken.py").write_text("1 / 0\n")
    (tmp_path / "acme_again.py").write_text(
        "from plurel_cli.schema.layouts import layouts\n@layouts()\ndef layered(n, draws): ...\n"
    )
    _describe(tmp_path, "acme", f"[plurel.layouts]\n{points}\n")
    done = _plurel(tmp_path, "config", "show", code=2)
    assert done.stderr == (
        f"error: the package acme: the entry point {points} of plurel.layouts cannot be loaded "
        f"({reason}); mend or uninstall the package\n"
    )
