"""Expressions of SQL: parsed by sqlglot, and written as formulas where these can say it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from plurel_cli.errors import UsageError
from plurel_cli.intake.picture import Expression
from plurel_cli.intake.strings import with_backslashes

if TYPE_CHECKING:
    from sqlglot import exp

_OPERATORS = {
    "Add": "+",
    "Sub": "-",
    "Mul": "*",
    "Div": "/",
    "IntDiv": "/",
    "Mod": "%",
    "EQ": "=",
    "NEQ": "!=",
    "LT": "<",
    "LTE": "<=",
    "GT": ">",
    "GTE": ">=",
    "And": "and",
    "Or": "or",
}
_FUNCTIONS = {
    "Abs": "abs",
    "Floor": "floor",
    "Ceil": "ceil",
    "Round": "round",
    "Sqrt": "sqrt",
    "Least": "min",
    "Greatest": "max",
    "Year": "year",
    "Month": "month",
}

_WRAPPERS = {"Cast", "TryCast", "Paren", "Collate"}


class _Unknown(Exception):
    """Something that no formula says."""


def parsed(text: str, dialect: str) -> exp.Expression | None:
    """The tree of an expression; none where it cannot be read.

    Parameters
    ----------
    text
        The expression.
    dialect
        Of SQL.

    Returns
    -------
    Expression or None

    Raises
    ------
    UsageError
        If sqlglot is not installed.
    """
    try:
        import sqlglot
    except ImportError:
        raise UsageError(
            "plurel init", "needs sqlglot to read SQL", remedy="pip install 'plurel-cli[sql]'"
        ) from None
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    try:
        written = with_backslashes(text, dialect)
        tree = sqlglot.parse_one(f"SELECT {written}", dialect=dialect or None)
    except (sqlglot.errors.SqlglotError, ValueError, RecursionError):
        return None
    several: list[exp.Expression] = tree.expressions
    return several[0] if len(several) == 1 else None


def plain(tree: exp.Expression) -> exp.Expression:
    """A tree without casts and brackets, which change no value that is compared.

    Parameters
    ----------
    tree
        The tree.

    Returns
    -------
    Expression
    """
    bare: Any = tree
    while type(bare).__name__ in _WRAPPERS:
        bare = bare.this
    inner = [node for node in bare.walk() if type(node).__name__ in _WRAPPERS]
    for node in reversed(inner):
        node.replace(node.this)
    return cast("exp.Expression", bare)


def formula_of(tree: Any, names: Mapping[str, str], text: str) -> Expression:
    """An expression as a formula, or as a template of a text.

    Parameters
    ----------
    tree
        The expression, plain.
    names
        Names of the columns of the table by their lower case.
    text
        As it is written.

    Returns
    -------
    Expression
        One that is not known, where plurel has none.
    """
    try:
        return Expression(template=_template(tree, names), text=text)
    except _Unknown:
        pass
    try:
        return Expression(of=_written(tree, names), text=text)
    except _Unknown:
        return Expression(text=text)


def _name(tree: Any, names: Mapping[str, str]) -> str:
    name = names.get(str(tree.name).lower())
    if name is None:
        raise _Unknown
    return name


def _template(tree: Any, names: Mapping[str, str]) -> str:
    """Texts put together."""
    kind = type(tree).__name__
    if kind == "DPipe":
        return _part(tree.this, names) + _part(tree.expression, names)
    if kind in ("Concat", "ConcatWs", "SafeConcat"):
        parts = [_part(part, names) for part in tree.expressions]
        if kind == "ConcatWs":
            return parts[0].join(parts[1:])
        return "".join(parts)
    raise _Unknown


def _part(tree: Any, names: Mapping[str, str]) -> str:
    kind = type(tree).__name__
    if kind == "Coalesce":
        return _part(tree.this, names)
    if kind == "Column":
        return f"{{{_name(tree, names)}}}"
    if kind == "Literal" and tree.is_string and not set("{}") & set(tree.this):
        return str(tree.this)
    return _template(tree, names)


def _written(tree: Any, names: Mapping[str, str]) -> str:
    """A formula."""
    kind = type(tree).__name__
    if kind == "Column":
        return _name(tree, names)
    if kind == "Literal":
        if not tree.is_string:
            return str(tree.this)
        if "'" in tree.this:
            raise _Unknown
        return f"'{tree.this}'"
    if kind == "Neg":
        return f"(-{_written(tree.this, names)})"
    if kind == "Not":
        return f"(not {_written(tree.this, names)})"
    if kind in _OPERATORS:
        both = (_written(side, names) for side in (tree.this, tree.expression))
        return f"({f' {_OPERATORS[kind]} '.join(both)})"
    if kind == "Is" and type(tree.expression).__name__ == "Null":
        return f"is_null({_written(tree.this, names)})"
    if kind == "Coalesce":
        several = [tree.this, *tree.expressions]
        return f"coalesce({', '.join(_written(one, names) for one in several)})"
    if kind in _FUNCTIONS:
        several = [tree.this, *tree.expressions]
        if kind == "Round" and tree.args.get("decimals") is not None:
            several.append(tree.args["decimals"])
        return f"{_FUNCTIONS[kind]}({', '.join(_written(one, names) for one in several)})"
    if kind in ("Case", "If"):
        return _choice(tree, names)
    raise _Unknown


def _choice(tree: Any, names: Mapping[str, str]) -> str:
    """What depends on a condition."""
    if type(tree).__name__ == "If":
        branches, rest = [tree], tree.args.get("false")
    else:
        branches, rest = tree.args["ifs"], tree.args.get("default")
    if rest is None or (tree.args.get("this") is not None and type(tree).__name__ == "Case"):
        raise _Unknown
    written = _written(rest, names)
    for branch in reversed(branches):
        condition, value = _written(branch.this, names), _written(branch.args["true"], names)
        written = f"if({condition}, {value}, {written})"
    return written
