"""Had the library called a variable something else, the contract would notice: every name that it gives is one that the project needs."""
from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import journey
from cloudfront import CloudFront
from conftest import TASK_IP
from ecs import Fargate
from servers.process import free_port
from stand_ins import StandIns
from task_definitions import WebService

#: Variables whose loss no local process shows, with the reason. A new one belongs into `journey.py` first, and here only if that is impossible.
_UNSEEN = {
    'DEFAULT_FROM_EMAIL': 'is the example\'s own, not the library\'s',
    'DB_SSLMODE': 'without it the example is as strict, and the server refuses anything less',
    'FORWARDED_ALLOW_IPS': 'Django looks at X-Forwarded-Proto itself; gunicorn needs it for other frameworks',
    'PGSSLMODE': 'is for programs that use libpq without Django\'s settings',
    'PORT': 'says the same as --bind in GUNICORN_CMD_ARGS, for servers other than gunicorn',
    'PYTHONUNBUFFERED': 'decides only how soon a log line is seen',
}


def test_every_variable_of_the_web_process_is_needed(account: StandIns, fargate: Fargate, web: WebService, cloudfront: CloudFront,
                                                     released: list[str]) -> None:
    def walk(service: WebService) -> None:
        journey.sees_the_deployment(fargate, account, service, cloudfront)
        with journey.starts_serving(fargate, service.on_port(free_port()), TASK_IP, cloudfront) as site:
            journey.runs_workers(site, web)
            journey.is_healthy(site)
            journey.loads_assets(site, journey.serves_its_domain(site))
            journey.serves_at_once(site, web.threads)

    def consequence(variable: str) -> str | None:
        begin = time.monotonic()
        try:
            walk(web.without(variable))
        except (AssertionError, TimeoutError) as error:
            return f'{time.monotonic() - begin:.1f} s: {" ".join(str(error).split())[-160:]}'
        return None

    walk(web)  # or else the mutations would fail for another reason than their variable
    alone = {'WEB_CONCURRENCY'} if web.container.environment.get('WEB_CONCURRENCY') == '1' else set()  # gunicorn's own default
    variables = [name for name in web.container.variables if name not in _UNSEEN.keys() | alone]
    with ThreadPoolExecutor(2) as pool:
        consequences = dict(zip(variables, pool.map(consequence, variables)))
    for variable, what in consequences.items():
        print(f'{variable}: {what}')
    unnoticed = [variable for variable, what in consequences.items() if what is None]
    assert unnoticed == [], 'renamed, and everything still works'
