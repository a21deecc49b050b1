"""The page says what each statistic is."""

from __future__ import annotations

import re

from docs.build import DOCS
from plurel_cli.measure.dependence import family
from plurel_cli.measure.realism import MORE, STATISTICS


def test_every_statistic_is_described_in_order() -> None:
    text = (DOCS / "measure.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| .+ \|$", text, re.M)
    assert rows == [*STATISTICS, *family.STATISTICS]
    assert all(f"`{name}`" in text for name in MORE)
