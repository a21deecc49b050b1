"""What a config states of single columns: their lens, their causes, and whether they are hidden.

A column's lens is written with its settings beside the name of it, as in
`{lens: integer, normal: {mean: 41, sd: 14}, min: 18}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import Field, GetJsonSchemaHandler, ValidationError, model_validator
from pydantic_core import CoreSchema, PydanticCustomError

from plurel_cli.choices.section import Section
from plurel_cli.config.wording import at_setting, nearest, plain, record_problems
from plurel_cli.errors import Problem
from plurel_cli.features.mechanisms import mechanisms
from plurel_cli.lenses import Lens, lenses
from plurel_cli.marginals import marginals

LINEAR = "linear"


class CauseConfig(Section):
    """What a column, or a hidden variable, depends on."""

    share: float | None = Field(
        default=None,
        ge=-1,
        le=1,
        description="Share of the variance that it has; below 0 where more of the cause means "
        "less. Causes of which none is stated have what is left in equal shares.",
    )
    mechanism: str = Field(
        default=LINEAR,
        description="How a number acts: `linear`, or a family of `features.scm.mechanism`. A "
        "category acts by a number for each label.",
    )

    @model_validator(mode="before")
    @classmethod
    def _share_alone(cls, raw: Any) -> Any:
        if raw is None:
            return {}
        is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
        return {"share": float(raw)} if is_number else raw

    @model_validator(mode="after")
    def _is_known(self) -> CauseConfig:
        if self.mechanism != LINEAR and self.mechanism not in mechanisms.names():
            known = ", ".join(dict.fromkeys((LINEAR, *mechanisms.names())))
            raise ValueError(f"mechanism must be one of {known}, got {self.mechanism!r}")
        if self.share == 0:
            raise ValueError("share must not be 0; leave the cause out")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        described = handler.resolve_ref_schema(handler(core_schema))
        return {"anyOf": [{"type": "number"}, {"type": "null"}, described]}


def with_lens(raw: Any, known: frozenset[str]) -> Any:
    """Plain data of a column's settings with those of its lens put together.

    Parameters
    ----------
    raw
        What a config has below the column's name.
    known
        Names of settings that are of the column itself.

    Returns
    -------
    object
        The same data, with a map of the lens and its settings below `lens`; as it is where no lens
        is named.

    Raises
    ------
    PydanticCustomError
        With all that is wrong with the lens.
    """
    if not isinstance(raw, Mapping) or isinstance(raw.get("lens"), Lens | Mapping | None):
        return raw
    name = raw["lens"]
    if not isinstance(name, str) or name not in lenses.names():
        rule = f"must be one of {', '.join(lenses.names())}"
        raise _refused([Problem("lens", rule, plain(name), nearest(str(name), lenses.names()))])
    of_column = {key: value for key, value in raw.items() if key in known and key != "lens"}
    rest = {key: value for key, value in raw.items() if key not in known}
    if "kind" in rest:  # which lens it is says `lens` alone
        raise _refused([Problem("kind", "is not a known setting", rest["kind"])])
    record = lenses.record(name)
    try:
        stated = {"kind": name, **record.stated(rest)}
        record = lenses.record(str(stated["kind"]))  # a title of a label has a record of its own
        lens = record.model_validate(stated)
    except ValidationError as error:
        problems = record_problems(error.errors(), _settings_of(record), known)
        raise _refused(problems) from None
    except ValueError as error:
        raise _refused([at_setting("", str(error), raw)]) from None
    return {**of_column, "lens": lens}


def _settings_of(record: type[Lens]) -> list[str]:
    """Settings of a lens, as a config writes them."""
    names = [name for name in record.model_fields if name != "kind"]
    if "labels" in names:
        names = ["values", *names]
    if "marginal" in names:
        names.remove("marginal")
        names += marginals.names()
    return names


def _refused(problems: Iterable[Problem]) -> PydanticCustomError:
    several = tuple(problems)
    summary = "; ".join(map(str, several))
    return PydanticCustomError("choice", "{summary}", {"summary": summary, "problems": several})


def causes_as_map(raw: Any) -> Any:
    """Causes as a map, which may be written as a list of names."""
    if isinstance(raw, list | tuple) and all(isinstance(name, str) for name in raw):
        return dict.fromkeys(raw)
    return raw
