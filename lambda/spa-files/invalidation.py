"""CloudFront forgets the files whose content changes under the same name."""
from __future__ import annotations

import logging
import urllib.parse
from typing import Any, Sequence

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError
from deadline import RESERVE_SECONDS, TRANSIENT, Deadline

log = logging.getLogger(__name__)

ATTEMPTS = 6
# The first 1,000 of a month are free. What is beyond needs none either: CloudFront asks S3 about each of these files.
MOST_PATHS = 50
PASSING = TRANSIENT | {'TooManyInvalidationsInProgress'}
# RFC 1738 calls these safe; CloudFront wants all else encoded and these not.
SAFE = "/$-_.+!'(),;:@&="


def invalidate(cloudfront: Any, distribution: str, names: Sequence[str], run: str, deadline: Deadline) -> str | None:
    """Begins an invalidation, of which nobody waits for the end; gives what went wrong. That fails no deployment: the files are right without."""
    paths = paths_of(names)
    batch = {'Paths': {'Quantity': len(paths), 'Items': paths}, 'CallerReference': run}
    problem = 'no time was left'
    for attempt in range(ATTEMPTS):
        if deadline.remaining() < RESERVE_SECONDS:
            break
        try:
            made = cloudfront.create_invalidation(DistributionId=distribution, InvalidationBatch=batch)
            log.info('CloudFront forgets %s files: invalidation %s', len(paths), made['Invalidation']['Id'])
            return None
        except (ClientError, ConnectionError, HTTPClientError) as error:
            problem = str(error)
            log.warning('Attempt %s to invalidate failed: %s', attempt + 1, problem)
            if isinstance(error, ClientError) and error.response['Error']['Code'] not in PASSING:
                break
        deadline.pause(2.0 ** attempt)
    return problem


def paths_of(names: Sequence[str]) -> list[str]:
    """The paths of files as CloudFront wants them."""
    return ['/', *(f'/{urllib.parse.quote(name, safe=SAFE).replace("~", "%7E")}' for name in names)][:MOST_PATHS]
