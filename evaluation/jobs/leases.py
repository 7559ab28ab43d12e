"""Leases in the database: what only one of several processes may do, and who is alive."""

import os
import secrets
import socket
import time

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from evaluation.store.tables import leases

REPLICA = "replica "


def new_holder() -> str:
    """A name for this process that no other process has: host|pid|random."""
    return f"{socket.gethostname()[:100]}|{os.getpid()}|{secrets.token_hex(6)}"


class Leases:
    """A lease is held for `seconds` and has to be renewed before that. Clocks: the database's.

    Every call raises SQLAlchemyError when the database can't be asked; a lease is then not held.
    """

    def __init__(self, engine: sa.Engine, holder: str, seconds: float) -> None:
        self._engine = engine
        self.holder = holder
        self.seconds = seconds

    def hold(self, name: str) -> bool:
        """Take or renew the lease; False while somebody else has it."""
        with self._engine.begin() as connection:
            moment = now(connection)
            taken = connection.execute(
                leases.update()
                .where(
                    leases.c.name == name,
                    sa.or_(leases.c.holder == self.holder, leases.c.until < moment),
                )
                .values(holder=self.holder, until=moment + self.seconds)
            )
            if taken.rowcount == 1:
                return True
            known = sa.select(leases.c.name).where(leases.c.name == name)
            if connection.execute(known).first() is not None:
                return False
        try:
            with self._engine.begin() as connection:
                until = now(connection) + self.seconds
                row = {"name": name, "holder": self.holder, "until": until}
                connection.execute(leases.insert().values(**row))
        except IntegrityError:
            return False
        return True

    def release(self, name: str) -> None:
        """Give the lease back, if it is ours."""
        with self._engine.begin() as connection:
            connection.execute(
                leases.delete().where(leases.c.name == name, leases.c.holder == self.holder)
            )

    def join(self) -> None:
        """Say that this process lives; to be repeated well within `seconds`."""
        self.hold(REPLICA + self.holder)

    def leave(self) -> None:
        """Say that this process ends, and give back all that it holds."""
        with self._engine.begin() as connection:
            connection.execute(leases.delete().where(leases.c.holder == self.holder))

    def alive(self) -> set[str]:
        """The holders that live. One of this machine whose process ended is dead at once."""
        with self._engine.begin() as connection:
            moment = now(connection)
            of_replicas = leases.c.name.startswith(REPLICA)
            query = sa.select(leases.c.holder).where(of_replicas, leases.c.until >= moment)
            found = {str(holder) for holder in connection.execute(query).scalars()}
            long_ago = moment - 10 * self.seconds
            connection.execute(leases.delete().where(of_replicas, leases.c.until < long_ago))
        return {holder for holder in found if not self._ended(holder)}

    def _ended(self, holder: str) -> bool:
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


def now(connection: sa.Connection) -> float:
    """Epoch seconds by the database's clock, which all replicas share."""
    if connection.dialect.name == "postgresql":
        moment = sa.extract("epoch", sa.func.clock_timestamp())
        return float(connection.execute(sa.select(moment)).scalar_one())
    return time.time()
