"""EfficientNet-Lite0 as ONNX, built from its weights with numpy and onnx.

Architecture: M. Tan, Q. V. Le, "EfficientNet", ICML 2019, in the variant Lite: no squeeze and
excitation, ReLU6 in place of swish. Batch normalisation is folded into the convolutions.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from model_service.models.cats_dogs.data import SIDE
from model_service.models.cats_dogs.weights import Weights

OPSET, IR_VERSION = 17, 10
EPSILON = 1e-3
# (blocks, stride of the first, expands)
STAGES = (
    (1, 1, False), (2, 2, True), (2, 2, True), (3, 2, True),
    (3, 1, True), (4, 2, True), (1, 1, True),
)  # fmt: skip


@dataclass
class Graph:
    """The nodes and constants of an ONNX graph while it is built."""

    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def constant(self, name: str, value: npt.ArrayLike, kind: npt.DTypeLike = np.float32) -> str:
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype=kind), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def convolution(
        self, source: str, weights: Weights, layer: str, norm: str, *, stride: int = 1,
        groups: int = 1, active: bool = True,
    ) -> str:  # fmt: skip
        """Add a convolution with its batch normalisation folded in, then ReLU6 if `active`."""
        kernel = weights[f"{layer}.weight"]
        scale = weights[f"{norm}.weight"] / np.sqrt(weights[f"{norm}.running_var"] + EPSILON)
        shift = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale
        inputs = [
            source,
            self.constant(f"{layer}.kernel", kernel * scale[:, None, None, None]),
            self.constant(f"{layer}.shift", shift),
        ]
        output = self.node(
            "Conv", inputs, layer, group=groups, strides=[stride, stride],
            kernel_shape=list(kernel.shape[2:]), auto_pad="SAME_UPPER",
        )  # fmt: skip
        return self.node("Clip", [output, "zero", "six"], f"{layer}.active") if active else output

    def block(self, source: str, weights: Weights, name: str, stride: int, expands: bool) -> str:
        """Add an inverted residual block: expand, convolve by channel, project."""
        output = source
        if expands:
            output = self.convolution(output, weights, f"{name}._expand_conv", f"{name}._bn0")
        depthwise = f"{name}._depthwise_conv"
        output = self.convolution(
            output, weights, depthwise, f"{name}._bn1", stride=stride,
            groups=len(weights[f"{depthwise}.weight"]),
        )  # fmt: skip
        project = f"{name}._project_conv"
        return self.convolution(output, weights, project, f"{name}._bn2", active=False)


@dataclass(frozen=True)
class Head:
    """What is fitted on top of the network.

    The probability of a dog, if the picture shows either, is sigmoid(embedding @ weights +
    intercept). `pets` marks ImageNet's classes of cats and dogs (1000,): the softmax of the logits
    / temperature over them is the probability of either. `directions` (1280 x 8) are those of
    the embedding's components.
    """

    weights: npt.NDArray[Any]
    intercept: float
    temperature: float
    pets: npt.NDArray[Any]
    directions: npt.NDArray[Any]
    centre: npt.NDArray[Any]


def build(weights: Weights, head: Head | None = None) -> bytes:
    """Return the ONNX file: `image` (n, 3, 224, 224) to `logits` (n, 1000), `embedding` (n, 1280).

    With a head also `probabilities` (n, 3) of cat, dog and neither, and `components` (n, 8).
    """
    graph = Graph()
    graph.constant("zero", 0.0)
    graph.constant("six", 6.0)
    output = graph.convolution("image", weights, "_conv_stem", "_bn0", stride=2)
    number = 0
    for blocks, first_stride, expands in STAGES:
        for place in range(blocks):
            stride = 1 if place else first_stride
            name = f"_blocks.{number}"
            result = graph.block(output, weights, name, stride, expands)
            output = graph.node("Add", [result, output], f"{name}.sum") if place else result
            number += 1
    output = graph.convolution(output, weights, "_conv_head", "_bn1")
    pooled = graph.node("GlobalAveragePool", [output], "pooled")
    embedding = graph.node("Flatten", [pooled], "embedding")
    classes = graph.constant("_fc.weight", weights["_fc.weight"])
    bias = graph.constant("_fc.bias", weights["_fc.bias"])
    graph.node("Gemm", [embedding, classes, bias], "logits", transB=1)
    outputs = {"logits": 1000, "embedding": 1280}
    if head is not None:
        _add_head(graph, head)
        outputs |= {"probabilities": 3, "components": head.directions.shape[1]}
    return _file(graph, outputs)


def _add_head(graph: Graph, head: Head) -> None:
    graph.constant("temperature", head.temperature)
    graph.constant("one", 1.0)
    scaled = graph.node("Div", ["logits", "temperature"], "scaled")
    softmax = graph.node("Softmax", [scaled], "softmax", axis=1)
    pets = graph.constant("pets", head.pets[:, None])
    mass = graph.node("MatMul", [softmax, pets], "mass")
    either = graph.node("Clip", [mass, "zero", "one"], "either")
    column = graph.constant("dog.weights", head.weights[:, None])
    score = graph.node("MatMul", ["embedding", column], "dog.product")
    shifted = graph.node("Add", [score, graph.constant("dog.intercept", head.intercept)], "dog.z")
    share = graph.node("Sigmoid", [shifted], "dog.share")
    dog = graph.node("Mul", [either, share], "dog")
    cat = graph.node("Sub", [either, dog], "cat")
    neither = graph.node("Sub", ["one", either], "neither")
    graph.node("Concat", [cat, dog, neither], "probabilities", axis=1)
    centred = graph.node("Sub", ["embedding", graph.constant("centre", head.centre)], "centred")
    directions = graph.constant("directions", head.directions)
    graph.node("MatMul", [centred, directions], "components")


def _file(graph: Graph, outputs: dict[str, int]) -> bytes:
    float_type = TensorProto.FLOAT
    shape: list[str | int | None] = ["n", 3, SIDE, SIDE]
    built = helper.make_graph(
        graph.nodes,
        "EfficientNet-Lite0",
        [helper.make_tensor_value_info("image", float_type, shape)],
        [helper.make_tensor_value_info(n, float_type, ["n", k]) for n, k in outputs.items()],
        graph.constants,
    )
    model = helper.make_model(
        built, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
