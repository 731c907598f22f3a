"""Django's PostgreSQL backend with a fresh IAM token as password of each connection.

Take the folder into your project and name it as ENGINE. It works with persistent connections (CONN_MAX_AGE), since a
token is needed only to log in, and with a connection pool (OPTIONS["pool"], psycopg_pool 3.3 or newer).
"""

import random
from datetime import datetime, timezone
from typing import Any

from django.db.backends.postgresql import base

from shop.rds_iam.tokens import TOKENS


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to PostgreSQL on Amazon RDS, as a role that `rds_iam` is granted to."""

    @property
    def pool(self) -> Any:
        pool = super().pool
        if pool is not None:
            # Else every connection of the pool would log in with the token of the first.
            pool.kwargs = lambda: {**self.get_connection_params(), "autocommit": True}
        return pool

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        # A token is for one server, so libpq cannot choose among several read replicas.
        params["host"] = random.choice(params["host"].split(","))
        params["password"] = TOKENS.get(params["host"], int(params["port"]), params["user"])
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError as error:
            if "authentication failed" not in str(error):
                raise
            TOKENS.forget(conn_params["host"], int(conn_params["port"]), conn_params["user"])
            raise self.Database.OperationalError(f"{error}\n{refusal(conn_params['user'])}") from error


def refusal(user: str) -> str:
    """What to look at, since the server keeps to itself why it refused a token."""
    now = datetime.now(timezone.utc).isoformat(sep=" ", timespec="seconds")
    return (
        f"The server refused the IAM token of '{user}'. Either the policy of this role of AWS does not allow rds-db:connect as '{user}' "
        f"on this database; or '{user}' is no member of rds_iam; or AWS_REGION is not the region of the database; or the clock is wrong: "
        f"a token counts for 15 minutes, and here it is {now}."
    )
