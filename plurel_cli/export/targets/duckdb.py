"""A DuckDB file, which DuckDB fills from the Parquet files themselves."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, ClassVar

from plurel_cli.errors import ExportError
from plurel_cli.export.ddl import Said, create_tables
from plurel_cli.export.dialects import DUCKDB
from plurel_cli.export.targets import FileTarget, driver, refused, target
from plurel_cli.export.waves import waves_of
from plurel_cli.schema.declared import parents_first

if TYPE_CHECKING:
    from plurel_cli.export.source import ExportSource, Report
    from plurel_cli.schema.table import Table


@target
class DuckDB(FileTarget):
    """A DuckDB file; keys and checks are declared, without which it is made much faster."""

    name: ClassVar[str] = "duckdb"
    takes: ClassVar[frozenset[str]] = frozenset({"constraints"})
    suffix: ClassVar[str] = ".duckdb"

    def write(self, source: ExportSource, file: Path, report: Report) -> None:
        duckdb = driver("duckdb", self.name, self.name)
        schema = source.made
        said: Said = "all" if self.options.constraints else "nothing"
        DUCKDB.check_names(schema)
        with duckdb.connect(str(file)) as engine:
            engine.execute("SET enable_progress_bar = false")
            try:
                engine.execute(create_tables(schema, DUCKDB, said))
                for table in parents_first(schema):
                    self._fill(engine, source, table)
                    report(table.name, table.rows)
            except duckdb.Error as error:
                raise refused("DuckDB", error) from None

    def _fill(self, engine: Any, source: ExportSource, table: Table) -> None:
        """Load a table, and look that all rows have come."""
        name, columns = DUCKDB.identifier(table.name), [c.name for c in table.columns]
        into = f"INSERT INTO {name} SELECT {DUCKDB.identifiers(columns)} FROM"
        to_self = self.options.constraints and any(key.to_self for key in table.foreign_keys)
        with source.files(table) as files:
            rows = _reading(files)
            if to_self:
                _fill_in_waves(engine, source, table, into, rows)
            else:
                engine.execute(f"{into} {rows}")
        (count,) = engine.execute(f"SELECT count(*) FROM {name}").fetchone()  # noqa: S608
        if count != table.rows:
            raise ExportError(f"table {table.name}", f"must have {table.rows} rows", count)


def _reading(files: list[Path]) -> str:
    """Parquet files as a table of SQL."""
    paths = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
    return f"read_parquet([{paths}])"


def _fill_in_waves(engine: Any, source: ExportSource, table: Table, into: str, rows: str) -> None:
    """Load a table that refers to itself: the engine knows rows of earlier statements alone."""
    import polars as pl

    waves = waves_of(source, table)
    key = DUCKDB.identifier(table.primary_key)
    with TemporaryDirectory(prefix="plurel-") as folder:
        file = Path(folder, "waves.parquet")
        pl.DataFrame({"its key": waves.keys, "its wave": waves.numbers}).write_parquet(file)
        engine.execute(
            f'CREATE TEMP TABLE "its waves" AS SELECT r.*, w."its wave" FROM {rows} r '  # noqa: S608
            f'JOIN {_reading([file])} w ON r.{key} = w."its key" ORDER BY w."its wave", r.{key}'
        )
    for wave in range(waves.waves):
        engine.execute(f'{into} temp."its waves" WHERE "its wave" = {wave}')
    engine.execute('DROP TABLE temp."its waves"')
