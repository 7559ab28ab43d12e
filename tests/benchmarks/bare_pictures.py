"""A bare FastAPI route of the picture model: no limits, log, metrics. python -m ... PORT DIR"""

import io
import sys
from pathlib import Path

import numpy as np
import uvicorn
from fastapi import FastAPI, Request
from PIL import Image

from model_service.models.cats_dogs.data import CLASSES
from model_service.models.cats_dogs.training import load_or_train
from model_service.models.scorers import one_thread_session

SIDE, SCALED_SIDE = 224, 256


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    session = one_thread_session(load_or_train(folder).file)
    app = FastAPI()

    @app.post("/predict")
    async def predict(request: Request) -> dict[str, float]:
        image = Image.open(io.BytesIO(await request.body())).convert("RGB")
        half = min(image.size) * SIDE / SCALED_SIDE / 2
        across, down = (length / 2 for length in image.size)
        box = (across - half, down - half, across + half, down + half)
        square = image.resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=box)
        values = (np.asarray(square).transpose(2, 0, 1).astype(np.float32) - 127) / 128
        (probabilities,) = session.run(["probabilities"], {"image": values[None]})
        return dict(zip(CLASSES, map(float, probabilities[0]), strict=True))

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
