"""A message in parts: its code and its values. The sentence is written by evaluation.messages."""

from collections.abc import Sequence

import msgspec

Value = str | int | float | list[str] | None


class Message(msgspec.Struct, frozen=True):
    """One sentence as a code of the catalogue (evaluation/messages/catalogue.py) and its values.

    Ratios are between 0 and 1; lists hold names.
    """

    code: str
    values: dict[str, Value] = {}


def message(code: str, **values: str | float | Sequence[str] | None) -> Message:
    """Build a message; a name list may be any sequence of text."""
    return Message(code, {name: _plain(value) for name, value in values.items()})


def _plain(value: str | float | Sequence[str] | None) -> Value:
    # numpy's floats are floats that JSON encoders do not take
    if isinstance(value, float):
        return float(value)
    return value if value is None or isinstance(value, str | int) else list(value)
