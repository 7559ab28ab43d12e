"""Trained models as files: ONNX and a JSON file of facts, with a checksum; never a pickle."""

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trained:
    """A model as ONNX, in memory and in its file, and the facts about its training."""

    onnx: bytes
    file: Path
    version: str
    facts: dict[str, Any]


def fingerprint(files: Iterable[Path], parameters: object, libraries: Iterable[str]) -> str:
    """Return the SHA-256 of all that a model depends on: data, code, parameters, libraries."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    digest.update(json.dumps(parameters, sort_keys=True).encode())
    digest.update(" ".join(version(library) for library in libraries).encode())
    return digest.hexdigest()


def load_or_train(
    data_dir: Path, name: str, key: str, train: Callable[[], tuple[bytes, dict[str, Any]]]
) -> Trained:
    """Load the model stored under `key`, or train it if it is missing or damaged."""
    folder = data_dir / "models"
    file, facts_file = (folder / f"{name}-{key[:16]}.{kind}" for kind in ("onnx", "json"))
    try:
        facts = json.loads(facts_file.read_text("utf-8"))
        converted = file.read_bytes()
        if hashlib.sha256(converted).hexdigest() == facts["sha256"]:
            return Trained(converted, file, key[:12], facts)
        log.warning("%s does not match its checksum: training again", file)
    except FileNotFoundError:
        log.info("no trained model %s in %s: training", name, folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("%s can't be read (%s): training again", facts_file, error)
    converted, facts = train()
    facts = {"sha256": hashlib.sha256(converted).hexdigest(), **facts}
    write_atomically(file, converted)
    write_atomically(facts_file, json.dumps(facts, indent=1).encode())
    return Trained(converted, file, key[:12], facts)


def write_atomically(file: Path, content: bytes) -> None:
    """Write a temporary file and move it into place, so that a reader never sees a partial file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    part.write_bytes(content)
    os.replace(part, file)
