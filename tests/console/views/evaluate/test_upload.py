"""The choice of a file: its types by what the service takes, and its preview."""

import io
import zipfile

from streamlit.testing.v1 import AppTest


def chosen(about: dict[str, object]) -> None:
    """The script of the test: the choice of a file for a service that describes itself."""
    from typing import cast

    from console.adapters.model_service import ModelService
    from console.views.evaluate import upload

    class Service:
        url = "http://127.0.0.1:1"

        def describe(self) -> dict[str, object]:
            return about

    upload.choose(cast(ModelService, Service()), "File", "upload")


PICTURES = {
    "uploads": ["text/csv", "application/vnd.apache.parquet", "application/zip"],
    "classes": ["cat", "dog", "neither"],
    "features": [{"name": "brightness", "type": "float"}],
    "other_fields": [{"name": "image_sha256", "type": "text", "optional": True}],
    "truth": "label",
}


def test_a_zip_of_pictures_shows_its_classes_and_what_has_no_ground_truth() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("cat/a.jpg", "cat/b.jpg", "dog/c.jpg", "d.jpg"):
            archive.writestr(name, b"")
    app = AppTest.from_function(chosen, kwargs={"about": PICTURES}, default_timeout=120).run()
    app.file_uploader[0].upload("pets.zip", buffer.getvalue(), "application/zip").run()
    assert not app.exception
    assert app.caption[0].value == "4 files: cat 2, dog 1, neither 0."
    assert "**1** in no folder with the name of a class" in app.markdown[0].value


def test_a_service_of_rows_takes_no_zip() -> None:
    rows = {**PICTURES, "uploads": ["text/csv"]}
    app = AppTest.from_function(chosen, kwargs={"about": rows}, default_timeout=120).run()
    assert "CSV or Parquet with the model's fields" in app.file_uploader[0].label
    assert app.file_uploader[0].proto.type == [".csv"]
    app.file_uploader[0].upload("rows.csv", b"brightness\n0.5\n", "text/csv").run()
    assert app.markdown[0].value.endswith(
        "**label** is missing: only drift is evaluated, not quality."
    )
