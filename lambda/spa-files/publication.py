"""A build becomes the site: its files first, then the page that names them, so that at any moment there is a build that is whole."""
from __future__ import annotations

import dataclasses
import logging
from typing import IO, Callable, Sequence

from object_headers import ASK_FIRST, CONFIG, INDEX, SERVICE_WORKERS, cache_control, content_type, is_page
from parallel import in_parallel
from site_bucket import SiteBucket
from spa_build import Build

log = logging.getLogger(__name__)

HASHED, FILES, PAGES, AFTERWARDS = 'hashed', 'files', 'pages', 'afterwards'
STAGES = (HASHED, FILES, CONFIG, PAGES, INDEX, AFTERWARDS)


class Overtaken(Exception):
    """Another run has begun since, and its build is the one that counts."""


@dataclasses.dataclass(frozen=True)
class Publication:
    """What is published where, by which run."""

    bucket: SiteBucket
    run: str
    build: Build
    config: str | None
    immutable_paths: Sequence[str]

    def upload(self) -> int:
        """Uploads all files, the start page last but for service workers, which look for the pages anew; gives their number.

        All of them, also those that are there: one that a build before this superseded must be kept from now on.
        """
        self.bucket.claim(self.run)
        names = {*self.build.files, *([CONFIG] if self.config is not None else [])}
        for stage in STAGES:
            group = sorted(name for name in names if self._stage_of(name) == stage)
            # What has the same name in each build belongs to the run that began last.
            if group and stage != HASHED:
                self._require_claim()
            in_parallel(self._put, group)
        return len(names)

    def supersede_others(self) -> int:
        """Lets the files that are not in the build expire; gives the number of those that were not to do so before."""
        files = self.bucket.files()
        # After the listing: whoever begins from now on writes after the time that is listed, and such files are left alone.
        self._require_claim()
        others = files.keys() - self.build.files.keys() - ({CONFIG} if self.config is not None else set())
        return sum(in_parallel(lambda name: self.bucket.supersede(name, files[name]), sorted(others)))

    def uncached_names(self) -> list[str]:
        """The files that CloudFront must ask about, the pages first."""
        names = {*self.build.files, CONFIG}
        return sorted((name for name in names if self._cache_control(name) == ASK_FIRST), key=lambda name: (not is_page(name), name))

    def _put(self, name: str) -> None:
        self.bucket.put(name, self._body_of(name), content_type(name), self._cache_control(name))

    def _body_of(self, name: str) -> Callable[[], bytes | IO[bytes]]:
        return self.config.encode if name == CONFIG and self.config is not None else lambda: self.build.body(name)

    def _cache_control(self, name: str) -> str:
        return cache_control(name, self.build.hashed, self.immutable_paths)

    def _stage_of(self, name: str) -> str:
        """When a file is uploaded: after everything that it names."""
        if name in (CONFIG, INDEX):
            return name
        if name.rpartition('/')[2] in SERVICE_WORKERS:
            return AFTERWARDS
        if is_page(name):
            return PAGES
        return FILES if self._cache_control(name) == ASK_FIRST else HASHED

    def _require_claim(self) -> None:
        if not self.bucket.is_claimed_by(self.run):
            raise Overtaken('another deployment, or its roll-back, has begun to publish since')
