"""Translations of the catalogue: .po files under locale/, and the template to translate from."""

import gettext
import io
import string
from functools import lru_cache
from pathlib import Path

from evaluation.messages.catalogue import CATALOGUE, MORE_NAMES, TERMS

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "belvedere"
HEADER = """\
# Messages of Belvedere's evaluations; written by "make generate".
# A translation is a copy at LANGUAGE/LC_MESSAGES/belvedere.po, with its own Plural-Forms.
msgid ""
msgstr ""
"Project-Id-Version: belvedere\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


@lru_cache(maxsize=64)
def load(language: str, folder: Path = LOCALE) -> gettext.NullTranslations:
    """Return the translation for a language such as "fr" or "fr-CA"; else the English texts."""
    for name in (language.replace("-", "_"), language.replace("_", "-").partition("-")[0]):
        path = folder / name / "LC_MESSAGES" / f"{DOMAIN}.po"
        # the language is the browser's: no path is made of anything but a plain name
        if name.replace("_", "").isalnum() and path.is_file():
            return _compiled(path)
    return gettext.NullTranslations()


def _compiled(path: Path) -> gettext.GNUTranslations:
    # needed only where there is a translation
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    binary = io.BytesIO()
    with path.open("rb") as text:
        write_mo(binary, read_po(text, domain=DOMAIN))
    binary.seek(0)
    return gettext.GNUTranslations(binary)


def template() -> str:
    """Return the text of belvedere.pot: every template and term, with its code as comment."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    catalog = Catalog(domain=DOMAIN)
    for code, entry in {**CATALOGUE, "names.more": MORE_NAMES}.items():
        text = entry.text if entry.plural is None else (entry.text, entry.plural)
        catalog.add(text, auto_comments=[code])
    for code, term in TERMS.items():
        catalog.add(term, auto_comments=[f"term {code}"])
    written = io.BytesIO()
    write_po(written, catalog, width=100, omit_header=True)
    return HEADER + written.getvalue().decode("utf-8")


def wrong_placeholders(path: Path) -> list[str]:
    """Return the texts of a .po file whose translation has other placeholders than the original."""
    from babel.messages.pofile import read_po

    with path.open("rb") as text:
        catalog = read_po(text, domain=DOMAIN)
    wrong = []
    for entry in catalog:
        originals = entry.id if isinstance(entry.id, tuple | list) else [entry.id]
        translated = entry.string if isinstance(entry.string, tuple | list) else [entry.string]
        names = placeholders(*originals)
        if entry.id and any(each and placeholders(each) != names for each in translated):
            wrong.append(originals[0])
    return wrong


def placeholders(*texts: str) -> set[tuple[str, str]]:
    """Return name and format of every placeholder of the texts."""
    return {
        (name, kind or "")
        for text in texts
        for _, name, kind, _ in string.Formatter().parse(text)
        if name is not None
    }
