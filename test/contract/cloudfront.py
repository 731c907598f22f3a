"""CloudFront as far as a template says it: which URL is answered from which key of which bucket."""
from __future__ import annotations

import fnmatch
from typing import Any, Mapping
from urllib.parse import unquote, urlsplit
from urllib.request import urlopen

from botocore.exceptions import ClientError

from browser import Response
from servers.s3 import S3Emulator
from stand_ins import StandIns


class CloudFront:
    """All distributions of the template in front of the emulator's buckets, and the emulator's own presigned URLs."""

    def __init__(self, stand_ins: StandIns, s3: S3Emulator):
        self._stand_ins, self._s3 = stand_ins, s3
        self._distributions: dict[str, Mapping[str, Any]] = {}
        for name, properties in stand_ins.template.of_type('AWS::CloudFront::Distribution').items():
            config = stand_ins.resolver.resolve(properties['DistributionConfig'])
            for domain in (stand_ins.text({'Fn::GetAtt': [name, 'DomainName']}), *config.get('Aliases', [])):
                self._distributions[domain] = config
        self._buckets = {stand_ins.text({'Fn::GetAtt': [name, 'RegionalDomainName']}): stand_ins.text({'Ref': name})
                         for name in stand_ins.template.of_type('AWS::S3::Bucket')}

    @property
    def domains(self) -> set[str]:
        return set(self._distributions)

    def buckets(self) -> set[str]:
        """The buckets that CloudFront reads from."""
        return {self._buckets[origin['DomainName']] for config in self._distributions.values()
                for origin in config['Origins'] if origin['DomainName'] in self._buckets}

    def serves(self, url: str) -> bool:
        """Whether a behaviour of its own sends a URL of the site to a bucket."""
        parts = urlsplit(url)
        config = self._distributions.get(parts.netloc, {})
        patterns = [b['PathPattern'] for b in config.get('CacheBehaviors', []) if self._origin(config, b)['DomainName'] in self._buckets]
        return any(fnmatch.fnmatchcase(unquote(parts.path), '/' + pattern.removeprefix('/')) for pattern in patterns)

    def fetch(self, url: str) -> Response:
        """What a browser gets for a URL that is not the app's."""
        if url.startswith(self._s3.url + '/'):
            with urlopen(url, timeout=10) as answer:
                return Response(answer.status, dict(answer.headers), answer.read(), url)
        parts = urlsplit(url)
        if parts.netloc not in self._distributions:
            raise LookupError(f'nothing in the template answers {url}; CloudFront has {sorted(self.domains)}')
        assert parts.scheme == 'https', f'CloudFront would redirect or refuse {url}'
        config, path = self._distributions[parts.netloc], unquote(parts.path)
        behaviours = [*config.get('CacheBehaviors', []), {**config['DefaultCacheBehavior'], 'PathPattern': '*'}]
        behaviour = next(b for b in behaviours if fnmatch.fnmatchcase(path, '/' + b['PathPattern'].removeprefix('/')))
        origin = self._origin(config, behaviour)
        key = (origin.get('OriginPath', '') + path).lstrip('/')
        try:
            answer = self._s3.client.get_object(Bucket=self._buckets[origin['DomainName']], Key=key)
        except ClientError as error:
            return Response(403, {}, str(error).encode(), url)  # without the right to list, S3 says 403 for a missing key
        headers = {'Content-Type': answer['ContentType'], 'Cache-Control': answer.get('CacheControl', '')}
        return Response(200, headers, answer['Body'].read(), url)

    @staticmethod
    def _origin(config: Mapping[str, Any], behaviour: Mapping[str, Any]) -> Mapping[str, Any]:
        return next(origin for origin in config['Origins'] if origin['Id'] == behaviour['TargetOriginId'])
