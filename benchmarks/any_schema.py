"""A schema of one's own in, a database of PostgreSQL out: CPU seconds of every step.

    python -m benchmarks.any_schema [SCALE]

`shop12.sql` is read, made at a scale (50 gives 1.2 million rows) and taken to a server that runs
as long as this does. Then the statements of the file make its own tables, with all their
constraints, which the same rows must pass.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.export.servers import postgres

DDL = Path(__file__).with_name("shop12.sql")

ORDER = (
    *("country", "category", "warehouse", "customer", "address", "product", "stock", "orders"),
    *("order_line", "shipment", "payment", "review"),
)

CIRCLE = "ALTER TABLE orders ADD FOREIGN KEY (latest_shipment_id) REFERENCES shipment (id);"


def client() -> float:
    """CPU seconds of the commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def server(url: str) -> float:
    """CPU seconds of the server, with its workers that have ended and those that run."""
    import psycopg

    with psycopg.connect(f"{url}postgres") as connection:
        data = connection.execute("SHOW data_directory").fetchone()
    assert data is not None  # noqa: S101 (every server has one)
    ticks = 0
    for pid in _tree(int((Path(data[0]) / "postmaster.pid").read_text().split()[0])):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))  # its own time, and of children that have ended
    return ticks / 100


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from _tree(int(child))


def main(scale: float) -> None:
    """Run the steps and print their seconds."""
    import psycopg

    plurel = [str(Path(sys.executable).with_name("plurel"))]
    taken: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, postgres() as url:
        config, database = f"{folder}/shop.yaml", f"{folder}/shop"
        steps = {
            "init": ["init", str(DDL), "--scale", str(scale), "--out", config, "--quiet"],
            "generate": ["generate", "--config", config, "--out", database, "--quiet"],
            "export": ["export", database, "--to", "postgres", "--out", f"{url}postgres#made"],
        }
        for name, words in steps.items():
            before = client() + server(url)
            subprocess.run([*plurel, *words], check=True)
            taken[name] = client() + server(url) - before
        schema = json.loads(Path(database, "schema.json").read_text())
        rows = sum(table["rows"] for table in schema["tables"])
        before = client() + server(url)
        with psycopg.connect(f"{url}postgres") as connection:
            made = DDL.read_text(encoding="utf-8").replace(CIRCLE, "")
            connection.execute(made.encode())
            for table in ORDER:
                connection.execute(_filling(connection, table).encode())
            connection.execute(CIRCLE.encode())
        taken["the same rows into the tables of the file"] = client() + server(url) - before
    print(f"{rows} rows")
    for name, seconds in taken.items():
        print(f"{name:45} {seconds:6.1f} s of CPU")


def _filling(connection: object, table: str) -> str:
    """The statement that takes rows of a table from what was made to what the file makes."""
    import psycopg

    assert isinstance(connection, psycopg.Connection)  # noqa: S101 (imported when used)
    columns = connection.execute(
        "SELECT column_name, udt_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
        [table],
    ).fetchall()
    names = ", ".join(f'"{name}"' for name, _ in columns)
    values = ", ".join(f'"{name}"::{kind}' for name, kind in columns)
    return f'INSERT INTO public."{table}" ({names}) SELECT {values} FROM made."{table}"'  # noqa: S608


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 50.0)
