"""Send pictures of cats and dogs at a steady rate; most users say whether the answer was right."""

import argparse
import itertools
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.case import Answer, Body
from demo.client import ServiceClient
from demo.replay import Replay, count, speed, stopped_by_signals
from demo.scenarios import SCENARIOS, Scenario

OTHER_SPECIES = Path(__file__).parent / "data/other_species"
NEITHER = "neither"
# a user sends feedback after three more pictures
FEEDBACK_AFTER = 3
FEEDBACK_SHARE, LABEL_SHARE = 0.8, 0.4
USERS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_7) AppleWebKit/605.1.15 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "pet-shelter-uploader/2.3",
)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8010", help="default: %(default)s")
    parser.add_argument("--scenario", choices=tuple(SCENARIOS), default="usual")
    parser.add_argument("--pictures-per-second", type=speed, help="default: as the scenario says")
    parser.add_argument("--most", type=count, help="number of pictures, default: no limit")
    parser.add_argument("--timeout-seconds", type=float, default=30.0)
    options = parser.parse_args(arguments)
    scenario = SCENARIOS[options.scenario]
    stop = stopped_by_signals()
    api = ServiceClient(options.url, options.timeout_seconds)
    print(f"Scenario {options.scenario}: {scenario.meaning}.", flush=True)
    replay = Replay(api, stop, terminal=sys.stdout.isatty(), truth_after=FEEDBACK_AFTER)
    sources = other_species() if scenario.other_species else replay.request(Samples(api).sources)
    if sources:
        cases = itertools.islice(pictures(sources, scenario), options.most)
        replay.run(cases, options.pictures_per_second or scenario.per_second)
    replay.finish()
    print(f"\n{replay.summary()}", flush=True)
    return 0 if sources or stop.is_set() else 1


@dataclass(frozen=True)
class Source:
    """A picture that can be sent many times: what it shows, and how to get its bytes."""

    name: str
    label: str
    content: Callable[[], bytes]


@dataclass(frozen=True)
class Picture:
    """A picture that a user sends, and how the user votes on the answer."""

    source: Source
    scenario: Scenario
    user_agent: str
    votes: bool
    names_label: bool

    @property
    def name(self) -> str:
        return self.source.name

    def predict(self, api: ServiceClient) -> Answer:
        content = self.source.content()
        if self.scenario.change is not None:
            content = self.scenario.change(content)
        answer: Answer = api.post_picture("/predict", content, self.user_agent)
        return answer

    def feedback(self, answer: Answer) -> Body | None:
        if not self.votes or self.scenario.votes == "none":
            return None
        body = {"prediction_id": answer["prediction_id"], "feedback": "negative"}
        if self.scenario.votes == "negative":
            # without a label: it would be stored as the truth
            return body | {"comment": "from the scenario negative-feedback"}
        if answer["prediction"] == self.source.label:
            body["feedback"] = "positive"
        return body | {"label": self.source.label} if self.names_label else body


class Samples:
    """The sample pictures of a service; each is fetched once and stays in memory."""

    def __init__(self, api: ServiceClient) -> None:
        self._api = api
        self._contents: dict[str, bytes] = {}

    def sources(self) -> list[Source]:
        """Return the sample pictures. Raises Unreachable and Rejected."""
        return [self._source(item) for item in self._api.get("/samples")["samples"]]

    def _source(self, item: dict[str, Any]) -> Source:
        def content() -> bytes:
            url = item["url"]
            if url not in self._contents:
                self._contents[url] = self._api.get_bytes(url)
            return self._contents[url]

        return Source(item["name"], item["label"], content)


def pictures(sources: list[Source], scenario: Scenario, seed: int = 0) -> Iterator[Picture]:
    """Yield the pictures in a random order, again and again, without end."""
    generator = random.Random(seed)
    while True:
        for source in generator.sample(sources, len(sources)):
            yield Picture(
                source,
                scenario,
                generator.choice(USERS),
                votes=generator.random() < FEEDBACK_SHARE,
                names_label=generator.random() < LABEL_SHARE,
            )


def other_species() -> list[Source]:
    """Return the pictures of animals that are neither cats nor dogs."""
    return [
        Source(path.stem, NEITHER, path.read_bytes) for path in sorted(OTHER_SPECIES.glob("*.jpg"))
    ]


if __name__ == "__main__":
    sys.exit(main())
