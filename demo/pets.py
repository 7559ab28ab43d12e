"""Send pictures of cats and dogs at a steady rate; most users say whether the answer was right."""

import argparse
import itertools
import random
import shlex
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from demo.background import background, stop_with_input
from demo.case import Answer, Body
from demo.client import ClientError, ServiceClient
from demo.pictures import Source
from demo.replay import Replay, count, speed, stopped_by_signals, summary
from demo.scenarios import SCENARIOS, Scenario

# a user sends feedback after three more pictures
FEEDBACK_AFTER = 3
# a client gives up if these are rejected and none is accepted
MAX_REJECTED = 5
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
    options = _parser().parse_args(arguments)
    scenario = SCENARIOS[options.scenario]
    stop = stopped_by_signals()
    if options.while_open:
        stop_with_input(stop)
    print(f"Scenario {options.scenario}: {scenario.meaning}.", flush=True)
    clients = [_client(options, number, stop) for number in range(scenario.clients)]
    try:
        with ExitStack() as stack:
            if scenario.fault is not None:
                stack.enter_context(background(_fault_command(options, scenario.fault)))
            _send(clients, scenario, options)
            if scenario.fault is not None:
                stop.wait()
    except ClientError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"\n{summary(clients)}", flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8010", help="default: %(default)s")
    parser.add_argument("--scenario", choices=tuple(SCENARIOS), default="usual")
    parser.add_argument("--pictures-per-second", type=speed, help="default: as the scenario says")
    parser.add_argument("--most", type=count, help="number of pictures, default: no limit")
    parser.add_argument("--timeout-seconds", type=float, default=60.0)
    parser.add_argument(
        "--fault-command", type=shlex.split, help="causes the fault that is appended as a word"
    )
    parser.add_argument("--while-open", action="store_true", help="end with the standard input")
    return parser


def _fault_command(options: argparse.Namespace, fault: str) -> list[str]:
    if options.fault_command is None:
        raise ClientError(
            f"the scenario {options.scenario} changes the stack: run make pets "
            f"SCENARIO={options.scenario}, or name a command with --fault-command."
        )
    return [*options.fault_command, fault, "--while-open"]


def _client(options: argparse.Namespace, number: int, stop: threading.Event) -> Replay:
    api = ServiceClient(options.url, options.timeout_seconds)
    terminal = sys.stdout.isatty()
    return Replay(
        api, stop, terminal=terminal, truth_after=FEEDBACK_AFTER, prints_progress=number == 0
    )


def _send(clients: list[Replay], scenario: Scenario, options: argparse.Namespace) -> None:
    """Send pictures until each client has sent `--most`, or until they are stopped.

    Raises ClientError if the service rejects all pictures of a client.
    """
    sources = clients[0].request(lambda: scenario.sources(clients[0].api)) or []
    per_second = options.pictures_per_second or scenario.per_second

    def run(client: Replay, seed: int) -> None:
        cases = itertools.islice(pictures(sources, scenario.votes, seed), options.most)
        client.run(itertools.takewhile(lambda _: accepts(client), cases), per_second)
        client.finish()

    threads = [
        threading.Thread(target=run, args=(client, seed)) for seed, client in enumerate(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        if client.rejected and not client.sent:
            raise ClientError(
                f"the service accepts none of these pictures. {client.last_rejection}"
            )


def accepts(client: Replay) -> bool:
    """Return whether the service has accepted a picture, or has rejected only a few."""
    return client.sent > 0 or client.rejected < MAX_REJECTED


@dataclass(frozen=True)
class Picture:
    """A picture that a user sends; `vote` is `truthful`, `negative` or None for no feedback."""

    source: Source
    user_agent: str
    vote: str | None
    names_label: bool

    @property
    def name(self) -> str:
        return self.source.name

    def predict(self, api: ServiceClient) -> Answer:
        answer: Answer = api.post_picture("/predict", self.source.content(), self.user_agent)
        self.source.learn(answer)
        return answer

    def feedback(self, answer: Answer) -> Body | None:
        if self.vote is None:
            return None
        body = {"prediction_id": answer["prediction_id"], "feedback": "negative"}
        if self.vote == "negative":
            # without a label, which would be stored as the truth
            return body | {"comment": "from the scenario negative-feedback"}
        if answer["prediction"] == self.source.label:
            body["feedback"] = "positive"
        return body | {"label": self.source.label} if self.names_label else body


def pictures(sources: list[Source], votes: str, seed: int = 0) -> Iterator[Picture]:
    """Yield the pictures in a random order, again and again, without end."""
    generator = random.Random(seed)
    while sources:
        for source in generator.sample(sources, len(sources)):
            yield Picture(
                source,
                generator.choice(USERS),
                votes if generator.random() < FEEDBACK_SHARE else None,
                names_label=generator.random() < LABEL_SHARE,
            )


if __name__ == "__main__":
    sys.exit(main())
