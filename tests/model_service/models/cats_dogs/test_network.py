import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

from model_service.errors import StartError
from model_service.models.cats_dogs import features, network, weights
from model_service.models.cats_dogs.data import SIDE
from model_service.models.scorers import one_thread_session


@pytest.fixture(scope="module")
def values() -> weights.Weights:
    return weights.read_weights()


def test_the_weights_are_complete(values: weights.Weights) -> None:
    assert len(values) == 296
    assert values["_fc.weight"].shape == (1000, 1280)
    assert values["_conv_stem.weight"].flags.c_contiguous
    assert sum(value.size for name, value in values.items() if "weight" in name) == 4_630_000


def test_a_pickle_that_names_a_function_is_rejected(tmp_path: Path) -> None:
    class Malicious:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "made-by-the-pickle"),)

    path = tmp_path / "weights.pth"
    path.write_bytes(pickle.dumps(Malicious()))
    with pytest.raises(StartError, match="mkdir is not allowed in a file of weights"):
        weights.read_weights(path)
    assert not (tmp_path / "made-by-the-pickle").exists()


@pytest.mark.parametrize("content", [b"", b"text", pickle.dumps(1), pickle.dumps(weights.MAGIC)])
def test_a_file_that_is_not_one_of_weights_is_rejected(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    with pytest.raises(StartError, match="can't be read"):
        weights.read_weights(path)


def test_a_tensor_past_the_end_of_its_storage_is_rejected() -> None:
    storage = weights.Storage("<f4", np.zeros(5, dtype="<f4"))
    with pytest.raises(ValueError, match="does not fit"):
        weights.Tensor(storage, 0, (2, 3), (3, 1)).array()


def test_strided_weights_are_read_in_the_order_of_their_shape() -> None:
    storage = weights.Storage("<f4", np.arange(7, dtype="<f4"))
    tensor = weights.Tensor(storage, 1, (2, 3), (1, 2))
    assert tensor.array().tolist() == [[1, 3, 5], [2, 4, 6]]


@pytest.mark.parametrize(
    ("picture", "imagenet_class"),
    # ImageNet's daisy and palace, of the two photographs that scikit-learn ships
    [("flower.jpg", 985), ("china.jpg", 698)],
)
def test_the_network_names_what_a_photograph_shows(
    picture: str, imagenet_class: int, values: weights.Weights
) -> None:
    session = one_thread_session(network.build(values))
    image = Image.fromarray(load_sample_image(picture)).resize((SIDE, SIDE))
    (logits,) = session.run(["logits"], {"image": features.network_input(image)[None]})
    assert imagenet_class in np.argsort(logits[0])[::-1][:5]
