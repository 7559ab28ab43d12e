"""The tables of the store: evaluations, their tags, leases and schedules. Times: epoch seconds."""

import sqlalchemy as sa

from evaluation.store.migrations import Layout, add_columns, add_indexes

FINAL = ("succeeded", "failed", "cancelled", "interrupted")

metadata = sa.MetaData()
evaluations = sa.Table(
    "evaluations",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("model_version", sa.String(64), nullable=False),
    sa.Column("name", sa.String(500), nullable=False),
    sa.Column("source", sa.String(500), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("publish", sa.Boolean, nullable=False),
    sa.Column("synthetic", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.Float(53), nullable=False),
    sa.Column("finished_at", sa.Float(53)),
    sa.Column("verdict", sa.String(32)),
    sa.Column("error", sa.Text),
    sa.Column("document", sa.Text),
    # since version 2
    sa.Column("request", sa.Text),
    sa.Column("owner", sa.String(200)),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("started_at", sa.Float(53)),
    sa.Column("stage", sa.String(100)),
    sa.Column("progress", sa.Float(53)),
    sa.Column("expires_at", sa.Float(53)),
    sa.Column("rerun_of", sa.String(64)),
    sa.Column("schedule_id", sa.String(64)),
    sa.Column("comment", sa.Text),
    sa.Index("evaluations_by_time", "model", "created_at"),
    sa.Index("evaluations_published", "model", "publish", "synthetic", "finished_at"),
    sa.Index("evaluations_by_state", "model", "state", "created_at"),
    sa.Index("evaluations_by_schedule", "schedule_id", "created_at"),
)
tags = sa.Table(
    "evaluation_tags",
    metadata,
    sa.Column("evaluation_id", sa.String(64), primary_key=True),
    sa.Column("tag", sa.String(100), primary_key=True),
    sa.Index("evaluation_tags_by_tag", "tag"),
)
leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.String(300), primary_key=True),
    sa.Column("holder", sa.String(200), nullable=False),
    sa.Column("until", sa.Float(53), nullable=False),
)
schedules = sa.Table(
    "evaluation_schedules",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("every_minutes", sa.Float(53), nullable=False),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("created_at", sa.Float(53), nullable=False),
    sa.Column("next_at", sa.Float(53), nullable=False),
    sa.Column("last_evaluation_id", sa.String(64)),
    sa.Column("last_problem", sa.Text),
    sa.Index("evaluation_schedules_by_time", "model", "next_at"),
)


def _to_2(connection: sa.Connection) -> None:
    """Jobs that outlive their process: who runs what, its request, tags, leases, schedules."""
    add_columns(
        connection, evaluations, "request", "owner", "attempts", "started_at", "stage", "progress",
        "expires_at", "rerun_of", "schedule_id", "comment",
    )  # fmt: skip
    add_indexes(connection, evaluations, "evaluations_by_state", "evaluations_by_schedule")
    for table in (tags, leases, schedules):
        table.create(connection)
    cut_off = '{"message":"The service stopped before this evaluation was done: run it again."}'
    connection.execute(
        evaluations.update()
        .where(evaluations.c.state.not_in(FINAL))
        .values(state="interrupted", error=cut_off, finished_at=evaluations.c.created_at)
    )
    # synthetic evaluations of that time expired with the process that made them
    connection.execute(
        evaluations.update()
        .where(evaluations.c.synthetic.is_(True))
        .values(expires_at=evaluations.c.finished_at)
    )


LAYOUT = Layout("evaluations", metadata, "evaluations", (_to_2,))
