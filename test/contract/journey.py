"""What must work on the site, as functions that raise AssertionError: the contract runs them, and the mutations must break them."""
from __future__ import annotations

import contextlib
import dataclasses
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parseaddr
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Iterator, Mapping
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

from browser import Response, Visitor, assets, form_with, links, send
from cloudfront import CloudFront
from ecs import Fargate, Task
from servers.process import accepts, wait_until
from task_definitions import WebService

if TYPE_CHECKING:
    from deployment import Deployment

#: Lets `/slow/` of the example hold a request open; only the test sets it.
SLOW_VIEW = {'SHOP_SLOW_VIEW': '1'}
_PROBE = """
import json, django
from django.conf import settings as s
django.setup()
from django.db import connection
db, storages = s.DATABASES['default'], s.STORAGES
with connection.cursor() as cursor:
    cursor.execute('SELECT current_user, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
    user, encrypted = cursor.fetchone()
print(json.dumps({
    'database': [str(db[key]) for key in ('HOST', 'PORT', 'NAME')], 'user': user, 'encrypted': encrypted, 'sslmode': db.get('OPTIONS', {}).get('sslmode'),
    'replica': s.DATABASES.get('replica', {}).get('HOST'), 'cache': s.CACHES['default'].get('LOCATION'),
    'debug': s.DEBUG, 'secret_key': s.SECRET_KEY, 'csrf_trusted_origins': s.CSRF_TRUSTED_ORIGINS, 'allowed_hosts': s.ALLOWED_HOSTS,
    'static_url': s.STATIC_URL, 'buckets': {name: storage.get('OPTIONS', {}).get('bucket_name') for name, storage in storages.items()},
    'region': storages['default'].get('OPTIONS', {}).get('region_name')}))
"""
_STOCK = """
import django
django.setup()
from catalog.models import Product
Product.objects.get_or_create(slug='kettle', defaults={'name': 'Kettle', 'price': 12})
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

    def visitor(self, cookies: Mapping[str, SimpleCookie] | None = None) -> Visitor:
        """Somebody new, without cookies unless they got some from another task."""
        visitor = Visitor(self.address, host=self.web.host, https=self.web.https, elsewhere=self.cloudfront.fetch,
                          served_there=self.cloudfront.serves)
        visitor.cookies.update(cookies or {})
        return visitor


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


def sees_the_deployment(deployment: Deployment, web: WebService) -> None:
    """The project's settings hold what the template has, whatever the variables are called on the way, and open the database."""
    probe = deployment.fargate.run(web.container, command=['python', '-c', _PROBE])
    assert probe.exit_code == 0, probe.output
    settings = json.loads(probe.output.splitlines()[-1])
    account, cloudfront = deployment.account, deployment.cloudfront
    (host, port), (name, master, _) = account.server('database'), account.database()
    assert settings['database'] == [host, str(port), name]
    assert (settings['user'] == master) != account.has_users(), settings['user']
    assert settings['encrypted'] and settings['sslmode'] in ('require', 'verify-ca', 'verify-full')
    assert settings['replica'] == (host if account.has_replica() else None)
    assert bool(settings['cache']) == account.has_cache()
    if account.has_cache():
        location = urlsplit(settings['cache'])
        assert (location.scheme, (location.hostname, location.port)) == ('rediss', account.server('cache'))
    assert settings['debug'] is False and len(settings['secret_key']) >= 50
    assert f'{web.scheme}://{web.host}' in settings['csrf_trusted_origins']
    assert web.host in settings['allowed_hosts'] and '*' not in settings['allowed_hosts']
    assert urlsplit(urljoin(f'{web.scheme}://{web.host}', settings['static_url'])).netloc in cloudfront.domains
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


def counts_views(visitor: Visitor, slug: str, deployment: Deployment) -> None:
    """The page of a product says how often it was viewed, which the cache counts."""
    counts = []
    for _ in range(2):
        page = visitor.get(f'/products/{slug}/')
        assert page.status == 200, f'{page.status}: {page.text[:500]}'
        counts.append(int(re.findall(r'viewed (\d+) time', page.text)[0]))
    assert counts[1] == counts[0] + 1
    if deployment.cache:
        assert any('views-of-product' in key for key in deployment.cache_keys()), 'not in the cache of the template'


def sends_mail(site: Site, deployment: Deployment) -> None:
    """A message of the contact form reaches the mail server, from a sender that the template lets send."""
    assert deployment.mail
    name, visitor = f'Visitor {uuid4()}', site.visitor()
    page = visitor.get('/contact/')
    answer = visitor.submit(page, form_with(page, 'message'), {'name': name, 'email': 'ada@example.org', 'message': 'Is it dishwasher safe?'})
    assert answer.status == 302, f'{answer.status}: {answer.text[:2000]}\n{site.task.output[-2000:]}'
    arrived = [mail for mail in deployment.mails() if mail.message['Subject'] == f'Message from {name}']
    assert len(arrived) == 1, f'{len(arrived)} mails arrived'
    sender = parseaddr(arrived[0].message['From'])[1]
    assert sender == arrived[0].sender and deployment.account.may_send(sender), f'the template lets nobody send from {sender}'


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


def stocks(deployment: Deployment) -> None:
    """A product, added by a command in the web container."""
    stocked = deployment.fargate.run(deployment.web.container, command=['python', '-c', _STOCK])
    assert stocked.exit_code == 0, stocked.output


def walks(deployment: Deployment, web: WebService) -> None:
    """Everything that a variable of the web process could break. There is a product."""
    sees_the_deployment(deployment, web)
    with deployment.serves(web) as site:
        runs_workers(site, deployment.web)
        is_healthy(site)
        loads_assets(site, serves_its_domain(site))
        serves_at_once(site, deployment.web.threads)
        counts_views(site.visitor(), 'kettle', deployment)
        if deployment.mail:
            sends_mail(site, deployment)


def failures(deployment: Deployment, changes: Mapping[str, str]) -> dict[str, str]:
    """What the project cannot reach with some variables changed: the error by backing service."""
    finished = deployment.fargate.run(deployment.web.container, command=['python', 'manage.py', 'check_status', '--json'], extra=changes)
    report = next((line for line in finished.output.splitlines() if line.startswith('{"ok"')), None)
    assert report, finished.output
    return {name: check['error'] for name, check in json.loads(report)['checks'].items() if not check['ok']}
