"""Reads environment variables by type, and reports all that is wrong with them in one error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class EnvironmentVariableError(Exception):
    """The environment is not complete; the message names every variable to set or to correct."""


class Variables:
    """The variables of an environment. An empty one counts as absent; `default=None` makes one required.

    `names` has other names for variables, `prefix` is what stands before each.
    """

    def __init__(self, environ: Mapping[str, str], names: Mapping[str, str] | None = None, prefix: str = "") -> None:
        self._environ, self._names, self._prefix = environ, names or {}, prefix
        # The values that came in one variable together with others, and by variable which one that was.
        self._unfolded: dict[str, str] = {}
        self._source: dict[str, str] = {}
        self._problems: dict[str, str] = {}

    def has(self, name: str) -> bool:
        return bool(self._value(name))

    def text(self, name: str, default: str | None = None) -> str:
        source = self._source.get(name)
        # Of a variable that cannot be read one problem is enough.
        if not self.has(name) and default is None and source not in self._problems:
            self._problems[name] = f"{self._name(name)} is missing" + (f", and not in {self._name(source)} either" if source else "")
        return self._value(name) or default or ""

    def items(self, name: str, default: list[str] | None = None) -> list[str]:
        if not self.has(name) and default is not None:
            return default
        return [item.strip() for item in self.text(name).split(",") if item.strip()]

    def choice(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(name, default)
        if self.has(name) and value not in allowed:
            self._problems[name] = f"{self._label(name)} must be one of {', '.join(allowed)}, got {value!r}"
        return value

    def boolean(self, name: str, default: bool | None = None) -> bool:
        """`True` or `False`, in whatever letters."""
        value = self.text(name, None if default is None else str(default))
        if self.has(name) and value.lower() not in ("true", "false"):
            self._problems[name] = f"{self._label(name)} must be True or False, got {value!r}"
        return value.lower() == "true"

    def port(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal() or not 1 <= int(value) <= 65535:
            self._problems[name] = f"{self._label(name)} must be a port from 1 to 65535, got {value!r}"
            return default
        return int(value)

    def base_url(self, name: str) -> str:
        """What other addresses begin with: a URL, or only a path for one on the site itself."""
        value = self.text(name)
        url = urlsplit(value)
        on_a_host = url.scheme in ("http", "https") and url.netloc
        on_the_site = value.startswith("/") and not url.netloc
        if value and not ((on_a_host or on_the_site) and value.endswith("/")):
            self._problems[name] = f"{self._name(name)} must be 'https://<host>/<path>/' or '/<path>/', got {value!r}"
        return value

    def unfold_json(self, name: str, keys: Mapping[str, str]) -> None:
        """Takes what a JSON object holds as the values of single variables: variable → key."""
        if not self.has(name):
            return
        try:
            content = json.loads(self._value(name))
        except ValueError:
            content = None
        if not isinstance(content, dict):
            self._problems[name] = f"{self._name(name)} must be a JSON object with the keys {', '.join(keys.values())}"
            content = {}
        self._unfold(name, {variable: content.get(key) for variable, key in keys.items()})

    def unfold_database_url(self, name: str) -> None:
        """Takes the parts of a database URL as the values of single variables."""
        if not self.has(name):
            return
        try:
            url = urlsplit(self._value(name))
            host, port = url.hostname if url.scheme in ("postgres", "postgresql") else None, url.port
        except ValueError:
            host = None
        if not host:
            self._problems[name] = f"{self._name(name)} must be 'postgres://<user>:<password>@<host>:<port>/<name>?sslmode=require'"
            url, port = urlsplit(""), None
        self._unfold(name, {
            "DB_USER": unquote(url.username or ""),
            "DB_PASSWORD": unquote(url.password or ""),
            "DB_HOST": host,
            "DB_PORT": port,
            "DB_NAME": unquote(url.path.removeprefix("/")),
            "DB_SSLMODE": "".join(parse_qs(url.query).get("sslmode", [])),
        })

    def raise_problems(self) -> None:
        if self._problems:
            lines = "".join(f"\n- {problem}" for problem in self._problems.values())
            raise EnvironmentVariableError(f"The environment of this process is not complete:{lines}")

    def _unfold(self, name: str, values: Mapping[str, Any]) -> None:
        self._unfolded.update({variable: str(value) for variable, value in values.items() if value})
        self._source.update(dict.fromkeys(values, name))

    def _value(self, name: str) -> str:
        return self._unfolded.get(name) or self._environ.get(self._name(name), "")

    def _name(self, name: str) -> str:
        return self._prefix + self._names.get(name, name)

    def _label(self, name: str) -> str:
        """Where the value of a variable stands."""
        return f"{name} in {self._name(self._source[name])}" if name in self._unfolded else self._name(name)
