"""The matchers of a silence."""

import pytest

from console.views.alerts.silences import parse_matchers


def test_matchers_are_parsed_with_all_four_operators() -> None:
    found = parse_matchers('alertname=A, job=~"b.*", team!=x, model!~y')
    assert [matcher.text for matcher in found] == ["alertname=A", "job=~b.*", "team!=x", "model!~y"]
    assert [(matcher.isRegex, matcher.isEqual) for matcher in found] == [
        (False, True), (True, True), (False, False), (True, False),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["alertname", "=x", "a=", "1a=b"])
def test_an_invalid_matcher_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=text.strip()):
        parse_matchers(text)
