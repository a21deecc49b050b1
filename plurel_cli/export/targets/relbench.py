"""A RelBench 3 dataset: the folder that `output.layout: relbench` gives.

It is a database of ours as well, equal to the byte to what `plurel generate` makes of the same
config and seed with that layout.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from plurel_cli.export.targets import ExportTarget, target
from plurel_cli.storage.commit import claiming
from plurel_cli.storage.database import Rows, recorded_config, write_database
from plurel_cli.storage.parquet import Stored, read_frames
from plurel_cli.storage.place import place_of

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.export.source import ExportSource, Report
    from plurel_cli.schema.table import Table
    from plurel_cli.storage.layout import Part


@target
class RelBench(ExportTarget):
    """A RelBench 3 dataset, with a task for each column that can be predicted."""

    name: ClassVar[str] = "relbench"

    def export(self, source: ExportSource, out: str, report: Report, *, replace: bool) -> None:
        source.check_rows()
        schema = source.schema
        output = dict(schema.config.get("output", {})) | {"layout": "relbench", "part_rows": None}
        laid = schema.but(config=schema.config | {"output": output})
        place = place_of(out)
        config = recorded_config(laid, place)

        def rows(table: Table) -> Rows:
            stored = Stored.of(source.place, schema, table)

            def made(part: Part) -> Iterator[pl.DataFrame]:
                for frame in read_frames(stored, schema.stages, part):
                    yield frame
                    report(table.name, frame.height)

            return made

        with claiming(place, replace=replace) as claim:
            write_database(claim, laid, config, rows)

    def is_there(self, out: str) -> bool:
        return place_of(out).exists()
