"""A bare FastAPI route on the network of cats and dogs: no limits, log or metrics. PORT FOLDER"""

import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import uvicorn
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from PIL import Image

from model_service.models.cats_dogs import training
from model_service.models.scorers import one_thread_session

SCALED_SIDE, SIDE = 256, 224


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    session = one_thread_session(training.load_or_train(folder).onnx)
    app = FastAPI()

    def classify(content: bytes) -> dict[str, float]:
        image = Image.open(BytesIO(content)).convert("RGB")
        side = min(image.size) * SIDE / SCALED_SIDE
        left, top = (image.width - side) / 2, (image.height - side) / 2
        box = (left, top, left + side, top + side)
        square = image.resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=box)
        pixels = (np.asarray(square, np.float32) - 127) / 128
        (shares,) = session.run(["probabilities"], {"image": pixels.transpose(2, 0, 1)[None]})
        return {"proba_cat": float(shares[0, 0]), "proba_dog": float(shares[0, 1])}

    @app.post("/predict")
    async def predict(request: Request) -> dict[str, float]:
        return await run_in_threadpool(classify, await request.body())

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
