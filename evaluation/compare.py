"""What changed from one evaluation to another: feature by feature, score by score. Pure."""

from evaluation.decision import LOWER_IS_BETTER
from evaluation.messages import ENGLISH
from evaluation.result import (
    Comparison,
    Evaluation,
    FeatureChange,
    FeatureDrift,
    Message,
    Quality,
    ScoreChange,
    Side,
    message,
)

LOWER = (*LOWER_IS_BETTER, "log_loss")


def compare(first: Evaluation, second: Evaluation) -> Comparison:
    """Compare the second evaluation with the first.

    Features are in the order of the first, then those that only the second has.
    """
    columns = [{f.name: f for f in _columns(each)} for each in (first, second)]
    names = list(dict.fromkeys([*columns[0], *columns[1]]))
    first_drifted, second_drifted = (set(each.drifted_features) for each in (first, second))
    notes = _notes(first, second, columns)
    return Comparison(
        first=_side(first),
        second=_side(second),
        verdict_changed=first.verdict != second.verdict,
        decision_changed=first.decision != second.decision,
        newly_drifted=sorted(second_drifted - first_drifted),
        no_longer_drifted=sorted(first_drifted - second_drifted),
        drift_share_change=_minus(second.drift_share, first.drift_share),
        scores=_scores(first.quality, second.quality),
        features=[_feature(columns[0].get(name), columns[1].get(name)) for name in names],
        notes=[ENGLISH.sentence(note) for note in notes],
        note_parts=notes,
    )


def _columns(evaluation: Evaluation) -> list[FeatureDrift]:
    outcomes = (evaluation.target_drift, evaluation.prediction_drift)
    return [*evaluation.features, *(each for each in outcomes if each is not None)]


def _side(evaluation: Evaluation) -> Side:
    return Side(
        evaluation_id=evaluation.evaluation_id,
        name=evaluation.name,
        created_at=evaluation.created_at,
        source=evaluation.source,
        reference=evaluation.reference_source,
        model_version=evaluation.model_version,
        rows=evaluation.rows.current,
        with_target=evaluation.rows.with_target,
        verdict=evaluation.verdict,
        decision=evaluation.decision,
        drift_share=evaluation.drift_share,
    )


def _scores(first: Quality | None, second: Quality | None) -> list[ScoreChange]:
    changes = []
    for name in Quality.__struct_fields__:
        values = [getattr(each, name) if each else None for each in (first, second)]
        if values != [None, None]:
            changes.append(_score(name, *values))
    return changes


def _score(name: str, first: float | None, second: float | None) -> ScoreChange:
    change = _minus(second, first)
    return ScoreChange(
        name=name,
        first=first,
        second=second,
        change=change,
        ratio=second / first if first and second is not None else None,
        better=None if not change else (change < 0) == (name in LOWER),
    )


def _feature(first: FeatureDrift | None, second: FeatureDrift | None) -> FeatureChange:
    column = first or second
    assert column is not None
    same_method = first is not None and second is not None and first.method == second.method
    scores = (first.score if first else None, second.score if second else None)
    return FeatureChange(
        name=column.name,
        role=column.role,
        importance=(second or column).importance,
        method=(first.method if first else None, second.method if second else None),
        score=scores,
        threshold=(first.threshold if first else None, second.threshold if second else None),
        drifted=(first.drifted if first else None, second.drifted if second else None),
        missing=(
            first.missing.current if first else None,
            second.missing.current if second else None,
        ),
        score_change=_minus(scores[1], scores[0]) if same_method else None,
        mean_shift=_mean_shift(first, second),
        new_categories=sorted(
            set(second.new_categories if second else ())
            - set(first.new_categories if first else ())
        ),
    )


def _mean_shift(first: FeatureDrift | None, second: FeatureDrift | None) -> float | None:
    if first is None or second is None or not first.statistics or not second.statistics:
        return None
    shift = _minus(second.statistics.current.mean, first.statistics.current.mean)
    spread = first.statistics.reference.std
    return shift / spread if shift is not None and spread else None


def _notes(
    first: Evaluation, second: Evaluation, columns: list[dict[str, FeatureDrift]]
) -> list[Message]:
    notes = []
    if first.model_version != second.model_version:
        notes.append(
            message("compare.models", first=first.model_version, second=second.model_version)
        )
    if first.reference_source != second.reference_source:
        notes.append(
            message(
                "compare.references",
                first=first.reference_source or None,
                second=second.reference_source or None,
            )
        )
    other = [
        name
        for name in columns[0]
        if name in columns[1] and columns[0][name].method != columns[1][name].method
    ]
    if other:
        notes.append(message("compare.methods", names=other))
    return [*notes, *_notes_on_scores(first, "first"), *_notes_on_scores(second, "second")]


def _notes_on_scores(evaluation: Evaluation, side: str) -> list[Message]:
    notes = []
    rows = evaluation.rows
    if evaluation.quality is None:
        notes.append(message("compare.no_scores", side=side))
    elif rows.with_target < rows.current:
        notes.append(
            message("compare.partial_scores", side=side, scored=rows.with_target, rows=rows.current)
        )
    if evaluation.synthetic:
        notes.append(message("compare.synthetic", side=side))
    return notes


def _minus(second: float | None, first: float | None) -> float | None:
    return None if second is None or first is None else second - first
