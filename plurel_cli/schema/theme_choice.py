"""The theme of a database: one of the package, or one from a file, checked column by column."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from plurel_cli.config.tables import ColumnConfig
from plurel_cli.errors import ConfigError, Problem, UsageError
from plurel_cli.numerics.stream import Stream
from plurel_cli.themes.files import is_file, theme_problems
from plurel_cli.themes.model import Theme, read_raw, theme, theme_of
from plurel_cli.themes.statements import drawn_statement


def chosen_theme(name: str) -> Theme:
    """The theme of a name: one of the package's, or the path of a file.

    Raises
    ------
    ConfigError
        If the file states what no theme can, with all the problems of it.
    UsageError
        If there is no such theme.
    """
    if not is_file(name):
        return theme(name)
    try:
        raw = read_raw(Path(name))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("schema.themes", f"cannot be read ({_reason(error)})", name) from None
    except yaml.YAMLError as error:
        raise ConfigError([Problem("", f"is no YAML: {error}")], name) from None
    if problems := [*theme_problems(raw)]:
        raise ConfigError(problems, name)
    try:
        result = theme_of(Path(name).stem, raw)
    except OSError as error:
        raise ConfigError([Problem("like", f"names no archetype: {error}")], name) from None
    if problems := column_problems(result):
        raise ConfigError(problems, name)
    return result


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or "" if isinstance(error, OSError) else "it is no text in UTF-8"


def column_problems(of: Theme) -> list[Problem]:
    """Columns that state what no config could, in all tables of a theme."""
    problems = []
    for table in of.tables.values():
        for name, statement in table.columns.items():
            try:
                drawn = drawn_statement(statement, 1_000, Stream(0).draws())
                ColumnConfig.model_validate(drawn)
            except ValidationError as error:
                rules = [detail["msg"].removeprefix("Value error, ") for detail in error.errors()]
            except (ValueError, TypeError, KeyError) as error:
                rules = [str(error)]
            else:
                continue
            problems += [Problem(f"tables.{table.name}.columns.{name}", rule) for rule in rules]
    return problems
