"""From a message to a sentence, by a translation and the number formats of a reader. Pure."""

import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from gettext import NullTranslations
from typing import Any, Protocol

from evaluation.errors import UnknownMessage
from evaluation.messages.catalogue import CATALOGUE, MORE_NAMES, TERMS
from evaluation.messages.template import Template
from evaluation.result import Message

MAX_NAMES = 10
MIN_P = 1e-4


class Numbers(Protocol):
    """How a reader writes numbers."""

    def number(self, value: float) -> str: ...

    def count(self, value: int) -> str: ...

    def percent(self, ratio: float) -> str: ...


class EnglishNumbers:
    """Numbers in English: 1,234 rows, 0.0123, 12.5 %."""

    def number(self, value: float) -> str:
        """Return four significant digits, or a whole number from 1,000 on."""
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"

    def count(self, value: int) -> str:
        return f"{value:,}"

    def percent(self, ratio: float) -> str:
        return f"{self.number(float(f'{100 * ratio:.3g}'))} %"


@dataclass(frozen=True)
class Writer:
    """Writes messages in one language. `numbers` formats what stands in them."""

    translation: NullTranslations = field(default_factory=NullTranslations)
    numbers: Numbers = field(default_factory=EnglishNumbers)

    def sentence(self, message: Message) -> str:
        """Return the sentence of a message. Raises UnknownMessage for one of a later version."""
        template = CATALOGUE.get(message.code)
        if template is None:
            raise UnknownMessage(message.code)
        try:
            return self._fill(template, message.values)
        except (KeyError, TypeError, ValueError) as error:
            raise UnknownMessage(message.code) from error

    def text(self, messages: Sequence[Message]) -> str:
        """Return the sentences of messages, one after the other. Raises UnknownMessage."""
        return " ".join(self.sentence(message) for message in messages)

    def _fill(self, template: Template, values: Mapping[str, Any]) -> str:
        if template.plural is None or template.counted is None:
            text = self.translation.gettext(template.text)
        else:
            counted = values[template.counted]
            count = len(counted) if isinstance(counted, list) else int(counted)
            text = self.translation.ngettext(template.text, template.plural, count)
        return _Formatter(self._formats()).vformat(text, (), values)

    def _formats(self) -> dict[str, Callable[[Any], str]]:
        return {
            "": self._plain,
            "number": self.numbers.number,
            "rounded": self._rounded,
            "count": self.numbers.count,
            "percent": self.numbers.percent,
            "p_value": self._p_value,
            "names": self._names,
            "term": self._term,
        }

    def _plain(self, value: str | None) -> str:
        return self._term("unknown") if value is None else str(value)

    def _term(self, value: str) -> str:
        return self.translation.gettext(TERMS[value])

    def _rounded(self, value: float) -> str:
        return self.numbers.number(float(f"{value:.3g}"))

    def _p_value(self, value: float) -> str:
        if value < MIN_P:
            return f"< {self.numbers.number(MIN_P)}"
        return f"= {self.numbers.number(float(f'{value:.2g}'))}"

    def _names(self, names: list[str]) -> str:
        first = ", ".join(names[:MAX_NAMES])
        more = len(names) - MAX_NAMES
        return self._fill(MORE_NAMES, {"names": first, "more": more}) if more > 0 else first


ENGLISH = Writer()


class _Formatter(string.Formatter):
    """str.format with the formats of the catalogue in the place of Python's."""

    def __init__(self, formats: Mapping[str, Callable[[Any], str]]) -> None:
        self._formats = formats

    def format_field(self, value: Any, format_spec: str) -> str:
        return self._formats[format_spec](value)
