"""A hand-written service for pictures, for the faults that a real one does not give on demand."""

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/predict": {
            "post": {
                "summary": "Predict for one picture",
                "requestBody": {
                    "content": {
                        "multipart/form-data": {
                            "schema": {
                                "type": "object",
                                "properties": {"file": {"type": "string", "format": "binary"}},
                            }
                        },
                        "image/jpeg": {"schema": {"type": "string", "format": "binary"}},
                    }
                },
            }
        },
        "/samples": {"get": {}},
        "/feedback": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Feedback"}}
                    }
                }
            }
        },
    },
    "components": {
        "schemas": {
            "Feedback": {
                "type": "object",
                "required": ["prediction_id", "feedback"],
                "properties": {
                    "prediction_id": {"type": "string"},
                    "feedback": {"enum": ["positive", "negative"]},
                    "label": {"anyOf": [{"enum": ["cat", "dog", "neither"]}, {"type": "null"}]},
                    "comment": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                },
            }
        }
    },
}
CLASSES = ["cat", "dog", "neither"]
ANSWER: dict[str, Any] = {
    "prediction": "cat", "proba_cat": 0.61, "proba_dog": 0.09, "confidence": 0.61,
    "low_confidence": True, "inference_time_ms": 11.5, "prediction_id": "p1",
    "model_version": "v1",
}  # fmt: skip


def jpeg() -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 120, 40)).save(output, "JPEG")
    return output.getvalue()


@dataclass
class PictureService:
    """Answers by path, which a test may change; counts the bodies of each POST."""

    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    posts: list[tuple[str, bytes]] = field(default_factory=list)
    tokens: set[str | None] = field(default_factory=set)
    url: str = ""

    def count(self, path: str) -> int:
        return sum(sent == path for sent, _ in self.posts)


@contextmanager
def picture_service() -> Iterator[PictureService]:
    """Run the service on a free port of 127.0.0.1."""
    samples = [{"name": "cat/a.jpg", "label": "cat", "url": "/samples/cat/a.jpg"}]
    service = PictureService(
        {
            "/openapi.json": (200, DOCUMENT),
            "/model": (200, {"classes": CLASSES, "thresholds": {"low_confidence": 0.7}}),
            "/samples": (200, {"samples": samples}),
            "/samples/cat/a.jpg": (200, jpeg()),
            "/predict": (200, ANSWER),
            "/feedback": (200, {"status": "recorded"}),
        }
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.tokens.add(self.headers.get("Authorization"))
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.command == "POST":
                service.posts.append((self.path, body))
            path = self.path.partition("?")[0]
            status, content = service.answers.get(path, (404, {"detail": "Not Found"}))
            is_picture = isinstance(content, bytes)
            self.send_response(status)
            self.send_header("Content-Type", "image/jpeg" if is_picture else "application/json")
            encoded = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_header("Content-Length", str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
