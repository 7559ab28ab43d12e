"""The form of a message's text. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Template:
    """English text; with `counted`, the value (a number or a list) that decides for `plural`."""

    text: str
    plural: str | None = None
    counted: str | None = None
