"""The changes between two periods."""

from console.views.overview import changes
from console.views.overview.changes import Vitals


def test_changes_are_listed_largest_first_with_their_page() -> None:
    before = {"a": Vitals(5, 0.0, 0.01, 20, 0.0, "v1"), "b": Vitals(5, 0.0, 0.01, 20, 0.0, "v1")}
    now = {"a": Vitals(5.2, 0.0, 0.04, 20, 0.0, "v1"), "b": Vitals(5, 0.02, 0.01, 20, 1.0, "v1")}
    found = changes.find_changes(now, before, 3600)
    assert [(item.model, item.page) for item in found] == [
        ("b", "drift"), ("b", "traffic"), ("a", "traffic"),
    ]  # fmt: skip
    assert found[0].text == "now drifts."
    assert found[1].text == "has more server errors: 0 % → 2 % of requests."
    assert found[2].text == "is slower: p95 10 ms → 40 ms."


def test_few_requests_and_small_steps_are_not_a_change() -> None:
    before = {"a": Vitals(0.001, 0.0, 0.01, 20, 0.0, "v1")}
    assert changes.find_changes({"a": Vitals(0.001, 0.5, 0.09, 20, 0.0, "v1")}, before, 3600) == []
    before = {"a": Vitals(5, 0.0, 0.01, 20, 0.0, "v1")}
    assert changes.find_changes({"a": Vitals(5.5, 0.001, 0.011, 21, 0.0, "v1")}, before, 3600) == []
    assert changes.find_changes({"a": Vitals()}, {"a": Vitals()}, 3600) == []


def test_a_new_version_and_a_new_model_are_changes() -> None:
    found = changes.find_changes(
        {"a": Vitals(version="v2"), "c": Vitals()}, {"a": Vitals(version="v1")}, 60
    )
    assert {item.text for item in found} == {"serves version v2 instead of v1.", "is new."}


def test_a_model_that_is_no_longer_scraped_is_the_largest_change() -> None:
    before = {"a": Vitals(5, 0.0, 0.01, 20, 0.0, "v1"), "b": Vitals(5, 0.0, 0.01, 20, 0.0, "v1")}
    found = changes.find_changes({"b": Vitals(5, 0.0, 0.01, 20, 1.0, "v2")}, before, 3600)
    assert (found[0].model, found[0].text) == ("a", "is no longer scraped.")
    assert found[0].size > found[1].size


def test_a_worse_roc_auc_is_a_change() -> None:
    before = {"a": Vitals(roc_auc=0.88), "b": Vitals(roc_auc=0.88)}
    (only,) = changes.find_changes(
        {"a": Vitals(roc_auc=0.71), "b": Vitals(roc_auc=0.875)}, before, 3600
    )
    assert only.text == "has a worse ROC AUC: 0.88 → 0.71."
    assert (only.model, only.page) == ("a", "quality")
