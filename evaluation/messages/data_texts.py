"""Warnings on the data, and notes on comparisons."""

from evaluation.messages.template import Template

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
    "images.left_out": Template(
        "{files:count} file was left out ({reason:term}): {names:names}.",
        "{files:count} files were left out ({reason:term}): {names:names}.",
        "files",
    ),
    "images.left_out_among": Template(
        "{files:count} files were left out ({reason:term}). The first of them: {names:names}."
    ),
    "images.without_class": Template(
        "{images:count} picture has no ground truth, because it is in no folder with the name of a "
        "class ({classes:names}). The first: {names:names}.",
        "{images:count} pictures have no ground truth, because they are in no folder with the name "
        "of a class ({classes:names}). The first: {names:names}.",
        "images",
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
