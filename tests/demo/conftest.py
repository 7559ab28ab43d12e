"""One native stack for all drills: its start takes half a minute of the processor."""

from collections.abc import Iterator

import pytest

from tests.deployment.test_stack import Place, placed


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with placed(tmp_path_factory.mktemp("drill")) as place:
        started = place.run("up")
        assert started.returncode == 0, started.stderr
        yield place
