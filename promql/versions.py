"""Which models and versions are served."""

from promql.query import Query

# one series per instance, with the labels model, version and task
MODEL_INFO = "model_info"

VERSIONS = Query(
    "Versions",
    "",
    "The version that serves; a change is a deployment.",
    f"max by (model, version) ({MODEL_INFO}{{${{selector}}}})",
)
CANDIDATES = Query(
    "Challengers",
    "",
    "The challenger of the last retraining, if it was not promoted, by version.",
    "max by (version) (model_candidate_info{${selector}})",
)
