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
    ("customer", "gender", "W", "must be F, M or X"),
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
    ("customer", "first_order", -1, "must be the number of a row"),
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
    ("line", "line_number", 0, "must be 1, or some steps of 1 above it"),
    ("line", "price", 0.005, "must be a multiple of 0.01"),
)
"""Of each column a value that it cannot have, and what is said of it."""

DRAWN = "must be what is drawn for the row, as all columns of its group are"

MADE: tuple[tuple[str, str, Any, str], ...] = (
    ("customer", "name", "Ada Lovelace", DRAWN),
    ("customer", "email", "ada.lovelace@netpost.example.net", DRAWN),
    ("customer", "login", "ada.lovelace", DRAWN),
    ("customer", "phone", "+44 20 7946 0001", DRAWN),
    ("customer", "street", "1 Main Street", DRAWN),
    ("customer", "city", "Paris", DRAWN),
    ("customer", "region", "Texas", DRAWN),
    ("customer", "country", "France", DRAWN),
    ("customer", "country_code", "FR", DRAWN),
    ("customer", "postcode", "75001", DRAWN),
    ("customer", "latitude", 48.85661, DRAWN),
    ("customer", "longitude", 2.35222, DRAWN),
    ("customer", "employer", "Difference Engines Ltd", DRAWN),
    ("customer", "site", "https://www.engines.example", DRAWN),
    ("customer", "address_of_host", "192.0.2.1", DRAWN),
    ("customer", "key", "00000000-0000-4000-8000-000000000000", DRAWN),
    ("customer", "number", 100 + 3 * 10**6, DRAWN),
    ("customer", "code", "ZZ-0000", DRAWN),
    ("customer", "first_order", 10**6, "must be less than 300, the rows of order"),
    ("order", "item", "Difference Engine", DRAWN),
    ("order", "part", "engine", "must be what kind make of it"),
    ("order", "note", "Nothing.", "must be what "),
    ("order", "record", "{}", "must be what kind, discount, paid, due, customer_id.plan make of"),
    ("order", "total", 0.01, "must be sum(line.amount)"),
    ("order", "n_lines", 10**6, "must be count(line)"),
    ("order", "payable", -0.01, "must be if(customer_id.plan = 'team', 0, total * (1 - "),
    ("line", "amount", 0.01, "must be quantity * price"),
    ("line", "line_number", 10**6, "must be the number of the row among those of its parent"),
    ("order", "shipped_at", dt.datetime(1990, 1, 1), "must lie 0.5 to "),
    ("order", "shipped_at", dt.datetime(2090, 1, 1), "must lie 0.5 to "),
    ("order", "due", dt.date(1990, 1, 1), "must lie 0 to "),
    ("order", "born_before", dt.date(2010, 1, 1), "must lie 100 to 200 days before customer_id.bo"),
    ("order", "born_before", dt.date(1940, 1, 1), "must lie 100 to 200 days before customer_id.bo"),
)
"""Of columns that are made of others a value that could be, but is not what these make."""


def other_label(frame: pl.DataFrame) -> str:
    """A label of a line that its kind of order does not allow."""
    return {"hand": "puzzle", "powe": "puzzle", "outd": "hand tool", "puzz": "hand tool"}[
        frame["sort"][7][:4]
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop") / "db"
    generate_to(folder, shop(120, 300, 900), 3)
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
    planted = {tables[table][column]["lens"] for table, column, _, _ in (*PLANTED, *MADE)}
    elsewhere = {"flag", "subcategory", "link"}
    assert planted | elsewhere == set(lenses.names())


def of_column(faults: list[str], column: str, rule: str) -> str:
    several = [fault for fault in faults if f": {column}: {rule}" in fault]
    assert len(several) == 1, faults
    assert is_one_sentence(several[0])
    assert several[0].endswith("1 row breaks it")
    return several[0]


@pytest.mark.parametrize(("table", "column", "value", "rule"), [*PLANTED, *MADE])
def test_planted_violation_is_found(
    restored: Path, table: str, column: str, value: Any, rule: str
) -> None:
    plant(restored, table, column, 7, value)
    faults = [str(fault) for fault in validate(restored)]
    assert faults == [of_column(faults, column, rule)]


def test_label_that_the_one_above_does_not_allow_is_found(restored: Path) -> None:
    plant(restored, "line", "sort", 7, other_label(pl.read_parquet(restored / "line.parquet")))
    faults = [str(fault) for fault in validate(restored)]
    assert faults == [of_column(faults, "sort", "must be a label that order_id.kind allows")]


def test_other_flag_is_found_by_what_is_made_of_it(restored: Path) -> None:
    paid = pl.read_parquet(restored / "order.parquet")["paid"][7]
    plant(restored, "order", "paid", 7, not paid)
    of_column([str(fault) for fault in validate(restored)], "record", "must be what kind, disc")


def test_other_truth_is_found(restored: Path) -> None:
    is_large = pl.read_parquet(restored / "order.parquet")["is_large"].to_list()
    row = next(k for k, value in enumerate(is_large) if value is not None)
    plant(restored, "order", "is_large", row, not is_large[row])
    faults = [str(fault) for fault in validate(restored)]
    assert faults == [of_column(faults, "is_large", "must be n_lines >= 4 and customer_id.age >")]


def test_null_where_a_formula_gives_a_number_is_found(restored: Path) -> None:
    plant(restored, "order", "total", 7, None)
    faults = [str(fault) for fault in validate(restored)]
    assert faults == [of_column(faults, "total", "must be sum(line.amount)")]


def test_number_that_formulas_count_with_is_found_by_them(restored: Path) -> None:
    quantity = pl.read_parquet(restored / "line.parquet")["quantity"][7]
    plant(restored, "line", "quantity", 7, quantity + 1)
    faults = [str(fault) for fault in validate(restored)]
    assert faults == [of_column(faults, "amount", "must be quantity * price")]


def test_key_to_another_row_is_found_by_aggregates(restored: Path) -> None:
    key = pl.read_parquet(restored / "line.parquet")["order_id"][7]
    plant(restored, "line", "order_id", 7, (key + 1) % 300)
    faults = [str(fault) for fault in validate(restored)]
    assert any(": total: must be sum(line.amount); 2 rows break it" in fault for fault in faults)


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
