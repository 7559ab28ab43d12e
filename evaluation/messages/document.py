"""The texts of a document: its messages in a reader's words, else the text that is stored in it."""

from collections.abc import Sequence
from typing import Protocol

from msgspec.structs import replace

from evaluation.errors import UnknownMessage
from evaluation.messages.writer import ENGLISH, Writer
from evaluation.result import Evaluation, FeatureDrift, Message


class _Noted(Protocol):
    @property
    def notes(self) -> list[str]: ...
    @property
    def note_parts(self) -> list[Message]: ...


def write_sentences(evaluation: Evaluation) -> None:
    """Fill in the English texts of a new document from its parts, once, when it is complete."""
    evaluation.rule = ENGLISH.text(evaluation.rule_parts)
    evaluation.decision_reason = ENGLISH.text(evaluation.decision_parts)
    evaluation.difference = ENGLISH.text(evaluation.difference_parts) or None
    own = [ENGLISH.sentence(part) for part in evaluation.warning_parts]
    evaluation.warnings = [*own, *evaluation.warnings]
    evaluation.features = [_with_reason(feature) for feature in evaluation.features]
    if evaluation.target_drift is not None:
        evaluation.target_drift = _with_reason(evaluation.target_drift)
    if evaluation.prediction_drift is not None:
        evaluation.prediction_drift = _with_reason(evaluation.prediction_drift)


def _with_reason(feature: FeatureDrift) -> FeatureDrift:
    return replace(feature, reason=ENGLISH.text(feature.reason_parts))


def rule(evaluation: Evaluation, writer: Writer) -> str:
    """Return the verdict's counts and the rule."""
    return _text(evaluation.rule_parts, evaluation.rule, writer)


def decision_reason(evaluation: Evaluation, writer: Writer) -> str:
    """Return why the decision is what it is."""
    return _text(evaluation.decision_parts, evaluation.decision_reason, writer)


def difference(evaluation: Evaluation, writer: Writer) -> str:
    """Return why Evidently's result differs; nothing where it does not."""
    return _text(evaluation.difference_parts, evaluation.difference or "", writer)


def reason(feature: FeatureDrift, writer: Writer) -> str:
    """Return what changed in one column and which condition decided."""
    return _text(feature.reason_parts, feature.reason or "", writer)


def warnings(evaluation: Evaluation, writer: Writer) -> list[str]:
    """Return all warnings."""
    return _list(evaluation.warning_parts, evaluation.warnings, writer)


def notes(comparison: _Noted, writer: Writer) -> list[str]:
    """Return what limits a comparison of two evaluations."""
    return _list(comparison.note_parts, comparison.notes, writer)


def _text(parts: Sequence[Message], stored: str, writer: Writer) -> str:
    """The parts in the reader's words; the stored text of a document of another version."""
    if not parts:
        return stored
    try:
        return writer.text(parts)
    except UnknownMessage:
        return stored


def _list(parts: Sequence[Message], stored: Sequence[str], writer: Writer) -> list[str]:
    """The same of a list; texts past the parts were added without any."""
    texts = [_text([part], text, writer) for part, text in zip(parts, stored, strict=False)]
    return [*texts, *stored[len(texts) :]]
