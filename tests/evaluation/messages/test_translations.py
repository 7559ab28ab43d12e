"""Translations: a second language is one .po file, and the template follows the catalogue."""

from pathlib import Path

import pytest

from console.formatting import locale_numbers, sentences
from evaluation import messages
from evaluation.messages import ENGLISH, Writer
from evaluation.messages.__main__ import main
from evaluation.messages.translations import LOCALE, template, wrong_placeholders
from evaluation.result import message

FRENCH = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "{score:term} {value:number} is above its threshold of {threshold:number}."
msgstr "{score:term} {value:number} dépasse le seuil de {threshold:number}."

msgid "RMSE"
msgstr "REQM"

msgid "{names:names} follows the calendar and does not count."
msgid_plural "{names:names} follow the calendar and do not count."
msgstr[0] "{names:names} suit le calendrier et ne compte pas."
msgstr[1] "{names:names} suivent le calendrier et ne comptent pas."

msgid "{names} and {more:count} more"
msgid_plural "{names} and {more:count} more"
msgstr[0] "{names} et {more:count} autre"
msgstr[1] "{names} et {more:count} autres"
"""
ABOVE = message("decision.score_above", score="rmse", value=175.25, threshold=60.5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "fr" / "LC_MESSAGES" / "belvedere.po"
    path.parent.mkdir(parents=True)
    path.write_text(FRENCH, "utf-8")
    return tmp_path


def test_a_reader_of_french_gets_french_with_a_decimal_comma(folder: Path) -> None:
    locale_numbers.set_locale_source(lambda: "fr-CA")
    try:
        text = sentences.writer(folder).sentence(ABOVE)
    finally:
        locale_numbers.set_locale_source(lambda: None)
    assert text == "REQM 175,2 dépasse le seuil de 60,5."


def test_the_plural_form_follows_the_rule_of_the_language(folder: Path) -> None:
    french = Writer(messages.load("fr", folder))
    names = [f"x{place}" for place in range(12)]
    calendar = [message("difference.calendar", names=names[:count]) for count in (1, 2, 12)]
    assert french.sentence(calendar[0]) == "x0 suit le calendrier et ne compte pas."
    assert french.sentence(calendar[1]) == "x0, x1 suivent le calendrier et ne comptent pas."
    assert "x9 et 2 autres suivent" in french.sentence(calendar[2])


@pytest.mark.parametrize("language", ["fr", "fr-CA", "fr_FR"])
def test_a_regional_language_uses_the_file_of_its_language(folder: Path, language: str) -> None:
    french = Writer(messages.load(language, folder))
    assert french.sentence(ABOVE).startswith("REQM 175.2 dépasse le seuil")


@pytest.mark.parametrize("language", ["de", "xx", "", "../fr", "fr/../fr"])
def test_without_a_file_of_the_language_the_text_is_english(folder: Path, language: str) -> None:
    writer = Writer(messages.load(language, folder))
    assert writer.sentence(ABOVE) == ENGLISH.sentence(ABOVE)


def test_a_text_without_translation_stays_english(folder: Path) -> None:
    french = Writer(messages.load("fr", folder))
    assert french.sentence(message("data.constant", column="x")).startswith("x is constant")


def test_the_committed_template_matches_the_catalogue(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (LOCALE / "belvedere.pot").read_text("utf-8") == template()
    assert main(["--check"]) == 0
    assert main(["--check"], tmp_path) == 1
    assert "make generate" in capsys.readouterr().err
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0


def test_a_translation_with_a_missing_placeholder_is_an_error(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "fr" / "LC_MESSAGES" / "belvedere.po"
    assert wrong_placeholders(path) == []
    path.write_text(FRENCH.replace("dépasse le seuil de {threshold:number}", "dépasse"), "utf-8")
    assert main([], folder) == 1
    assert "other placeholders than in '{score:term}" in capsys.readouterr().err
