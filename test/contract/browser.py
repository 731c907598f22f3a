"""A visitor of the site: speaks through the load balancer to the app and through CloudFront to the buckets."""
from __future__ import annotations

import dataclasses
import http.client
import json
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any, Callable, Mapping
from urllib.parse import urlencode, urljoin, urlsplit

from urllib3.filepost import encode_multipart_formdata

# The load balancer is not the task: its requests come from an address that nobody trusts by default.
LOAD_BALANCER_IP = '127.0.0.9'
VISITOR_IP = '203.0.113.7'


@dataclasses.dataclass(frozen=True)
class Response:
    """An answer, not followed when it redirects."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str = ''

    @property
    def text(self) -> str:
        return self.body.decode(errors='replace')


@dataclasses.dataclass
class Form:
    """A form of a page with the values that it would send."""

    action: str
    fields: dict[str, str]


#: Answers a URL that is not the app's own: CloudFront, S3.
Fetch = Callable[[str], Response]
#: Whether a URL of the site is answered there too.
Serves = Callable[[str], bool]


class Visitor:
    """A browser with its cookies."""

    def __init__(self, address: tuple[str, int], *, host: str, https: bool, elsewhere: Fetch, served_there: Serves,
                 timeout: float = 20):
        self._address, self._host, self._timeout = address, host.lower(), timeout
        self._elsewhere, self._served_there = elsewhere, served_there
        self._scheme = 'https' if https else 'http'
        self.cookies: dict[str, SimpleCookie] = {}

    @property
    def origin(self) -> str:
        return f'{self._scheme}://{self._host}'

    def get(self, url: str, *, host: str | None = None, headers: Mapping[str, str] | None = None) -> Response:
        """Follows no redirect. `host` is another Host header than the site's."""
        absolute = urljoin(self.origin + '/', url)
        if not absolute.startswith(self.origin + '/') or self._served_there(absolute):
            return self._elsewhere(absolute)
        return self._request('GET', absolute, b'', host, headers or {})

    def submit(self, page: Response, form: Form, values: Mapping[str, str], files: Mapping[str, tuple[str, bytes, str]] | None = None) -> Response:
        """Sends a form as the browser does, with the origin that the browser would state."""
        fields: dict[str, Any] = {**form.fields, **values, **(files or {})}
        if files:
            body, content_type = encode_multipart_formdata(fields)
        else:
            body, content_type = urlencode(fields).encode(), 'application/x-www-form-urlencoded'
        headers = {'Content-Type': content_type, 'Origin': self.origin, 'Referer': page.url}
        return self._request('POST', urljoin(page.url, form.action), body, None, headers)

    def _request(self, method: str, url: str, body: bytes, host: str | None, headers: Mapping[str, str]) -> Response:
        parts = urlsplit(url)
        sent = {
            'Host': host or self._host,
            'X-Forwarded-For': VISITOR_IP,
            'X-Forwarded-Proto': self._scheme,
            'X-Forwarded-Port': '443' if self._scheme == 'https' else '80',
            **({'Cookie': '; '.join(f'{name}={cookie[name].value}' for name, cookie in self.cookies.items())} if self.cookies else {}),
            **({'Content-Length': str(len(body))} if method == 'POST' else {}),
            **headers,
        }
        status, answer, content = send(self._address, method, parts.path + (f'?{parts.query}' if parts.query else ''), sent, body, self._timeout)
        for line in answer.get_all('Set-Cookie', []):
            cookie = SimpleCookie(line)
            for name in cookie:
                self.cookies[name] = cookie
        return Response(status, dict(answer.items()), content, url)


def send(address: tuple[str, int], method: str, path: str, headers: Mapping[str, str], body: bytes = b'',
         timeout: float = 20) -> tuple[int, http.client.HTTPMessage, bytes]:
    """One request from the load balancer to the task."""
    connection = http.client.HTTPConnection(*address, timeout=timeout, source_address=(LOAD_BALANCER_IP, 0))
    try:
        connection.request(method, path, body or None, dict(headers))
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


class _Page(HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.assets: list[str] = []
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._open: tuple[str, str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or '' for name, value in attrs}
        if tag == 'link' and a.get('rel') == 'stylesheet':
            self.assets.append(a['href'])
        elif tag in ('script', 'img') and a.get('src'):
            self.assets.append(a['src'])
        elif tag == 'a' and 'href' in a:
            self.links.append(a['href'])
        elif tag == 'form':
            self._form = Form(a.get('action', ''), {})
            self.forms.append(self._form)
        elif self._form is not None and a.get('name'):
            self._field(tag, a)
        elif tag == 'option' and self._open and self._form is not None:
            name = self._open[1]
            if 'selected' in a or name not in self._form.fields:
                self._form.fields[name] = a.get('value', '')

    def _field(self, tag: str, a: Mapping[str, str]) -> None:
        assert self._form is not None
        if tag == 'input' and a.get('type') not in ('submit', 'button', 'file', 'image', 'reset'):
            if a.get('type') not in ('checkbox', 'radio') or 'checked' in a:
                self._form.fields[a['name']] = a.get('value', '')
        elif tag in ('textarea', 'select'):
            self._open = (tag, a['name'])

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._open and self._open[0] == 'textarea':
            name = self._open[1]
            self._form.fields[name] = (self._form.fields.get(name, '') + data).removeprefix('\n')

    def handle_endtag(self, tag: str) -> None:
        if tag == 'form':
            self._form = None
        elif self._open and tag == self._open[0]:
            self._open = None


def assets(page: Response) -> list[str]:
    """The style sheets, scripts and images that a page refers to."""
    return _Page(page.text).assets


def links(page: Response) -> list[str]:
    """Where a page links to."""
    return _Page(page.text).links


def form_with(page: Response, field: str) -> Form:
    """The form of a page that has this field; file fields do not count."""
    forms = _Page(page.text).forms
    found = next((form for form in forms if field in form.fields), None)
    assert found, f"no form with '{field}' on {page.url} ({page.status}): {json.dumps([sorted(form.fields) for form in forms])}\n{page.text[:2000]}"
    return found
