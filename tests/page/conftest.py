"""A browser for all tests of a worker, and a database whose texts want to be markup."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from plurel_cli import Config, generate_to
from tests.page.chromium import Chromium, chromium

MARKUP = "</script><img src=x onerror=hacked()>\"'`&amp;$"

HOSTILE = f"{MARKUP}\u202eevil\u2028\x1b[31m"

CONFIG = Config.model_validate(
    {
        "schema": {"layout": "explicit"},
        "connectivity": {"time_order": True},
        "time": {"start": "2020-01-01", "end": "2022-12-31"},
        "features": {"model": "scm"},
        "tables": {
            "person": {
                "rows": 300,
                "timed": True,
                "columns": {
                    "name": {"lens": "person_name"},
                    "plan": {"lens": "category", "values": [MARKUP, "plain", "<b>bold</b>"]},
                    "taste": {"hidden": True},
                    "wealth": {
                        "lens": "number",
                        "lognormal": {"median": 3.0, "sigma": 2.0},
                        "causes": {"taste": 0.5},
                    },
                    "spent": {"lens": "formula", "of": "coalesce(sum(visit.price), 0)"},
                },
            },
            "place": {
                "rows": 20,
                "columns": {"title": {"lens": "title", "words": ["adjectives", "product_nouns"]}},
            },
            "visit": {
                "rows": 1500,
                "parents": ["person", "place"],
                "columns": {
                    "price": {"lens": "money", "causes": {"person_id.taste": 0.6}},
                    "remark": {"lens": "text", "templates": [f"{MARKUP} one", "two"]},
                    "is_late": {"lens": "flag", "true": 0.2, "nulls": 0.1},
                },
            },
        },
    }
)


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with such a database."""
    folder = tmp_path_factory.mktemp("page") / "db<i>"
    generate_to(folder, CONFIG, seed=3)
    return folder


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """A browser."""
    with chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened
