"""`validate` finds a planted violation of each lens, and says it in one sentence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from plurel_cli import generate_to, validate
from plurel_cli.lenses import lenses
from tests.lenses.shop import CUSTOMER, LINE, ORDER, shop
from tests.storage.samples import is_one_sentence, rewrite

NAN = float("nan")

PLANTED: tuple[tuple[str, str, Any, str], ...] = (
    ("customer", "name", "R2D2", "must be "),
    ("customer", "email", "a@b.com", "must be an address of mail"),
    ("customer", "login", "1a", "must "),
    ("customer", "phone", "12345", "must "),
    ("customer", "street", "Main Street", "must be a street and a number"),
    ("customer", "city", "Atlantis", "must be a city"),
    ("customer", "region", "Atlantis", "must "),
    ("customer", "country", "Atlantis", "must "),
    ("customer", "country_code", "XX", "must "),
    ("customer", "postcode", "abc", "must "),
    ("customer", "latitude", 90.5, "must be from -90 to 90 degrees"),
    ("customer", "longitude", -180.5, "must be from -180 to 180 degrees"),
    ("customer", "employer", " ", "must "),
    ("customer", "site", "http://a.example", "must "),
    ("customer", "address_of_host", "256.1.1.1", "must "),
    ("customer", "favourite", "blak", "must "),
    ("customer", "key", "1", "must be a UUID"),
    ("customer", "number", 101, "must be 100, or some steps of 3 above it"),
    ("customer", "code", "AB-123", "must have the pattern @@-####"),
    ("customer", "plan", "Free", "must be one of its labels"),
    ("customer", "age", 17, "must be at least 18"),
    ("customer", "age", 96, "must be at most 95"),
    ("customer", "born", dt.date(1949, 12, 31), "must not be before 1950-01-01"),
    ("customer", "born", dt.date(2001, 1, 1), "must not be after 2000-12-31"),
    ("order", "priority", 4, "must be one of its labels"),
    ("order", "discount", 100.5, "must be at most 100"),
    ("order", "discount", 0.25, "must be a multiple of 0.5"),
    ("order", "weight", NAN, "must be finite"),
    ("order", "picking", -1, "must be at least 0"),
    ("order", "slot", "8:00", "must be a time, as HH:MM"),
    ("order", "slot", "07:45", "must be at least 480, in minutes after midnight"),
    ("order", "slot", "08:01", "must be a multiple of 15, in minutes after midnight"),
    ("order", "total", NAN, "must be finite"),
    ("line", "quantity", 0, "must be at least 1"),
    ("line", "price", 0.005, "must be a multiple of 0.01"),
)
"""Of each column a value that it cannot have, and what is said of it."""

WITHOUT_RULES = {"title", "title_of", "flag", "text", "json", "timestamp"}
"""Lenses of which any value of the type is one, as far as a column alone tells."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop") / "db"
    generate_to(folder, shop(400, 1_000, 3_000), 3)
    return folder


@pytest.fixture
def restored(folder: Path) -> Any:
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    yield folder
    for path, data in files.items():
        path.write_bytes(data)


def plant(folder: Path, table: str, column: str, row: int, value: Any) -> None:
    def change(frame: pl.DataFrame) -> pl.DataFrame:
        values = frame[column].to_list()
        values[row] = value
        return frame.with_columns(pl.Series(column, values, dtype=frame.schema[column]))

    rewrite(folder, table, change)


def test_shop_has_no_fault(folder: Path) -> None:
    assert validate(folder) == []


def test_every_lens_has_a_planted_violation() -> None:
    tables = {"customer": CUSTOMER, "order": ORDER, "line": LINE}
    planted = {tables[table][column]["lens"] for table, column, _, _ in PLANTED}
    assert planted | WITHOUT_RULES == set(lenses.names())


@pytest.mark.parametrize(("table", "column", "value", "rule"), PLANTED)
def test_planted_violation_is_found(
    restored: Path, table: str, column: str, value: Any, rule: str
) -> None:
    plant(restored, table, column, 7, value)
    faults = [str(fault) for fault in validate(restored)]
    of_column = [fault for fault in faults if f": {column}: {rule}" in fault]
    assert len(of_column) == 1, faults
    assert is_one_sentence(of_column[0])
    assert of_column[0].endswith("1 row breaks it")
    assert faults == of_column


@pytest.mark.parametrize("column", ["email", "key", "number", "code"])
def test_value_that_comes_twice_is_found(restored: Path, column: str) -> None:
    first = pl.read_parquet(restored / "customer.parquet")[column][0]
    plant(restored, "customer", column, 7, first)
    (fault,) = map(str, validate(restored))
    assert fault == f"customer.parquet: {column} must be unique; 1 row repeat an earlier one"


@pytest.mark.parametrize(
    ("table", "column"),
    [
        *(("customer", name) for name in ("name", "plan", "born", "key")),
        *(("order", name) for name in ("paid", "discount", "slot", "shipped_at", "part", "note")),
        *(("line", name) for name in ("quantity", "price")),
    ],
)
def test_null_where_none_may_be_is_found(restored: Path, table: str, column: str) -> None:
    plant(restored, table, column, 7, None)
    faults = [str(fault) for fault in validate(restored)]
    assert f"{table}.parquet: {column}: must not be null; 1 row breaks it" in faults
