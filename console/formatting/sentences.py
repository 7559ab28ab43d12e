"""The sentences of evaluations in the reader's language, with the reader's numbers. Pure."""

from pathlib import Path

from console.formatting import display, locale_numbers
from evaluation import messages
from evaluation.messages import Writer
from evaluation.result import Evaluation, FeatureDrift


class _ReaderNumbers:
    """Numbers as the rest of a page writes them."""

    def number(self, value: float) -> str:
        return display.number(value, 4)

    def count(self, value: int) -> str:
        return display.count(value)

    def percent(self, ratio: float) -> str:
        return display.percent(ratio)


_NUMBERS = _ReaderNumbers()


def writer(translations: Path = messages.LOCALE) -> Writer:
    """Return the writer for the person who looks at the page."""
    return Writer(messages.load(str(locale_numbers.locale()), translations), _NUMBERS)


def rule(result: Evaluation) -> str:
    return messages.rule(result, writer())


def decision_reason(result: Evaluation) -> str:
    return messages.decision_reason(result, writer())


def difference(result: Evaluation) -> str:
    return messages.difference(result, writer())


def warnings(result: Evaluation) -> list[str]:
    return messages.warnings(result, writer())


def reason(feature: FeatureDrift) -> str:
    return messages.reason(feature, writer())


def pictures(result: Evaluation) -> list[str]:
    """Return what changed in the pictures; [] for other data, and with too few rows."""
    if not messages.is_of_pictures(result.features):
        return []
    write = writer()
    return [write.sentence(part) for part in messages.describe_pictures(result.features)]
