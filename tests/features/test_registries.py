"""One decorated function in a new module is a new choice, here for every registry of features."""

import sys
import textwrap

import pytest
from pydantic import TypeAdapter, ValidationError

from plurel_cli.choices.kinds import Names
from plurel_cli.choices.registry import Registry
from plurel_cli.config.scm import ScmConfig
from plurel_cli.features.mechanisms.settings import MlpConfig

CASES = {
    "activation": "def cube(generator): return lambda x: x**3",
    "initialisation": "def ones(generator, count, n, m): return np.ones((count, n, m))",
    "mechanism": "def nothing(generator, count, n_in, n_out, settings): return []",
    "edge weight": "def half(generator, n): return np.full(n, 0.5)",
    "source": "def zero(generator, config): return lambda block, n: np.zeros(n, np.float32)",
}


@pytest.mark.parametrize("noun", CASES)
def test_a_function_in_a_new_module_is_a_choice(noun, tmp_path, monkeypatch):
    package = "extension_" + noun.replace(" ", "_")
    folder = tmp_path / package
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from plurel_cli.choices.registry import Registry\n"
        f"entries = Registry({noun!r}, __name__)\n"
    )
    (folder / "module.py").write_text(
        textwrap.dedent(f"""
        import numpy as np
        from {package} import entries

        @entries()
        {CASES[noun]}
        """)
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    __import__(package)
    entries: Registry = sys.modules[package].entries
    (name,) = entries.names()
    assert Names(entries.names).parse(name).value == name


NAMED = [
    (MlpConfig, "activation", "activations"),
    (MlpConfig, "initialisation", "initialisations"),
    (ScmConfig, "mechanism", "mechanisms"),
    (ScmConfig, "edge_weight", "edge_weights"),
    (ScmConfig, "source", "sources"),
]


@pytest.mark.parametrize(("section", "field", "package"), NAMED)
def test_a_function_registered_here_is_a_choice_of_the_config(section, field, package, monkeypatch):
    registry: Registry = getattr(
        __import__(f"plurel_cli.features.{package}", fromlist=[package]), package
    )
    registry.names()
    with pytest.raises(ValidationError):
        TypeAdapter(section).validate_python({field: "brand_new"})
    monkeypatch.setattr(registry, "_entries", dict(registry._entries))

    def brand_new(generator):
        """A new one."""

    registry()(brand_new)
    read = TypeAdapter(section).validate_python({field: "brand_new"})
    assert getattr(read, field).value == "brand_new"
    assert registry["brand_new"].summary == "A new one."


@pytest.mark.parametrize(("section", "field", "package"), NAMED)
def test_every_entry_says_what_it_is(section, field, package):
    registry: Registry = getattr(
        __import__(f"plurel_cli.features.{package}", fromlist=[package]), package
    )
    for entry in registry:
        assert entry.summary.endswith("."), entry.name
