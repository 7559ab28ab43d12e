"""Selectors escape any label value."""

from typing import Any

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promql import traffic
from promql.selectors import selector


@given(st.text())
def test_any_label_value_survives_the_round_trip_through_a_query(value: str) -> None:
    parsed: Any = promql_parser.parse(f"up{{{selector({'job': value})}}}")
    assert [(m.name, m.value) for m in parsed.matchers.matchers] == [("job", value)]


def test_an_invalid_label_name_is_rejected() -> None:
    with pytest.raises(ValueError, match="is not a label name"):
        selector({'job="a"} or up{x': "1"})


def test_the_request_rate_leaves_out_scrapes_and_health_checks() -> None:
    text = traffic.REQUEST_RATE.render({"job": "a"})
    assert 'endpoint!~"/metrics|/health|/ready"' in text
