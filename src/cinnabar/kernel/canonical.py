"""One spelling for each value, so that it can be hashed and signed."""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

JsonValue: TypeAlias = "str | int | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"

_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


def canonical(value: JsonValue) -> bytes:
    """Return `value` as JSON with sorted keys, no blanks, UTF-8.

    Raises `TypeError` for anything that is not plain data; floats have no single spelling
    and secrets are not written down, so both are refused.
    """
    _refuse_what_has_no_one_spelling(value)
    return _ENCODER.encode(value).encode()


def _refuse_what_has_no_one_spelling(value: object) -> None:
    if value is None or isinstance(value, (str, int)):
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                msg = "keys are texts"
                raise TypeError(msg)
            _refuse_what_has_no_one_spelling(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _refuse_what_has_no_one_spelling(inner)
    else:
        msg = f"no canonical form for {type(value).__name__}"
        raise TypeError(msg)
