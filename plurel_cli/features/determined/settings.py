"""Settings of columns that others determine."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from plurel_cli.choices.choice import Choice, Fixed, OneOf
from plurel_cli.choices.kinds import Names, Reals
from plurel_cli.choices.section import Section
from plurel_cli.features.determined import determined

DETERMINED = (
    *("sum", "difference", "product", "rounded", "counter", "total"),
    *("band", "lookup", "copied"),
)
"""How columns determine another by default."""


class DeterminedConfig(Section):
    """Columns that others determine exactly."""

    p: Annotated[Choice[float], Reals(ge=0, le=1)] = Field(
        default=Fixed(0.0),
        description="Probability that a column is determined by others as they are written, "
        "drawn for each table. Such a column is not part of the causal graph and does not "
        "determine others.",
    )
    kind: Annotated[Choice[str], Names(determined.names)] = Field(
        default=OneOf(DETERMINED),
        description="How, among what the table allows. Numbers: `sum`, `difference` or `product` "
        "of two; one `rounded` to 1, 2 or 5 times a power of ten; `counter`, the row's place among "
        "those with the same reference; `total`, the sum of a number over these so far. For "
        "categories, a `band` of a number. Both by `lookup` from a category, or `copied` from a "
        "referenced row.",
    )
