"""A user's file, which uses the whole public API. It is type-checked, and not run."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import polars as pl

import plurel_cli
from plurel_cli import (
    ColumnDesign,
    Config,
    ConfigWarning,
    Database,
    Databases,
    Design,
    Estimate,
    Index,
    Mixture,
    PlurelError,
    Problem,
    Progress,
    Schema,
    StoredTask,
    TableDesign,
    Task,
    add_tasks,
    do,
    dump_config,
    estimate,
    export_database,
    generate,
    generate_corpus,
    generate_portion,
    generate_to,
    grow,
    iter_databases,
    iter_frames,
    load,
    load_config,
    load_mixture,
    load_tasks,
    merge_corpus,
    merge_portions,
    parse_config,
    run_stage,
    schema_to,
    validate,
)


def beforehand() -> float:
    taken: Estimate = estimate("small", range(3))
    return taken.total_s + taken.bytes


def configs(path: Path) -> Config:
    text: str = dump_config(load_config(path))
    print(text, ConfigWarning)
    load_config(str(path))
    return parse_config({"schema": {"tables": 3}}, source="mine")


def databases(config: Config) -> Database:
    database = generate(config, seed=1)
    for other in (generate(), generate("a.yaml"), generate({"schema": {"tables": 3}}, 2)):
        print(other)
    frame: pl.DataFrame = database.tables["table_0"]
    schema: Schema = database.schema
    print(frame.height, [table.name for table in schema.tables], schema.seed, schema.to_json())
    database.save("folder", force=True)
    print([(table.name, part.height) for table, part in iter_frames(config, seed=1)])
    return do(database, "table_0", "feature_0", 1.5)


def folders(folder: Path, config: Config) -> list[Problem]:
    def report(table: str, rows: int) -> None:
        print(table, rows)

    generate_to(folder, config, 3, force=True, report=report)
    grow(folder, until=dt.date(2030, 1, 1), rows={"users": 100}, force=True)
    schema_to(folder, config, 3)
    schema: Schema = run_stage("fk", folder, "other", report=report)
    print(schema.stages)
    generate_portion("parts", config, 4, portion=(0, 2))
    merged = merge_portions("parts")
    print(merged.schema.seed, merged.warnings)
    do(load(folder), "table_0", "feature_0", "c3").save("held")
    export_database(folder, "csv", "out", compress="gzip", force=True, report=report)
    tasks: tuple[Task, ...] = add_tasks(folder, kinds=("forecast",), max=3)
    print([task.name for task in tasks])
    stored: dict[str, StoredTask] = load_tasks(folder)
    print({name: one.labels("val").height for name, one in stored.items()})
    return validate(folder)


def corpora(folder: str) -> Index:
    def report(progress: Progress) -> None:
        print(progress.done, progress.total)

    mixture: Mixture = load_mixture("mixture.yaml")
    generate_corpus(folder, mixture, range(10), jobs=2, shard=(0, 2), report=report)
    index: Index = merge_corpus(folder).corpus
    print([entry.seed for entry in index.databases])
    return index


def training() -> int:
    rows = 0
    databases: Databases = iter_databases("a.yaml", itertools.count(), jobs=2)
    with databases:
        for database in databases:
            rows += sum(frame.height for frame in database.tables.values())
    return rows


def designed() -> Database:
    customer = TableDesign("customer", ColumnDesign("age", "integer", min=18), rows=100)
    return generate(Design(customer), seed=1)


try:
    designed()
    print(plurel_cli.__version__, training(), beforehand())
except PlurelError as error:
    print(error)


def drawn(database: Database) -> str:
    specs = [database.plot.timeline().spec, database.plot.causal("order").spec]
    print(specs, database.plot.fan_out("order.user_id").charts)
    return database.plot.schema().svg
