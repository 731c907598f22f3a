"""Had the library called a variable something else, the contract would notice: every name that it gives is one that the project needs."""
from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Iterable

import journey
from deployment import Deployment
from servers.process import free_port

#: Variables whose loss no local process shows, with the reason. A new one belongs into `journey.py` first, and here only if that is impossible.
_UNSEEN = {
    'CORS_ALLOWED_ORIGINS': 'is for an app on another name; the example\'s is on the same',
    'DB_SSLMODE': 'without it the example is as strict, and the server refuses anything less',
    'DJANGO_SECRET_KEY_FALLBACKS': 'is empty until a key was rotated, which has a test of its own',
    'EMAIL_USE_SSL': 'without it the example knows the port',
    'EMAIL_USE_TLS': 'without it the example is as strict',
    'FORWARDED_ALLOW_IPS': 'Django looks at X-Forwarded-Proto itself; gunicorn needs it for other frameworks',
    'FRONTEND_URL': 'is for links in mails, of which the example sends none',
    'PGSSLMODE': 'is for programs that use libpq without Django\'s settings',
    'PGSSLROOTCERT': 'is in the image of the example too',
    'XDG_RUNTIME_DIR': 'is where gunicorn puts its control socket, which the example switches off',
    'PORT': 'says the same as --bind in GUNICORN_CMD_ARGS, for servers other than gunicorn',
    'POSTGRES_SSLMODE': 'as DB_SSLMODE',
    'PYTHONUNBUFFERED': 'decides only how soon a log line is seen',
}
#: Unseen while they have the value that the example takes anyway.
_DEFAULTS = {'DB_AUTHENTICATION': 'password', 'POSTGRES_AUTHENTICATION': 'password', 'EMAIL_PORT': '587', 'WEB_CONCURRENCY': '1'}


def test_every_variable_of_the_web_process_is_needed(deployment: Deployment, released: list[str]) -> None:
    journey.stocks(deployment)
    journey.walks(deployment, deployment.web.on_port(free_port()))  # or else the mutations would fail for another reason than their variable
    assert unnoticed(deployment, deployment.web.container.variables) == [], 'renamed, and everything still works'


def unnoticed(deployment: Deployment, variables: Iterable[str]) -> list[str]:
    """The variables without which everything works."""
    given = deployment.web.container.environment
    # What is empty counts as absent.
    seen = [name for name in variables if name not in _UNSEEN and given.get(name) not in ('', _DEFAULTS.get(name, ''))]

    def consequence(variable: str) -> str | None:
        begin = time.monotonic()
        try:
            journey.walks(deployment, deployment.web.without(variable).on_port(free_port()))
        except (AssertionError, TimeoutError) as error:
            return f'{time.monotonic() - begin:.1f} s: {" ".join(str(error).split())[-160:]}'
        return None

    with ThreadPoolExecutor(2) as pool:
        consequences = dict(zip(seen, pool.map(consequence, seen)))
    for variable, what in consequences.items():
        print(f'{variable}: {what}')
    return [variable for variable, what in consequences.items() if what is None]
