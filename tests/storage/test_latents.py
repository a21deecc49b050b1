"""Hidden variables are kept beside a database, where no reader takes them for tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from plurel_cli import (
    Config,
    do,
    generate,
    generate_corpus,
    generate_portion,
    generate_to,
    load,
    merge_portions,
    parse_config,
    run_stage,
    schema_to,
    validate,
)
from plurel_cli.errors import ConfigError
from plurel_cli.storage.document import read_document
from plurel_cli.storage.layout import ROW_GROUP_ROWS, files
from tests.storage.samples import contents

HIDDEN = Path("latents", "customer.parquet")


def shop(rows: int = 300, **output: Any) -> Config:
    """Customers with two hidden variables, one of which acts on their orders."""
    customer = {
        "plan": {"lens": "category", "values": {"free": 6, "pro": 3}},
        "appetite": {"hidden": True},
        "patience": {"hidden": True, "causes": {"appetite": 0.4}},
    }
    amount = {"lens": "money", "causes": {"customer_id.appetite": 0.5}}
    return parse_config(
        {
            "schema": {"layout": "explicit"},
            "features": {"model": "scm"},
            "tables": {
                "customer": {"rows": rows, "columns": customer},
                "order": {"rows": 900, "parents": ["customer"], "columns": {"amount": amount}},
            },
            "output": {"latents": True, **output},
        }
    )


@pytest.mark.parametrize("layout", ["flat", "relbench"])
def test_hidden_variables_are_written_and_checked(tmp_path: Path, layout: str) -> None:
    folder = tmp_path / "db"
    schema = generate_to(folder, shop(layout=layout), seed=1)
    assert validate(folder) == []
    assert {Path(name) for name in contents(folder)} == files(schema)
    assert HIDDEN in files(schema)
    there = pl.read_parquet(folder / HIDDEN)
    assert_frame_equal(there, load(folder).latents()["customer"])
    assert there["appetite"].n_unique() == 300
    digests = read_document(folder).digests
    assert digests is not None
    assert set(digests.columns["latents/customer"]) == {"customer_id", "appetite", "patience"}
    assert set(load(folder).tables) == {"customer", "order"}


def test_only_whoever_asks_has_them(tmp_path: Path) -> None:
    generate_to(tmp_path / "db", shop(latents=False), seed=1)
    assert not (tmp_path / "db" / "latents").exists()
    assert validate(tmp_path / "db") == []


def test_every_way_of_making_a_database_keeps_them(tmp_path: Path) -> None:
    config = shop(rows=ROW_GROUP_ROWS + 5, part_rows=ROW_GROUP_ROWS)
    wanted = generate_to(tmp_path / "whole", config, seed=2)
    assert wanted.by_name["customer"].hidden
    schema_to(tmp_path / "staged", config, seed=2)
    for stage in ("fk", "temporal", "features"):
        run_stage(stage, tmp_path / "staged")
    for number in range(2):
        generate_portion(tmp_path / "portions", config, 2, portion=(number, 2))
    merge_portions(tmp_path / "portions")
    generate(config, 2).save(tmp_path / "saved")
    generate_corpus(tmp_path / "corpus", config, range(2, 3), jobs=1)
    whole = read_document(tmp_path / "whole").digests
    assert whole is not None
    for folder in ("staged", "portions", "saved", "corpus/db-000002"):
        digests = read_document(tmp_path / folder).digests
        assert digests is not None
        assert digests.columns == whole.columns, folder
        assert validate(tmp_path / folder) == []


def test_what_is_held_is_held_there(tmp_path: Path) -> None:
    held = do(generate(shop(), 3), "customer", "appetite", 1.5)
    held.save(tmp_path / "db")
    there = pl.read_parquet(tmp_path / "db" / HIDDEN)
    assert there["appetite"].unique().to_list() == [1.5]
    assert there["patience"].n_unique() == 300
    assert validate(tmp_path / "db") == []
    there.with_columns(appetite=pl.col("customer_id").cast(pl.Float32)).write_parquet(
        tmp_path / "x"
    )
    (tmp_path / "x").replace(tmp_path / "db" / HIDDEN)
    faults = [f"{fault.place}: {fault.rule}" for fault in validate(tmp_path / "db")]
    assert any("appetite" in fault and "held there" in fault for fault in faults)


def test_a_change_is_seen(tmp_path: Path) -> None:
    generate_to(tmp_path / "db", shop(), seed=1)
    path = tmp_path / "db" / HIDDEN
    frame = pl.read_parquet(path)
    frame.with_columns(pl.col("patience") + 1).write_parquet(path)
    places = {fault.place for fault in validate(tmp_path / "db")}
    assert str(HIDDEN) in places
    path.unlink()
    assert [fault.place for fault in validate(tmp_path / "db")] == [str(HIDDEN)]


def test_a_table_cannot_share_their_folder() -> None:
    tables = {"latents": {"rows": 10}}
    with pytest.raises(ConfigError, match="must not be a table's name"):
        parse_config(
            {
                "schema": {"layout": "explicit"},
                "tables": tables,
                "output": {"latents": True, "part_rows": 1},
            }
        )
