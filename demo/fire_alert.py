"""Fire a real alert, follow it to the notification, and clean up."""

import argparse
import shlex
import sys

from demo import evaluation_drill, traffic_drill
from demo.client import ClientError, ServiceClient
from demo.drills import EVALUATION_DRILLS, SHIFTS, TRAFFIC_DRILLS
from demo.sources import Sources

EVALUATION_TIMEOUT_SECONDS = 120.0


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    sources = Sources(options.prometheus, options.alertmanager, options.inbox)
    try:
        if options.alert in EVALUATION_DRILLS:
            return _fire_by_evaluation(options, sources)
        return _fire_by_traffic(options, sources)
    except ClientError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alert", choices=(*EVALUATION_DRILLS, *TRAFFIC_DRILLS), default="rmse")
    parser.add_argument("--shift", choices=tuple(SHIFTS), help="default: the shift of the alert")
    parser.add_argument("--scenario", help="default: the first scenario of the alert")
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="the bike API")
    parser.add_argument("--pets-url", default="http://127.0.0.1:8010", help="the cats-dogs API")
    parser.add_argument("--prometheus", default="http://127.0.0.1:9090")
    parser.add_argument("--alertmanager", default="http://127.0.0.1:9093")
    parser.add_argument("--inbox", default="http://127.0.0.1:9095", help="the notification log")
    parser.add_argument("--fault-command", help="as of python -m demo.pets")
    parser.add_argument("--patience-seconds", type=float, default=60.0, help="limit of each step")
    options = parser.parse_args(arguments)
    drill = TRAFFIC_DRILLS.get(options.alert)
    if options.scenario is not None and (drill is None or options.scenario not in drill.scenarios):
        scenarios = ", ".join(drill.scenarios) if drill else "none"
        parser.error(f"--scenario of the alert {options.alert} is one of: {scenarios}")
    return options


def _fire_by_evaluation(options: argparse.Namespace, sources: Sources) -> int:
    drill = EVALUATION_DRILLS[options.alert]
    api = ServiceClient(options.url, EVALUATION_TIMEOUT_SECONDS)
    print(f"Alert: {drill.alertname}. Reason: {drill.why}.")
    shift = options.shift or drill.shift
    return evaluation_drill.fire(api, sources, drill, shift, options.patience_seconds)


def _fire_by_traffic(options: argparse.Namespace, sources: Sources) -> int:
    drill = TRAFFIC_DRILLS[options.alert]
    print(f"Alert: {drill.alertname}. Reason: {drill.why}.")
    scenario = options.scenario or drill.scenarios[0]
    pets = [sys.executable, "-m", "demo.pets", "--url", options.pets_url]
    if options.fault_command is not None:
        pets += ["--fault-command", shlex.join(shlex.split(options.fault_command))]
    return traffic_drill.fire(sources, drill, scenario, pets, options.patience_seconds)


if __name__ == "__main__":
    sys.exit(main())
