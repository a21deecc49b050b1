"""Parts of a config as YAML has them in one line: keys, plain data, and comments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml


def comment_of(text: str) -> str:
    """Text in one line of a comment."""
    line = " ".join(text.split())
    line = "".join(c if c.isprintable() else "?" for c in line)
    return line if len(line) <= 160 else line[:157] + "..."


def key_of(name: str) -> str:
    """A name as a YAML key, in quotes where it would be something else."""
    return str(yaml.safe_dump(name, width=10**6).removesuffix("\n").removesuffix("\n...")).strip()


def flow_of(data: Mapping[str, Any]) -> str:
    """Plain data in one line."""
    text = yaml.safe_dump(
        _with_days(dict(data)),
        default_flow_style=True,
        sort_keys=False,
        width=10**9,
        allow_unicode=True,
    )
    return text.strip()


def _with_days(data: dict[str, Any]) -> dict[str, Any]:
    return {
        key: date.fromisoformat(value)
        if key in ("first", "last")
        and isinstance(value, str)
        and re.fullmatch(r"\d{4}-\d\d-\d\d", value)
        else value
        for key, value in data.items()
    }
