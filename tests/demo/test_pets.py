"""The traffic of cats and dogs and its scenarios, as clients of a real service."""

import io
import itertools
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from demo import case, pets, pictures
from tests import servers
from tests.console.fakes import Answer, answering
from tests.services import Api, serving

CLASSES, VOTES = ("cat", "dog", "neither"), ("positive", "negative")
CAT, DOG = (pictures.Source(f"{label}/1.jpg", label, bytes) for label in ("cat", "dog"))


def answer(prediction: str, low_confidence: bool = False) -> case.Answer:
    return {"prediction_id": "1", "prediction": prediction, "low_confidence": low_confidence}


def votes(kind: str, prediction: str) -> Counter[tuple[str | None, str | None]]:
    """Return how often each vote with each label follows on a prediction."""
    cases = itertools.islice(pets.pictures([CAT], kind), 2000)
    bodies = [case.feedback(answer(prediction)) or {} for case in cases]
    return Counter((body.get("feedback"), body.get("label")) for body in bodies)


def test_four_of_five_users_say_truthfully_whether_the_answer_is_right() -> None:
    right, wrong = votes("truthful", "cat"), votes("truthful", "dog")
    assert set(right) == {("positive", "cat"), ("positive", None), (None, None)}
    assert set(wrong) == {("negative", "cat"), ("negative", None), (None, None)}
    for counts in (right, wrong):
        assert 350 <= counts[None, None] <= 450
        assert counts[None, None] < min(n for vote, n in counts.items() if vote[0])


def test_users_who_disagree_never_name_a_label_which_would_be_stored_as_the_truth() -> None:
    assert set(votes("negative", "cat")) == {("negative", None), (None, None)}


def test_several_users_send_every_picture_before_the_first_one_again() -> None:
    sent = list(itertools.islice(pets.pictures([CAT, DOG], "truthful"), 100))
    assert {picture.user_agent for picture in sent} == set(pets.USERS)
    for first, second in zip(sent[::2], sent[1::2], strict=True):
        assert {first.name, second.name} == {CAT.name, DOG.name}


@pytest.mark.parametrize(
    ("change", "measure"),
    [
        (pictures.darken, lambda pixels: pixels.mean()),
        (pictures.blur, lambda pixels: np.abs(np.diff(pixels, axis=0)).mean()),
    ],
    ids=("darken", "blur"),
)
def test_a_picture_is_changed_until_the_model_recognises_it_with_low_confidence(
    change: Callable[[bytes, float], bytes], measure: Callable[[np.ndarray], float]
) -> None:
    (original, *_) = pictures.other_species()
    source = pictures.DoubtedSource(original, change, 5.0)

    def value() -> float:
        pixels = np.asarray(Image.open(io.BytesIO(source.content())).convert("L"), dtype=float)
        return float(measure(pixels))

    target = value() / 4
    for _ in range(40):
        seen = value()
        prediction = source.label if seen > target * 0.8 else "another"
        source.learn(answer(prediction, low_confidence=seen < target))
    assert 0.8 * target < value() < target


def test_the_authors_of_all_pictures_of_other_species_are_named() -> None:
    readme = (pictures.OTHER_SPECIES / "README.md").read_text()
    named = re.findall(r"^\| (\w+)\.jpg \| \S.* \| \S+ \|$", readme, flags=re.MULTILINE)
    assert named == [source.name for source in pictures.other_species()]


def test_a_scenario_that_changes_the_stack_needs_a_command_for_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert pets.main(["--scenario", "slow"]) == 1
    assert "run make pets SCENARIO=slow" in capsys.readouterr().err


def send(url: str, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "demo.pets", "--url", url, "--pictures-per-second", "1000"]
    return subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def above_limits(api: Api, before: Mapping[str, float]) -> set[str]:
    """Return the shares of the predictions since `before` that an alert would be raised for."""
    more = {name: value - before[name] for name, value in api.metrics().items() if name in before}
    total = sum(more[f'cv_predictions_total{{predicted_class="{name}"}}'] for name in CLASSES)
    votes = sum(more[f'cv_user_feedback_total{{feedback_type="{name}"}}'] for name in VOTES)
    shares = {
        "low confidence": more["cv_low_confidence_predictions_total"] / total / 0.2,
        "negative": more['cv_user_feedback_total{feedback_type="negative"}'] / votes / 0.5,
        # a rise of 25 points above the usual share
        "neither": more['cv_predictions_total{predicted_class="neither"}'] / total / 0.25,
    }
    return {name for name, share in shares.items() if share > 1}


@pytest.fixture(scope="module")
def started_late(
    trained_cats_dogs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Api, str]]:
    """Return a service and what a client printed that was started before it."""
    folder = tmp_path_factory.mktemp("pets") / "data"
    shutil.copytree(trained_cats_dogs, folder)
    port = servers.free_port()
    early = send(f"http://127.0.0.1:{port}", "--most", "60")
    assert early.stderr is not None
    first = early.stderr.readline()
    with serving(folder, port=port, model="cats-dogs") as api:
        printed, errors = early.communicate(timeout=600)
        assert early.returncode == 0, errors
        yield api, first + printed


@pytest.mark.stack
def test_cats_and_dogs_are_sent_as_soon_as_the_service_is_there_and_voted_on(
    started_late: tuple[Api, str],
) -> None:
    api, printed = started_late
    assert "did not answer" in printed
    assert "60 predicted" in printed
    (fed_back,) = re.findall(r"(\d+) with feedback, 0 rejected$", printed.strip())
    rows = api.get("/predictions?limit=60").json()["predictions"]
    assert 40 <= int(fed_back) <= 56
    assert 15 <= sum(row["truth"] is not None for row in rows) < int(fed_back)
    assert api.metrics()["cv_unique_users"] == len(pets.USERS)
    first_sent = dict.fromkeys(api.metrics(), 0.0)
    assert above_limits(api, first_sent) == set()


@pytest.mark.stack
@pytest.mark.parametrize(
    ("scenario", "pictures", "expected"),
    [
        ("dark", 150, "low confidence"),
        ("blur", 150, "low confidence"),
        ("other-species", 40, "neither"),
        ("negative-feedback", 40, "negative"),
    ],
)
def test_a_scenario_raises_one_share_and_leaves_the_others(
    scenario: str, pictures: int, expected: str, started_late: tuple[Api, str]
) -> None:
    api, _ = started_late
    before = api.metrics()
    client = send(api.url, "--scenario", scenario, "--most", str(pictures))
    _, errors = client.communicate(timeout=600)
    assert client.returncode == 0, errors
    assert above_limits(api, before) == {expected}


def test_a_service_that_rejects_every_picture_ends_the_traffic_with_its_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with answering(Answer(422, b'{"detail": "Send at most 4 megapixels."}')) as url:
        assert pets.main(["--url", url, "--scenario", "other-species"]) == 1
    errors = capsys.readouterr().err
    assert "error: the service accepts none of these pictures" in errors
    assert errors.count("rejected: ") == pets.MAX_REJECTED
    assert "Send at most 4 megapixels." in errors.splitlines()[-1]
