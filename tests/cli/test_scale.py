"""`--scale`, which multiplies the rows of all tables."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize("factor", ["0", "-1", "nan", "inf", "1e10", "1e-10"])
def test_no_factor_is_refused(run: Run, factor: str) -> None:
    result = run("generate", "-c", "small", "--scale", factor, "-o", "nowhere")
    assert result.is_refusal("--scale: must be from 1e-9 to 1e9")


def test_the_command_scales(run: Run) -> None:
    plain, more = (run("schema", "-c", "snowflake", *words) for words in ((), ("--scale", "3")))
    assert plain.code == more.code == 0
    assert plain.out != more.out
