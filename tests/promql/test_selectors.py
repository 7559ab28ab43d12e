"""PromQL selectors hold whatever a label may hold."""

from typing import Any

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promql import one_model
from promql.selectors import selector


@given(st.text())
def test_any_label_value_survives_the_round_trip_through_a_query(value: str) -> None:
    parsed: Any = promql_parser.parse(f"up{{{selector({'job': value})}}}")
    assert [(m.name, m.value) for m in parsed.matchers.matchers] == [("job", value)]


def test_a_label_name_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no label name"):
        selector({'job="a"} or up{x': "1"})


@pytest.mark.parametrize("name", one_model.ALL)
def test_every_query_of_the_catalogue_is_valid_and_says_what_it_means(name: str) -> None:
    query = one_model.ALL[name]
    promql_parser.parse(query.render({"job": "a"}, "60s"))
    assert query.title
    assert query.description.endswith(".")


def test_traffic_leaves_out_what_machines_ask_on_a_schedule() -> None:
    text = one_model.REQUEST_RATE.render({"job": "a"})
    assert 'endpoint!~"/metrics|/health|/ready"' in text
