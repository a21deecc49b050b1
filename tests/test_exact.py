"""What makes values must give the same bits everywhere: what it may call is checked by name.

Numpy's elementary functions, its sums of several numbers at once, BLAS and the C library differ
between CPUs, releases and systems. Elementwise + − × ÷ √, comparisons, rounding, sorting of values
and integers do not. Values are made of these alone.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import plurel_cli

PACKAGE = Path(plurel_cli.__file__).parent
ROOMS = (
    *(
        "kernel",
        "numerics",
        "blocks",
        "choices",
        "words",
        "formulas",
        "marginals",
        "lenses",
        "themes",
    ),
    *("schema", "temporal", "connectivity", "features"),
)
FILES = sorted(path for room in ROOMS for path in (PACKAGE / room).rglob("*.py"))

OF_NUMPY = {
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp", "logaddexp2"),
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "hypot", "sinc"),
    *("sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "cbrt", "power", "float_power"),
    *("sum", "mean", "average", "std", "var", "nansum", "nanmean", "nanstd", "nanvar", "prod"),
    *("dot", "vdot", "inner", "outer", "matmul", "einsum", "tensordot", "cov", "corrcoef"),
    *("interp", "linspace", "logspace", "geomspace", "trapezoid", "convolve", "reciprocal"),
    *("median", "quantile", "percentile", "linalg", "fft", "polyfit", "polyval", "gradient"),
    *("argpartition", "default_rng"),
}
OF_MATH = {
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "pow", "cbrt", "hypot", "dist"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh"),
    *("asinh", "acosh", "atanh", "erf", "erfc", "gamma", "lgamma", "sumprod"),
}
METHODS = {"sum", "mean", "std", "var", "dot", "prod"}
"""Of arrays; others by these names are not called in these rooms."""

ALLOWED = {
    ("numerics/stream.py", "np.random.Generator"): "of measures, not of values",
    ("numerics/products.py", "@"): "products of numbers on a grid, exact in any order",
    ("connectivity/levelwise.py", ".sum"): "of truth values",
    ("themes/parents_fit.py", ".sum"): "of halves of whole numbers",
    ("connectivity/counts/ratios.py", ".sum"): "of truth values",
    ("connectivity/detail_counts.py", ".sum"): "of integers",
    ("connectivity/shared_counts.py", ".sum"): "of integers",
    ("connectivity/shared_counts.py", "sum"): "of integers",
    ("connectivity/ranks.py", ".argsort"): "only the order of a search, whatever ties do",
    ("temporal/intervals.py", ".sum"): "of integers",
    ("temporal/shapes.py", ".sum"): "of integers",
    ("temporal/spacings/bursty.py", ".sum"): "of truth values",
    ("schema/layouts/layered.py", "sum"): "of integers",
    ("schema/table.py", "sum"): "of truth values",
    ("features/mechanisms/mlp.py", "sum"): "of integers",
    ("lenses/handles.py", "sum"): "of integers",
    ("schema/forms/levels.py", "**"): "of what is said of a key, not of values",
    ("schema/block_model.py", "sum"): "of what is said of a model, not of values",
    ("features/stage.py", "sum"): "of integers",
    ("choices/kind.py", "sum"): "compared with 0 and infinity alone",
    ("words/slots.py", "sum"): "of integers",
}


def _in_types(tree: ast.AST) -> set[ast.AST]:
    """Nodes that only type checkers see."""
    blocks = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return {inner for block in blocks for inner in ast.walk(block)}


def _is_exact(power: ast.BinOp) -> bool:
    """Whether it is a whole power of one, two or ten, which every library gets right."""
    base, exponent = (
        its.operand if isinstance(its, ast.UnaryOp) else its for its in (power.left, power.right)
    )
    is_half = isinstance(exponent, ast.Constant) and isinstance(exponent.value, float)
    return isinstance(base, ast.Constant) and base.value in (1.0, 2.0, 10) and not is_half


def found_in(source: str) -> set[str]:
    """Names in a module whose values depend on the machine."""
    tree = ast.parse(source)
    hidden, found = _in_types(tree), set()
    for node in ast.walk(tree):
        if node in hidden:
            continue
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in ("np", "numpy") and node.attr in OF_NUMPY:
                found.add(f"np.{node.attr}")
            if node.value.id == "math" and node.attr in OF_MATH:
                found.add(f"math.{node.attr}")
        if isinstance(node, ast.ImportFrom) and node.module in ("math", "numpy"):
            forbidden = OF_MATH if node.module == "math" else OF_NUMPY
            found |= {f"{node.module}.{its.name}" for its in node.names if its.name in forbidden}
        if isinstance(node, ast.BinOp | ast.AugAssign):
            if isinstance(node.op, ast.MatMult):
                found.add("@")
            if isinstance(node.op, ast.Pow) and (
                isinstance(node, ast.AugAssign) or not _is_exact(node)
            ):
                found.add("**")
        if isinstance(node, ast.Call):
            found |= _called(node)
    return found


def _called(node: ast.Call) -> set[str]:
    function = node.func
    if isinstance(function, ast.Name):
        return {function.id} & {"sum", "pow"}
    if not isinstance(function, ast.Attribute):
        return set()
    text = ast.unparse(function.value)
    if function.attr in METHODS and text not in ("np", "math"):
        return {f".{function.attr}"}
    if function.attr == "argsort" and not any(
        its.arg == "kind" and ast.unparse(its.value) == "'stable'" for its in node.keywords
    ):
        return {".argsort"}
    if function.attr in ("reduce", "accumulate") and text == "np.add" and function.attr == "reduce":
        is_integer = any(
            its.arg == "dtype" and "int" in ast.unparse(its.value) for its in node.keywords
        )
        return set() if is_integer else {"np.add.reduce"}
    if function.attr == "Generator" and text == "np.random":
        return {"np.random.Generator"}
    return set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_values_are_made_of_exact_operations(path: Path) -> None:
    name = path.relative_to(PACKAGE).as_posix()
    wrong = {its for its in found_in(path.read_text()) if (name, its) not in ALLOWED}
    assert wrong == set(), "use plurel_cli.numerics"


def test_every_exception_is_needed() -> None:
    for name, what in ALLOWED:
        assert what in found_in((PACKAGE / name).read_text()), (name, what)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("np.exp(x)", "np.exp"),
        ("f = np.tanh", "np.tanh"),
        ("from math import log", "math.log"),
        ("math.erfc(x)", "math.erfc"),
        ("x.mean()", ".mean"),
        ("sum(weights)", "sum"),
        ("a @ b", "@"),
        ("a @= b", "@"),
        ("x ** y", "**"),
        ("x ** 0.5", "**"),
        ("2.0 ** 0.5", "**"),
        ("x **= 2", "**"),
        ("x.argsort()", ".argsort"),
        ("np.add.reduce(x)", "np.add.reduce"),
        ("np.random.Generator(bits)", "np.random.Generator"),
    ],
)
def test_what_is_forbidden_is_seen(line: str, what: str) -> None:
    assert found_in(line) == {what}


@pytest.mark.parametrize(
    "line",
    ["2.0**-53", "10**9", "x * x", "np.sqrt(x)", "x.argsort(kind='stable')", "np.cumsum(x)"],
)
def test_what_is_exact_is_let_pass(line: str) -> None:
    assert found_in(line) == set()
