"""How like its source a made database is: AUC of boosted trees by table, and rows that are alike.

    python -m benchmarks.likeness SOURCE.sqlite MADE…

Each MADE is a folder or an SQLite file with the tables of the source. Trees have to tell rows of it
from those of the source, each row with the columns of the rows that it refers to, the number of
their children, and that of its own; labels count by how frequent they are, and times by when, hour
and weekday. Folds are judged by trees that have not seen them. Left out are columns that are nearly
always the same in the source, and what a row shows of a table of fewer than a hundred rows, which
trees know by heart. A row is alike if its columns, all but keys, are as in some row of the source.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

_ROWS, _FOLDS, _TREES = 5000, 4, 60
_FEWEST, _NEARLY = 100, 0.95
_NUMBERS = ("INT", "REAL", "DEC", "NUM", "FLO")
_TREE: dict[str, Any] = {
    "objective": "binary",
    "num_leaves": 15,
    "learning_rate": 0.1,
    "min_data_in_leaf": 10,
    "num_threads": 1,
    "deterministic": True,
    "seed": 1,
    "verbose": -1,
}


@dataclass(frozen=True)
class SourceTable:
    """A table: types of its columns, its primary key, and what its foreign keys refer to."""

    types: dict[str, str]
    key: tuple[str, ...]
    references: dict[str, tuple[str, str]]

    @property
    def values(self) -> list[str]:
        """Columns that are no keys."""
        single = self.key if len(self.key) == 1 else ()
        return [c for c in self.types if c not in self.references and c not in single]


def tables_of(source: str) -> dict[str, SourceTable]:
    """The tables of an SQLite file."""
    tables = {}
    with sqlite3.connect(source) as engine:
        names = engine.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        keys = {
            n: [r[1] for r in engine.execute(f"PRAGMA table_info({n})") if r[5]] for (n,) in names
        }
        for (name,) in names:
            types = {r[1]: r[2].upper() for r in engine.execute(f"PRAGMA table_info({name})")}
            references = {
                row[3]: (row[2], row[4] or keys[row[2]][0])
                for row in engine.execute(f"PRAGMA foreign_key_list({name})")
            }
            tables[name] = SourceTable(types, tuple(keys[name]), references)
    return tables


def frames_of(place: str, tables: dict[str, SourceTable]) -> dict[str, pl.DataFrame]:
    """The rows of a made folder, or of an SQLite file."""
    if Path(place).is_dir():
        return {
            n: pl.read_parquet(f"{place}/{n}.parquet").select([*t.types]) for n, t in tables.items()
        }
    with sqlite3.connect(place) as engine:
        return {
            name: pl.DataFrame(
                engine.execute(f"SELECT {', '.join(table.types)} FROM {name}").fetchall(),  # noqa: S608
                schema=[*table.types],
                orient="row",
                infer_schema_length=None,
            )
            for name, table in tables.items()
        }


def _numbers(values: pl.Series, kind: str, is_label: bool) -> Iterator[tuple[str, Doubles]]:
    """A column as numbers, with what each is."""
    if "TIME" in kind or kind == "DATE":
        times = values
        if values.dtype == pl.String:
            times = values.str.slice(0, 19).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
            times = times.fill_null(
                values.str.slice(0, 10).str.to_datetime("%Y-%m-%d", strict=False)
            )
        times = times.cast(pl.Datetime("us"))
        yield ".at", times.dt.epoch("s").cast(pl.Float64).to_numpy()
        yield ".hour", times.dt.hour().cast(pl.Float64).to_numpy()
        yield ".weekday", times.dt.weekday().cast(pl.Float64).to_numpy()
    elif any(word in kind for word in _NUMBERS) and (
        values.dtype.is_numeric() or values.dtype == pl.Boolean
    ):
        yield "", values.cast(pl.Float64).to_numpy()
    elif is_label:
        counts = values.cast(pl.String).drop_nulls().value_counts()
        ordered = counts.sort(["count", values.name], descending=[True, False])[values.name]
        ranks = {label: float(rank) for rank, label in enumerate(ordered)}
        column = [ranks.get(label, np.nan) for label in values.cast(pl.String)]
        yield ".label", np.array(column)


def columns_of(
    frames: dict[str, pl.DataFrame], tables: dict[str, SourceTable], real: dict[str, pl.DataFrame]
) -> dict[str, dict[str, Doubles]]:
    """What trees see of each row, by table and name."""
    own: dict[str, dict[str, Doubles]] = {}
    for name, table in tables.items():
        own[name] = {}
        for column in table.values:
            if _is_constant(real[name][column]):
                continue
            known = real[name][column].cast(pl.String).drop_nulls()
            is_label = len(known) >= _FEWEST and known.n_unique() <= min(200, len(known) / 5)
            for part, numbers in _numbers(frames[name][column], table.types[column], is_label):
                own[name][column + part] = numbers
    seen = {name: dict(columns) for name, columns in own.items()}
    for name, table in tables.items():
        for column, (parent, target) in table.references.items():
            is_small = real[parent].height < _FEWEST
            keys = frames[parent][target].cast(pl.String).to_list()
            place = {key: at for at, key in enumerate(keys)}
            to = [place.get(key, -1) for key in frames[name][column].cast(pl.String)]
            at = np.array(to, dtype=np.int64)
            counts = np.bincount(at[at >= 0], minlength=max(len(keys), 1)).astype(float)
            seen[parent][f"{name}.{column}"] = counts[: len(keys)]
            seen[name][f"{column} null"] = (at < 0).astype(float)
            if is_small:
                continue
            seen[name][f"{column}#"] = np.where(at < 0, np.nan, counts[at])
            for part, numbers in own[parent].items() if parent != name and keys else ():
                seen[name][f"{column}>{part}"] = np.where(at < 0, np.nan, numbers[at])
    return seen


def _is_constant(values: pl.Series) -> bool:
    """Whether nearly all rows have the same."""
    known = values.drop_nulls()
    return len(known) == 0 or int(known.value_counts()["count"].max()) >= _NEARLY * len(known)  # type: ignore[arg-type]


def auc(is_real: Doubles, scores: Doubles) -> float:
    """Of two rows of either kind, how often the real one scores higher; half for equal ones."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    n = is_real.sum()
    return float((ranks[is_real == 1].sum() - n * (n + 1) / 2) / (n * (len(scores) - n)))


def told_apart(a: dict[str, Doubles], b: dict[str, Doubles]) -> tuple[float, str]:
    """AUC of trees between two tables, and the columns that they split by most."""
    import lightgbm

    names = [name for name in a if name in b]
    generator = np.random.default_rng(0)
    several = [np.column_stack([one[name] for name in names]) for one in (a, b)]
    n = min(_ROWS, *map(len, several))
    rows = np.vstack([one[generator.permutation(len(one))[:n]] for one in several])
    is_real = np.repeat([1.0, 0.0], n)
    folds = np.tile(np.arange(n) % _FOLDS, 2)
    scores, gains = np.zeros(2 * n), np.zeros(len(names))
    for fold in range(_FOLDS):
        known = lightgbm.Dataset(rows[folds != fold], is_real[folds != fold])
        trees = lightgbm.train(_TREE, known, _TREES)
        scores[folds == fold] = trees.predict(rows[folds == fold])
        gains += trees.feature_importance("gain")
    most = np.argsort(-gains)[:4]
    tells = (f"{names[k]} {gains[k] / max(gains.sum(), 1e-9):.2f}" for k in most)
    return auc(is_real, scores), ", ".join(tells)


def alike(real: pl.DataFrame, made: pl.DataFrame, columns: list[str]) -> int:
    """How many rows of the one are as in some row of the other."""
    texts = [
        frame.select(columns).with_columns(
            pl.selectors.datetime().dt.strftime("%Y-%m-%d %H:%M:%S"),
            pl.selectors.date().dt.strftime("%Y-%m-%d"),
        )
        for frame in (real, made)
    ]
    there = set(texts[0].iter_rows())
    return sum(row in there for row in texts[1].iter_rows())


def main(source: str, *made: str) -> None:
    """Print the figures of each made database."""
    tables = tables_of(source)
    real = frames_of(source, tables)
    seen = columns_of(real, tables, real)
    for place in made:
        print(place)
        frames = frames_of(place, tables)
        theirs = columns_of(frames, tables, real)
        found = []
        same = of = 0
        for name, table in tables.items():
            if real[name].height >= _FEWEST and frames[name].height >= 20 and seen[name]:
                score, tells = told_apart(seen[name], theirs[name])
                found.append(score)
                print(f"  {name:24} {score:.3f}  {tells}")
            if len(table.values) > 1:
                same += alike(real[name], frames[name], table.values)
                of += frames[name].height
        print(f"  mean {np.mean(found):.3f}; {same} of {of} rows are as in the source")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: python -m benchmarks.likeness SOURCE.sqlite MADE…")
    main(*sys.argv[1:])
