"""Every message of an evaluation: its code and its English template. Pure.

A placeholder is `{value:format}`; writer.py has the formats. The template is also the key of its
translations, so `make generate` after a change.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Template:
    """English text; with `counted`, the value (a number or a list) that decides for `plural`."""

    text: str
    plural: str | None = None
    counted: str | None = None


# values that are words of their own; `{value:term}` writes them
TERMS = {
    "reference": "the reference data",
    "current": "the current data",
    "first": "the first evaluation",
    "second": "the second evaluation",
    "unknown": "unknown",
    "holm": "Holm",
    "bh": "Benjamini-Hochberg",
    "rmse": "RMSE",
    "mae": "MAE",
    "mape": "MAPE",
    "r2": "R²",
    "accuracy": "Accuracy",
    "roc_auc": "ROC AUC",
    "days": "days",
    "hours": "hours",
    "minutes": "minutes",
    "seconds": "seconds",
}

# how a list of names ends when it is long
MORE_NAMES = Template("{names} and {more:count} more", "{names} and {more:count} more", "more")

RULE = {
    "rule.too_few_rows": Template(
        "Not enough data: {rows:count} row, at least {minimum:count} are needed.",
        "Not enough data: {rows:count} rows, at least {minimum:count} are needed.",
        "rows",
    ),
    "rule.no_values": Template("Not enough data: no feature has enough values to be tested."),
    "rule.none_drift": Template(
        "The {features:count} feature does not drift.",
        "None of {features:count} features drifts.",
        "features",
    ),
    "rule.some_drift": Template(
        "{drifted:count} of {features:count} features drifts: {names:names}.",
        "{drifted:count} of {features:count} features drift: {names:names}.",
        "drifted",
    ),
    "rule.one_is_enough": Template("Rule: drift when at least one feature drifts."),
    "rule.share_needed": Template("Rule: drift when at least {share:percent} of features drift."),
    "rule.test": Template(
        "A feature drifts when its p-value ({correction:term} correction) is below {alpha:number} "
        "and the effect is at least {effect:number} standard deviations or {share:percent} of rows "
        "in other categories."
    ),
    "rule.rows": Template("p-values by permutation of rows."),
    "rule.blocks": Template(
        "p-values by block permutation (blocks of {least:count}-{most:count} rows, in time order)."
    ),
    "rule.equal_blocks": Template(
        "p-values by block permutation (blocks of {rows:count} row, in time order).",
        "p-values by block permutation (blocks of {rows:count} rows, in time order).",
        "rows",
    ),
}

DECISION = {
    "decision.score_above": Template(
        "{score:term} {value:number} is above its threshold of {threshold:number}."
    ),
    "decision.score_below": Template(
        "{score:term} {value:number} is below its threshold of {threshold:number}."
    ),
    "decision.not_enough_data": Template("Not enough data to test for drift."),
    "decision.scores_are_fine": Template(
        "Drift (drift share {share:percent}), but the scores are within their thresholds."
    ),
    "decision.drift": Template("Drift share {share:percent}; one drifting feature is enough."),
    "decision.drift_above": Template(
        "Drift share {share:percent}, at or above the threshold of {threshold:percent}."
    ),
    "decision.no_drift": Template("No drift (drift share {share:percent})."),
    "decision.no_drift_below": Template(
        "No drift: drift share {share:percent}, below the threshold of {threshold:percent}."
    ),
}

REASON = {
    "reason.too_few_values": Template("Too few values to test for drift."),
    "reason.no_change": Template("No change."),
    "reason.missing": Template(
        "Missing in {current:percent} of rows, {reference:percent} in the reference."
    ),
    "reason.new_categories": Template(
        "{rows:count} row has a category that is not in the reference.",
        "{rows:count} rows have categories that are not in the reference.",
        "rows",
    ),
    "reason.no_difference": Template("No difference in the values."),
    "reason.values_moved": Template(
        "Values moved by {effect:number} ({size:number} standard deviations)."
    ),
    "reason.categories_moved": Template("{share:percent} of rows are in other categories."),
    "reason.significant": Template("Significant (corrected p {p:p_value})."),
    "reason.values_do_not_drift": Template("This alone is not drift."),
    "reason.small": Template(
        "Significant (corrected p {p:p_value}), but below the minimum effect."
    ),
    "reason.chance": Template("Not significant (corrected p {p:p_value})."),
}

DIFFERENCE = {
    "difference.evidently_drift": Template(
        "Evidently reports drift: {drifted:count} of {columns:count} columns drift by its default "
        "tests, its limit is {limit:percent}."
    ),
    "difference.evidently_no_drift": Template(
        "Evidently reports no drift: {drifted:count} of {columns:count} columns drift by its "
        "default tests, its limit is {limit:percent}."
    ),
    "difference.not_enough_data": Template(
        "Belvedere has no verdict: too few rows to test for drift."
    ),
    "difference.drift": Template(
        "Belvedere reports drift: {names:names} drifts significantly.",
        "Belvedere reports drift: {names:names} drift significantly.",
        "names",
    ),
    "difference.missed": Template(
        "Evidently's tests do not detect the drift of {names:names}.",
    ),
    "difference.no_drift": Template("Belvedere reports no drift."),
    "difference.calendar": Template(
        "{names:names} follows the calendar and does not count.",
        "{names:names} follow the calendar and do not count.",
        "names",
    ),
    "difference.blocks": Template(
        "{names:names} differs no more than blocks of time of one data set differ from each other.",
        "{names:names} differ no more than blocks of time of one data set differ from each other.",
        "names",
    ),
    "difference.chance": Template(
        "{names:names} differs no more than chance explains with {features:count} features tested.",
        "{names:names} differ no more than chance explains with {features:count} features tested.",
        "names",
    ),
    "difference.small": Template(
        "{names:names} moved by less than the minimum effect.",
    ),
    "difference.share": Template(
        "Only {share:percent} of features drift, the rule needs {needed:percent}."
    ),
    "difference.none_drift": Template("No feature drifts."),
}

WARNINGS = {
    "data.missing": Template(
        "{column} has no value in {missing:count} of {rows:count} rows of {side:term}."
    ),
    "data.empty": Template("{column} has no values in the current data."),
    "data.constant": Template("{column} is constant in both data sets."),
    "data.constant_on_each_side": Template(
        "{column} is always {reference} in the reference data, {current} in the current data."
    ),
    "data.new_categories": Template(
        "{column} has {categories:count} category that is not in the reference, "
        "in {rows:count} rows: {names:names}.",
        "{column} has {categories:count} categories that are not in the reference, "
        "in {rows:count} rows: {names:names}.",
        "categories",
    ),
    "data.new_categories_among": Template(
        "{column} has {categories:count} categories that are not in the reference, "
        "in {rows:count} rows. The first of them: {names:names}."
    ),
    "data.text_numbers": Template(
        "{column} has numbers stored as text in {rows:count} row of {side:term}.",
        "{column} has numbers stored as text in {rows:count} rows of {side:term}.",
        "rows",
    ),
    "data.infinite": Template(
        "{column} has {values:count} infinite value in {side:term}; it counts as missing.",
        "{column} has {values:count} infinite values in {side:term}; they count as missing.",
        "values",
    ),
    "data.no_time_column": Template(
        "There is no column {column} in {side:term}, so rows are treated as independent."
    ),
    "data.missing_time": Template(
        "{column} has no value in {missing:count} of {rows:count} rows of {side:term}; "
        "these rows are last in time order."
    ),
    "data.few_time_blocks": Template(
        "{column} spans {current:count} blocks of {size:number} {unit:term} in the current data "
        "and {reference:count} in the reference data: too few to resample, so rows are treated as "
        "independent."
    ),
    "data.missing_outcome": Template(
        "{column} has no value in {missing:count} of {rows:count} rows of {side:term}; "
        "these rows count for drift, not for scores."
    ),
    "data.no_outcome_column": Template(
        "There is no column {column} in {side:term}, so there are no scores of these rows."
    ),
    "scores.zero_targets": Template(
        "{rows:count} target is 0; it counts as 100 percent in MAPE.",
        "{rows:count} targets are 0; each counts as 100 percent in MAPE.",
        "rows",
    ),
    "scores.negative_targets": Template("Some targets are negative, so MAPE is not computed."),
    "rows.cut": Template(
        "There are more than {limit:count} rows in {side:term}: only the newest {limit:count} are "
        "evaluated (BELVEDERE_MOST_ROWS)."
    ),
    "rows.trained": Template("{training:count} of {rows:count} rows were used to train the model."),
    "rows.ignored_fields": Template(
        "Ignored field: {names:names}.", "Ignored fields: {names:names}.", "names"
    ),
    "rows.limited_file": Template(
        "All rows were evaluated; the file of scored rows has the first {limit:count}."
    ),
    "estimate.outside": Template(
        "{share:percent} of rows have values that the estimated quality was not trained on: its "
        "error there is unknown until the ground truth arrives."
    ),
}

NOTES = {
    "compare.models": Template("Different model versions: {first} and {second}."),
    "compare.references": Template(
        "Different references ({first} and {second}), so drift scores are not comparable."
    ),
    "compare.methods": Template(
        "Different methods, so the change of the score is not computed: {names:names}."
    ),
    "compare.no_scores": Template(
        "There are no scores in {side:term}: none of its rows has ground truth."
    ),
    "compare.partial_scores": Template(
        "The scores in {side:term} are computed on {scored:count} of {rows:count} rows; the others "
        "have no ground truth yet."
    ),
    "compare.synthetic": Template("The data of {side:term} are synthetic."),
}

CATALOGUE = RULE | DECISION | REASON | DIFFERENCE | WARNINGS | NOTES
