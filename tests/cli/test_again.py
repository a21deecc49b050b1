"""The command that a database records makes it again."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from plurel_cli.storage.document import read_schema
from plurel_cli.storage.place import place_of
from tests.cli.conftest import Run


def test_the_command_makes_the_database_again(run: Run, tmp_path: Path) -> None:
    """Of a file: where a file of that name has that text."""
    path = tmp_path / "mine.yaml"
    path.write_text("{extends: small, schema: {columns: 4}}")
    sets = ["--set", "schema.tables=3", "--set", "schema={naming: plain,\n row_order: shuffled}"]
    for n, words in enumerate((["--config", str(path), *sets, "--scale", "0.5"], sets, [])):
        out = tmp_path / f"db{n}"
        assert run("generate", "-q", "--seed", 4, *words, "--out", out).code == 0
        schema = read_schema(place_of(out))
        assert schema.sources is not None
        assert str(tmp_path) not in json.dumps(schema.sources.model_dump(mode="json"))
        again = shlex.split(schema.sources.arguments.replace("mine.yaml", str(path)))
        assert run("generate", "-q", "--seed", 4, *again, "--out", tmp_path / f"again{n}").code == 0
        assert read_schema(place_of(tmp_path / f"again{n}")) == schema
