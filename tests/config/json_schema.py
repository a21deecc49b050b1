"""As much of JSON Schema as the configs' has: enough to check data against it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}

_BOUNDS = {
    "minimum": lambda value, bound: value >= bound,
    "exclusiveMinimum": lambda value, bound: value > bound,
    "maximum": lambda value, bound: value <= bound,
    "exclusiveMaximum": lambda value, bound: value < bound,
    "multipleOf": lambda value, bound: value % bound == 0,
}

_NOTES = {"title", "description", "default", "format", "$defs"}

_CHECKED = {
    *_BOUNDS,
    *(
        "$ref",
        "anyOf",
        "oneOf",
        "type",
        "enum",
        "const",
        "minItems",
        "items",
        "minLength",
        "pattern",
    ),
    *("properties", "required", "additionalProperties"),
}


class Checker:
    """Data against one schema, whose definitions its parts refer to."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema

    def accepts(self, data: Any, schema: Mapping[str, Any] | None = None) -> bool:
        """Whether the data is valid; a word of JSON Schema that is not known here is an error."""
        its = self._schema if schema is None else schema
        unknown = its.keys() - _CHECKED - _NOTES
        assert not unknown, f"not checked here: {unknown}"
        return (
            self._type(data, its)
            and data in its.get("enum", [data])
            and data == its.get("const", data)
            and (not isinstance(data, str) or re.search(its.get("pattern", ""), data) is not None)
            and all(check(data, its[name]) for name, check in _BOUNDS.items() if name in its)
            and ("$ref" not in its or self.accepts(data, self.definition(its["$ref"])))
            and ("anyOf" not in its or any(self.accepts(data, form) for form in its["anyOf"]))
            and ("oneOf" not in its or sum(self.accepts(data, one) for one in its["oneOf"]) == 1)
            and (not isinstance(data, dict) or self._object(data, its))
            and (not isinstance(data, list) or self._array(data, its))
        )

    def definition(self, reference: str) -> Mapping[str, Any]:
        """What `#/$defs/<name>` refers to."""
        found: Mapping[str, Any] = self._schema["$defs"][reference.removeprefix("#/$defs/")]
        return found

    def _type(self, data: Any, its: Mapping[str, Any]) -> bool:
        if "type" not in its:
            return True
        if isinstance(data, bool):
            return bool(its["type"] == "boolean")
        return isinstance(data, _TYPES[its["type"]])

    def _object(self, data: dict[str, Any], its: Mapping[str, Any]) -> bool:
        properties = its.get("properties", {})
        others = its.get("additionalProperties", True)
        return (
            all(isinstance(key, str) for key in data)
            and set(its.get("required", ())) <= data.keys()
            and all(self.accepts(data[k], properties[k]) for k in data.keys() & properties.keys())
            and all(
                others if isinstance(others, bool) else self.accepts(data[key], others)
                for key in data.keys() - properties.keys()
            )
        )

    def _array(self, data: list[Any], its: Mapping[str, Any]) -> bool:
        return len(data) >= its.get("minItems", 0) and all(
            self.accepts(item, its.get("items", {})) for item in data
        )
