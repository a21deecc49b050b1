"""Synthetic relational databases from scratch.

Names are imported when first used, so that a command pays only for what it needs.

Examples
--------
>>> from plurel_cli import generate
>>> database = generate({"schema": {"tables": 3}}, seed=1)
>>> sorted(database.tables)
['table_0', 'table_1', 'table_2']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plurel_cli.config import Config, dump_config, load_config, parse_config
    from plurel_cli.config.design import ColumnDesign, Design, TableDesign
    from plurel_cli.config.mixture import Mixture, load_mixture
    from plurel_cli.corpus.memory import Databases, iter_databases
    from plurel_cli.corpus.merge import merge_corpus
    from plurel_cli.corpus.portions import generate_portion, merge_portions
    from plurel_cli.corpus.run import Progress, generate_corpus
    from plurel_cli.database import Database, load
    from plurel_cli.effort.estimate import Estimate, estimate
    from plurel_cli.errors import ConfigWarning, PlurelError, Problem
    from plurel_cli.export.arrow import iter_frames
    from plurel_cli.export.run import export_database
    from plurel_cli.growth.grow import grow
    from plurel_cli.pipeline import do, generate, generate_to, run_stage, schema_to
    from plurel_cli.schema.model import Schema
    from plurel_cli.schema.task import Task
    from plurel_cli.storage.index import Index
    from plurel_cli.storage.validate import validate
    from plurel_cli.tasks.add import add_tasks
    from plurel_cli.tasks.stored import StoredTask, load_tasks

__version__ = "0.1.0"

_HOME = {
    "ColumnDesign": "config.design",
    "Config": "config",
    "ConfigWarning": "errors",
    "Database": "database",
    "Databases": "corpus.memory",
    "Design": "config.design",
    "Estimate": "effort.estimate",
    "Index": "storage.index",
    "Mixture": "config.mixture",
    "PlurelError": "errors",
    "Problem": "errors",
    "Progress": "corpus.run",
    "Schema": "schema.model",
    "StoredTask": "tasks.stored",
    "TableDesign": "config.design",
    "Task": "schema.task",
    "add_tasks": "tasks.add",
    "do": "pipeline",
    "dump_config": "config",
    "estimate": "effort.estimate",
    "export_database": "export.run",
    "generate": "pipeline",
    "generate_corpus": "corpus.run",
    "generate_portion": "corpus.portions",
    "generate_to": "pipeline",
    "grow": "growth.grow",
    "iter_databases": "corpus.memory",
    "iter_frames": "export.arrow",
    "load": "database",
    "load_config": "config",
    "load_mixture": "config.mixture",
    "load_tasks": "tasks.stored",
    "merge_corpus": "corpus.merge",
    "merge_portions": "corpus.portions",
    "parse_config": "config",
    "run_stage": "pipeline",
    "schema_to": "pipeline",
    "validate": "storage.validate",
}

__all__ = [
    "ColumnDesign",
    "Config",
    "ConfigWarning",
    "Database",
    "Databases",
    "Design",
    "Estimate",
    "Index",
    "Mixture",
    "PlurelError",
    "Problem",
    "Progress",
    "Schema",
    "StoredTask",
    "TableDesign",
    "Task",
    "__version__",
    "add_tasks",
    "do",
    "dump_config",
    "estimate",
    "export_database",
    "generate",
    "generate_corpus",
    "generate_portion",
    "generate_to",
    "grow",
    "iter_databases",
    "iter_frames",
    "load",
    "load_config",
    "load_mixture",
    "load_tasks",
    "merge_corpus",
    "merge_portions",
    "parse_config",
    "run_stage",
    "schema_to",
    "validate",
]


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
