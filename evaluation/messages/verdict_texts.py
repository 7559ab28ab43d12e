"""Texts on the verdict, the decision, and Evidently's result."""

from evaluation.messages.template import Template

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
        "Values moved by {effect:rounded} ({size:rounded} standard deviations)."
    ),
    "reason.categories_moved": Template("{share:percent} of rows are in other categories."),
    "reason.significant": Template("Significant (corrected p {p:p_value})."),
    "reason.values_do_not_drift": Template("The values alone do not drift."),
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
