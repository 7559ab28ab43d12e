"""The churn classifiers of both months, trained once, and a running churn service."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from model_service.models.churn import training
from tests.model_service.conftest import Api, serving


@pytest.fixture(scope="session")
def trained_churn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds nothing but the trained models of both months."""
    folder = tmp_path_factory.mktemp("trained-churn")
    for month in ("month_000", "month_001"):
        training.load_or_train(folder, month)
    return folder


@pytest.fixture
def churn_data(trained_churn: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(trained_churn, folder)
    return folder


@pytest.fixture(scope="module")
def churn(trained_churn: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    folder = tmp_path_factory.mktemp("churn") / "data"
    shutil.copytree(trained_churn, folder)
    with serving(folder, model="churn") as api:
        yield api
