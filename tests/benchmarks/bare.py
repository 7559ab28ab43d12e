"""Bare FastAPI routes on the same forest: no log, no metrics, no ranges. python -m ... KIND PORT"""

import sys
from pathlib import Path

import numpy as np
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from model_service.models import load
from model_service.models.bike_sharing import data, training


class Record(BaseModel):
    temp: float
    atemp: float
    hum: float
    windspeed: float
    mnth: int
    hr: int
    weekday: int
    season: int
    holiday: int
    workingday: int
    weathersit: int
    dteday: str


def main() -> None:
    kind, port, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    app = FastAPI()
    features = data.SCHEMA.features
    if kind == "onnx":
        model = load("bike-sharing", folder)

        @app.post("/predict")
        async def predict_onnx(record: Record) -> dict[str, float]:
            values = tuple(getattr(record, name) for name in features)
            return {"predicted_count": model.predict_one(values)}

    else:
        forest = training.fit()

        @app.post("/predict")
        async def predict_sklearn(record: Record) -> dict[str, float]:
            values = np.array([[getattr(record, name) for name in features]])
            return {"predicted_count": float(forest.predict(values)[0])}

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
