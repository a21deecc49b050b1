"""The Relational Transformer's engine turns our folders into its training format."""

from __future__ import annotations

from pathlib import Path

from plurel_cli import generate_to, load, parse_config
from tests.readers.environments import Reader
from tests.storage.samples import small_config

_PREPROCESS = """
import importlib.util, json, sys
from pathlib import Path

(library,) = Path(sys.prefix).glob("lib/python*/site-packages/rt/rustler.abi3.so")
spec = importlib.util.spec_from_file_location("rustler", library)
rustler = importlib.util.module_from_spec(spec)
spec.loader.exec_module(rustler)
out, seen = Path(sys.argv[1]), {}
for folder in sys.argv[2:]:
    rustler.preprocess(folder, str(out), source="local", skip_tasks=False)
    made = out / Path(folder).name
    seen[Path(folder).name] = {
        "meta": json.loads((made / "meta.json").read_text()),
        "tables": json.loads((made / "table_info.json").read_text()),
        "columns": list(json.loads((made / "column_index.json").read_text())),
    }
print()
print(json.dumps(seen))
"""


def test_engine_preprocesses_databases(relational_transformer: Reader, tmp_path: Path) -> None:
    folders = [tmp_path / f"db-{seed:06}" for seed in range(5)]
    config = parse_config({"output": {"layout": "relbench"}, "schema": {"tables": 6}})
    for seed, folder in enumerate(folders):
        generate_to(folder, config, seed)
    for categorical_as in ("label", "boolean"):
        folders.append(tmp_path / f"db-{len(folders):06}")
        generate_to(folders[-1], small_config("relbench", categorical_as=categorical_as), 1)
    seen = relational_transformer.run(_PREPROCESS, tmp_path / "out", *folders)
    for folder in folders:
        schema = load(folder).schema
        one = seen[folder.name]
        assert one["meta"]["num_nodes"] == sum(table.rows for table in schema.tables)
        assert {
            name.removesuffix(":Db"): info["num_nodes"] for name, info in one["tables"].items()
        } == {table.name: table.rows for table in schema.tables}
        keys = {f"{column} of {child}" for _, child, column in schema.edges}
        assert keys <= set(one["columns"])
