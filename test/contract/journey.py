"""What must work on the site, as functions that raise AssertionError: the contract runs them, and the mutations must break them."""
from __future__ import annotations

import contextlib
import dataclasses
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Iterator, Mapping
from urllib.parse import urlsplit

from browser import Response, Visitor, assets, form_with, links, send
from cloudfront import CloudFront
from ecs import Fargate, Task
from servers.process import accepts, wait_until
from stand_ins import StandIns
from task_definitions import WebService

#: Lets `/slow/` of the example hold a request open; only the test sets it.
SLOW_VIEW = {'SHOP_SLOW_VIEW': '1'}
_PROBE = """
import json
from django.conf import settings as s
db, storages = s.DATABASES['default'], s.STORAGES
print(json.dumps({
    'database': [str(db[key]) for key in ('HOST', 'PORT', 'NAME', 'USER', 'PASSWORD')], 'sslmode': db.get('OPTIONS', {}).get('sslmode'),
    'debug': s.DEBUG, 'secret_key': s.SECRET_KEY, 'csrf_trusted_origins': s.CSRF_TRUSTED_ORIGINS, 'allowed_hosts': s.ALLOWED_HOSTS,
    'static_url': s.STATIC_URL, 'buckets': {name: storage.get('OPTIONS', {}).get('bucket_name') for name, storage in storages.items()},
    'region': storages['default'].get('OPTIONS', {}).get('region_name')}))
"""
_HASHED_NAME = re.compile(r'\.[0-9a-f]{8,}\.\w+$')


@dataclasses.dataclass(frozen=True)
class Site:
    """A web task that serves, as its load balancer and its visitors see it."""

    web: WebService
    task: Task
    task_ip: str
    cloudfront: CloudFront

    @property
    def address(self) -> tuple[str, int]:
        assert self.web.container.port
        return self.task_ip, self.web.container.port

    def visitor(self) -> Visitor:
        """Somebody new, without cookies."""
        return Visitor(self.address, host=self.web.host, https=self.web.https, elsewhere=self.cloudfront.fetch)


@contextlib.contextmanager
def starts_serving(fargate: Fargate, web: WebService, task_ip: str, cloudfront: CloudFront, seconds: float = 40) -> Iterator[Site]:
    """Starts the web container and waits until it listens."""
    with fargate.start(web.container, extra=SLOW_VIEW) as task:
        site = Site(web, task, task_ip, cloudfront)
        try:
            wait_until(lambda: accepts(*site.address), seconds=seconds, what='the web container', process=task.process)
        except (RuntimeError, TimeoutError) as error:
            raise AssertionError(f'{error}\n{task.output}') from error
        yield site


def sees_the_deployment(fargate: Fargate, account: StandIns, web: WebService, cloudfront: CloudFront) -> None:
    """The project's settings hold what the template has, whatever the variables are called on the way."""
    probe = fargate.run(web.container, command=['python', '-c', _PROBE])
    assert probe.exit_code == 0, probe.output
    settings = json.loads(probe.output.splitlines()[-1])
    (host, port), (name, user, password) = account.server('database'), account.database()
    assert settings['database'] == [host, str(port), name, user, password]
    assert settings['sslmode'] in ('require', 'verify-ca', 'verify-full')
    assert settings['debug'] is False and len(settings['secret_key']) >= 50
    assert f'{web.scheme}://{web.host}' in settings['csrf_trusted_origins']
    assert web.host in settings['allowed_hosts'] and '*' not in settings['allowed_hosts']
    assert urlsplit(settings['static_url']).netloc in cloudfront.domains
    assert settings['buckets']['staticfiles'] in cloudfront.buckets()
    assert settings['buckets']['default'] in account.buckets() - cloudfront.buckets()
    assert settings['region'] == account.region


def runs_workers(site: Site, intended: WebService) -> None:
    """gunicorn's master and the number of workers that the library wants."""
    workers = int(intended.container.environment.get('WEB_CONCURRENCY', '1'))
    wait_until(lambda: len(site.task.processes()) == 1 + workers, seconds=5, what=f'a master with {workers} workers')


def is_healthy(site: Site) -> None:
    """The load balancer's health check: plain HTTP, the task's address as host, no forwarded headers."""
    headers = {'Host': '{}:{}'.format(*site.address), 'User-Agent': 'ELB-HealthChecker/2.0'}
    status, _, body = send(site.address, 'GET', site.web.health_check_path, headers)
    assert status in site.web.health_check_codes, f'health check answered {status}: {body[:500]!r}\n{site.task.output[-2000:]}'


def serves_its_domain(site: Site) -> Response:
    """The front page, which asks the database, with the site's own name."""
    page = site.visitor().get('/')
    assert page.status == 200, f'{page.status} for {site.web.host}: {page.text[:500]}\n{site.task.output[-2000:]}'
    return page


def refuses_other_hosts(site: Site) -> None:
    """Whatever else a request claims to want: neighbours in the subnet, the load balancer's name, an attacker's."""
    for host in ('attacker.example', f'evil.{site.web.host}', '127.0.0.78:8000', '127.0.0.1', 'localhost', '169.254.170.2'):
        status = site.visitor().get(site.web.health_check_path, host=host).status
        assert status == 400, f'host {host} got {status}'


def loads_assets(site: Site, page: Response) -> list[str]:
    """Every style sheet and script of a page comes from CloudFront, by a name that changes with its content."""
    urls = assets(page)
    assert urls, f'{page.url} has no assets'
    for url in urls:
        asset = site.visitor().get(url)
        assert asset.url.split('/')[2] in site.cloudfront.domains, f'{url} does not come from CloudFront'
        assert asset.status == 200 and asset.body, f'{asset.status} for {url}: {asset.text[:300]}'
        assert _HASHED_NAME.search(url), f'{url} has no hash, so browsers may keep an old one'
    return urls


def logs_in(site: Site, user: Mapping[str, str]) -> Visitor:
    """The admin's login, with the cookies and the origin check that HTTPS brings."""
    visitor = site.visitor()
    page = visitor.get('/admin/login/?next=/admin/')
    assert page.status == 200, f'{page.status}: {page.text[:500]}\n{site.task.output[-2000:]}'
    answer = visitor.submit(page, form_with(page, 'username'), user)
    assert (answer.status, answer.headers.get('Location')) == (302, '/admin/'), f'login failed with {answer.status}: {answer.text[:1000]}'
    assert visitor.cookies, 'login set no cookie'
    for name, cookie in visitor.cookies.items():
        assert bool(cookie[name]['secure']) == site.web.https, f"cookie '{name}': secure={cookie[name]['secure']!r}"
    assert visitor.get('/admin/').status == 200
    return visitor


def adds_product(visitor: Visitor, slug: str) -> None:
    """Saves a product through the form of the admin."""
    page = visitor.get('/admin/catalog/product/add/')
    answer = visitor.submit(page, form_with(page, 'slug'), {'name': slug.title(), 'slug': slug, 'price': '12.50', 'stock': '3'})
    assert answer.status == 302, f'{answer.status}: {answer.text}'


def uploads(visitor: Visitor, slug: str, content: bytes) -> str:
    """Uploads a file to a product, and gives the URL that the product's page then links to."""
    page = visitor.get(f'/products/{slug}/attachments/add/')
    answer = visitor.submit(page, form_with(page, 'title'), {'title': 'Manual'}, {'file': ('manual.txt', content, 'text/plain')})
    assert answer.status == 302, f'{answer.status}: {answer.text}'
    product = visitor.get(answer.headers['Location'])
    return next(url for url in links(product) if 'manual' in url)


def serves_at_once(site: Site, requests: int, seconds: float = 0.2) -> None:
    """So many slow requests at the same time take hardly longer than one."""
    begin = time.monotonic()
    with ThreadPoolExecutor(requests) as pool:
        answers = list(pool.map(lambda _: site.visitor().get(f'/slow/?seconds={seconds}'), range(requests)))
    took = time.monotonic() - begin
    assert [answer.status for answer in answers] == [200] * requests
    assert took < seconds * max(2.0, requests * 0.75), f'{requests} requests of {seconds} s took {took:.1f} s: they are served one after the other'
