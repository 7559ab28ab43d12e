"""The scores of a model: title, field of the result document, unit."""

SCORES = (
    ("RMSE", "rmse", ""), ("MAE", "mae", ""), ("R2", "r2", ""), ("MAPE", "mape", " %"),
    ("Accuracy", "accuracy", ""), ("Precision", "precision", ""), ("Recall", "recall", ""),
    ("F1", "f1", ""), ("ROC AUC", "roc_auc", ""), ("Log loss", "log_loss", ""),
)  # fmt: skip
IN_TARGET_UNITS = ("rmse", "mae")
BETWEEN_0_AND_1 = ("r2", "accuracy", "precision", "recall", "f1", "roc_auc")
