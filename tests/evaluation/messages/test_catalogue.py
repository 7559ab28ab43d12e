"""The catalogue and the code that builds messages agree."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluation.messages.catalogue import CATALOGUE, MORE_NAMES, TERMS
from evaluation.messages.template import Template
from evaluation.messages.translations import placeholders

ROOT = Path(__file__).resolve().parents[3]
FORMATS = {"", "number", "rounded", "count", "percent", "p_value", "names", "term"}


def built() -> Iterator[tuple[str, frozenset[str]]]:
    """Code and names of the values of every message that the sources build."""
    for package in ("evaluation", "model_service", "console"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "message":
                    names = frozenset(str(keyword.arg) for keyword in node.keywords)
                    code = node.args[0]
                    branches = [code.body, code.orelse] if isinstance(code, ast.IfExp) else [code]
                    for branch in branches:
                        assert isinstance(branch, ast.Constant), f"{path}:{node.lineno}"
                        yield str(branch.value), names


def test_the_sources_build_exactly_the_messages_of_the_catalogue() -> None:
    assert {code for code, _ in built()} == set(CATALOGUE)


def test_every_message_has_the_values_of_its_template() -> None:
    for code, names in built():
        template = CATALOGUE[code]
        texts = [template.text] if template.plural is None else [template.text, template.plural]
        expected = {name for name, _ in placeholders(*texts)}
        assert names == expected | ({template.counted} if template.counted else set()), code


@pytest.mark.parametrize("template", [*CATALOGUE.values(), MORE_NAMES], ids=[*CATALOGUE, "more"])
def test_a_template_uses_known_formats_and_has_both_plural_fields_or_none(
    template: Template,
) -> None:
    assert {kind for _, kind in placeholders(template.text, template.plural or "")} <= FORMATS
    assert (template.plural is None) == (template.counted is None)


def test_an_english_text_has_one_meaning() -> None:
    texts = [template.text for template in CATALOGUE.values()] + list(TERMS.values())
    assert len(texts) == len(set(texts))
