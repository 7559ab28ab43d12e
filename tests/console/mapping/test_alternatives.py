"""The choices for each role."""

from console.mapping.alternatives import list_alternatives
from console.mapping.metric_families import Family
from console.mapping.role_queries import ROLES, Role
from console.models.external import template_error, to_mapped_queries

SHOP = [
    Family("http_requests_total", "counter", frozenset({"handler", "status"})),
    Family("http_request_duration_seconds", "histogram", frozenset({"handler"})),
    Family("orders_total", "counter", frozenset({"country"})),
    Family("queue_seconds", "summary"),
    Family("model_accuracy", "gauge"),
    Family("process_open_fds", "gauge"),
]


def test_the_alternatives_of_a_role_have_a_fitting_type() -> None:
    def names(role: Role) -> list[str]:
        return [item.metrics[0] for item in list_alternatives(SHOP, role)]

    assert names("requests") == [
        "http_requests_total", "http_request_duration_seconds", "orders_total", "queue_seconds",
    ]  # fmt: skip
    assert names("errors") == ["http_requests_total"]
    assert set(names("latency")) == {
        "http_request_duration_seconds", "queue_seconds", "model_accuracy",
    }  # fmt: skip
    assert names("quality") == names("drift") == ["model_accuracy"]


def test_every_alternative_can_be_saved_to_the_file() -> None:
    for role in ROLES:
        for item in to_mapped_queries(list_alternatives(SHOP, role)):
            assert template_error(item.query) is None
