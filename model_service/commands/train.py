"""The commands train and retrain."""

import argparse


def add_retrain_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--month", default="month_001", help="default: %(default)s")


def train(options: argparse.Namespace) -> int:
    """Train a model, store it and print its facts. Raises StartError."""
    from model_service.models import load
    from model_service.settings import Settings

    settings = Settings()
    model = load(options.model, settings.data_dir)
    facts = model.details()
    print(
        f"{model.name} {model.version}: {facts.get('algorithm', 'user-defined')}, "
        f"{facts.get('training_rows', 'unknown')} rows, "
        f"trained {facts.get('trained_at', 'by its author')}"
        + (f", stored in {settings.data_dir / 'models'}" if "trained_at" in facts else "")
    )
    return 0


def retrain(options: argparse.Namespace) -> int:
    """Train a challenger, promote it if it is better, print both. Raises StartError."""
    from model_service.models import retrain
    from model_service.settings import Settings

    settings = Settings()
    comparison = retrain(options.model, settings.data_dir, options.month)
    for side in ("champion", "challenger"):
        scores = comparison[side]
        print(
            f"{side} {scores['version']} ({scores['training_month']}): "
            f"ROC AUC {scores['roc_auc']:.4f}, log loss {scores['log_loss']:.4f}"
        )
    decision = "promoted" if comparison["promoted"] else "the champion stays"
    lower, upper = comparison["roc_auc_gain_lower"], comparison["roc_auc_gain_upper"]
    print(
        f"{decision}: {comparison['rule']} (95 % interval {lower:+.4f} to {upper:+.4f}) "
        f"on the same {comparison['held_out_rows']} held-out rows"
    )
    print(f"Restart the service to {'serve it' if comparison['promoted'] else 'show both'}.")
    return 0
