"""Static files in S3: hashed names, kept by browsers and CloudFront for a year."""

import re
from typing import Any

from storages.backends.s3 import S3ManifestStaticStorage

HASHED_NAME = re.compile(r"\.[0-9a-f]{12}(\.[^./]+)?$")


class StaticStorage(S3ManifestStaticStorage):
    """The manifest storage with a Cache-Control header by name: a hashed name never changes its content."""

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        cache_control = "public, max-age=31536000, immutable" if HASHED_NAME.search(name) else "public, max-age=60"
        return {**super().get_object_parameters(name), "CacheControl": cache_control}
