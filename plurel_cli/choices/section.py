"""The base of every section of the config: frozen, closed to unknown keys, nothing coerced."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from plurel_cli.choices.choice import Choice


class Section(BaseModel):
    """A map of the config file."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True
    )

    @classmethod
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        """JSON Schema for editors, with the defaults as a config would write them."""
        from pydantic.json_schema import GenerateJsonSchema

        class Describing(GenerateJsonSchema):
            def encode_default(self, dft: Any) -> Any:
                return super().encode_default(dft.dump() if isinstance(dft, Choice) else dft)

        return super().model_json_schema(*args, **{"schema_generator": Describing, **options})
