"""What `ARCHITECTURE.md` and `CONTRIBUTING.md` ask of code, read from its syntax trees."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterable, Iterator

from tests.trees import ROOT, trees

PRONOUNS = {"its", "found", "own", "told"}


def _rooms() -> Iterator[tuple[str, ast.Module]]:
    for path, tree in trees().items():
        yield path.relative_to(ROOT).parts[0], tree


def _public(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    for node in ast.iter_child_nodes(tree):
        name = getattr(node, "name", "_")
        if isinstance(node, ast.FunctionDef) and not name.startswith("_"):
            yield node
        elif isinstance(node, ast.ClassDef) and not name.startswith("_"):
            yield from _public(node)


def _bare_parameters(function: ast.FunctionDef) -> list[ast.arg]:
    """Parameters that no help of the command line explains."""
    arguments = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
    return [
        argument
        for argument in arguments
        if argument.arg not in ("self", "cls")
        and "typer." not in (kind := ast.unparse(argument.annotation or ast.Constant("")))
        and not kind.endswith(("Option", "Argument"))
    ]


def lacks_sections(function: ast.FunctionDef) -> bool:
    """Whether a function of two parameters or more does not say what they are, or what it gives."""
    if len(_bare_parameters(function)) < 2:
        return False
    text = ast.get_docstring(function) or ""
    answer = ast.unparse(function.returns) if function.returns else "None"
    gives = answer in ("None", "NoReturn") or "Returns\n---" in text or "Yields\n---" in text
    return "Parameters\n---" not in text or not gives


def _classes(trees: Iterable[ast.Module]) -> dict[str, ast.ClassDef]:
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}


def _inherited(owner: ast.ClassDef, name: str, classes: dict[str, ast.ClassDef]) -> bool:
    """Whether a class has from another what a method of this name takes and gives."""
    for base in owner.bases:
        above = classes.get(ast.unparse(base).partition("[")[0].rpartition(".")[2])
        if above is not None and (
            any(method.name == name and not lacks_sections(method) for method in _public(above))
            or _inherited(above, name, classes)
        ):
            return True
    return False


def _registries(trees: Iterable[ast.Module]) -> set[str]:
    """Names of registries, whose type says what all their entries take and give."""
    return {
        node.target.id
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and ast.unparse(node.annotation).startswith("Registry[")
    }


def _is_entry(function: ast.FunctionDef, registries: set[str]) -> bool:
    return any(
        isinstance(decorator, ast.Call) and ast.unparse(decorator.func) in registries
        for decorator in function.decorator_list
    )


def silent(tree: ast.Module, classes: dict[str, ast.ClassDef], registries: set[str]) -> list[str]:
    """Public functions that do not say what they take and give, where nothing else says it.

    A method may override one that does, an entry is as its registry says, and of an overloaded
    function the last has it all.
    """
    overriding = {
        method
        for owner in ast.walk(tree)
        if isinstance(owner, ast.ClassDef)
        for method in owner.body
        if isinstance(method, ast.FunctionDef) and _inherited(owner, method.name, classes)
    }
    return [
        function.name
        for function in _public(tree)
        if lacks_sections(function)
        and function not in overriding
        and "overload" not in map(ast.unparse, function.decorator_list)
        and not _is_entry(function, registries)
    ]


def has_pronouns(tree: ast.AST) -> bool:
    """Whether a variable or parameter is named by what is no noun; fields may be, as settings."""
    fields = {
        statement.target
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
    }
    return any(
        (
            isinstance(node, ast.Name)
            and node.id in PRONOUNS
            and isinstance(node.ctx, ast.Store)
            and node not in fields
        )
        or (isinstance(node, ast.arg) and node.arg in PRONOUNS)
        for node in ast.walk(tree)
    )


def test_public_functions_say_what_their_parameters_are() -> None:
    rooms = list(_rooms())
    modules = [tree for _, tree in rooms]
    classes, registries = _classes(modules), _registries(modules)
    assert "transforms" in registries
    assert [
        (room, name) for room, tree in rooms for name in silent(tree, classes, registries)
    ] == []


def test_variables_are_nouns() -> None:
    assert {room for room, tree in _rooms() if has_pronouns(tree)} == set()


def test_no_two_classes_have_one_name() -> None:
    modules: dict[str, list[str]] = {}
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                modules.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert {name: places for name, places in modules.items() if len(places) > 1} == {}


# Sizes of modules.

MOST_LINES = 400


def test_no_module_is_long_and_most_are_short() -> None:
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in sorted(ROOT.rglob("*.py"))
    }
    assert {name: n for name, n in lines.items() if n > MOST_LINES} == {}
    assert statistics.median(lines.values()) <= 120


# Words.


def _glossary() -> list[str]:
    text = (ROOT.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", text.partition("## Words")[2], re.MULTILINE)
    return [word for word in rows if word not in ("word", "---")]


def _names(tree: ast.AST) -> Iterator[str]:
    """All names that a module uses, in words: `KeptBlocks` as kept_blocks."""
    for node in ast.walk(tree):
        for field in ("name", "id", "attr", "arg"):
            if isinstance(name := getattr(node, field, None), str):
                yield re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def test_every_word_of_the_glossary_is_one_of_the_code() -> None:
    words = {word for _, tree in _rooms() for name in _names(tree) for word in name.split("_")}
    lacking = [
        term
        for term in _glossary()
        if not all({word, f"{word}s"} & words for word in re.split(r"[ -]", term))
    ]
    assert lacking == []
    assert len(_glossary()) >= 25
