"""Leases in the database: which process may do a task, and which processes are alive."""

import os
import secrets
import socket
import time

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from evaluation.store.tables import leases

REPLICA = "replica "


def new_holder() -> str:
    """Return a unique name for this process: host|pid|random."""
    return f"{socket.gethostname()[:100]}|{os.getpid()}|{secrets.token_hex(6)}"


class Leases:
    """A lease ends after `seconds` unless it is renewed, by the clock of the database.

    Each call raises SQLAlchemyError when the database does not answer; no lease is then held.
    """

    def __init__(self, engine: sa.Engine, holder: str, seconds: float) -> None:
        self._engine = engine
        self.holder = holder
        self.seconds = seconds

    def hold(self, name: str) -> bool:
        """Take or renew the lease; return False while another process has it."""
        with self._engine.begin() as connection:
            moment = database_time(connection)
            update = connection.execute(
                leases.update()
                .where(
                    leases.c.name == name,
                    sa.or_(leases.c.holder == self.holder, leases.c.until < moment),
                )
                .values(holder=self.holder, until=moment + self.seconds)
            )
            if update.rowcount == 1:
                return True
            query = sa.select(leases.c.name).where(leases.c.name == name)
            if connection.execute(query).first() is not None:
                return False
        try:
            with self._engine.begin() as connection:
                until = database_time(connection) + self.seconds
                row = {"name": name, "holder": self.holder, "until": until}
                connection.execute(leases.insert().values(**row))
        except IntegrityError:
            return False
        return True

    def join(self) -> None:
        """Register this process as alive; to be repeated well within `seconds`."""
        self.hold(REPLICA + self.holder)

    def leave(self) -> None:
        """Give back all leases of this process, which ends."""
        with self._engine.begin() as connection:
            connection.execute(leases.delete().where(leases.c.holder == self.holder))

    def alive(self) -> set[str]:
        """Return the holders that are alive. One of this machine is dead when its process is."""
        with self._engine.begin() as connection:
            moment = database_time(connection)
            is_replica = leases.c.name.startswith(REPLICA)
            query = sa.select(leases.c.holder).where(is_replica, leases.c.until >= moment)
            holders = {str(holder) for holder in connection.execute(query).scalars()}
            long_ago = moment - 10 * self.seconds
            connection.execute(leases.delete().where(is_replica, leases.c.until < long_ago))
        return {holder for holder in holders if not self._is_dead(holder)}

    def _is_dead(self, holder: str) -> bool:
        host, _, rest = holder.partition("|")
        pid, _, _ = rest.partition("|")
        if holder == self.holder or host != self.holder.partition("|")[0] or not pid.isdecimal():
            return False
        if int(pid) == os.getpid():
            return True
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False


def database_time(connection: sa.Connection) -> float:
    """Return epoch seconds by the database's clock, which all replicas share."""
    if connection.dialect.name == "postgresql":
        moment = sa.extract("epoch", sa.func.clock_timestamp())
        return float(connection.execute(sa.select(moment)).scalar_one())
    return time.time()
