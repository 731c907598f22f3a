"""The answer that CloudFormation waits for. Standard library only: it is sent even when everything else fails."""
from __future__ import annotations

import dataclasses
import json
import logging
import time
import urllib.error
import urllib.request
from typing import Any, Callable, Mapping

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 4096
ATTEMPTS = 3
SECONDS_PER_ATTEMPT = 5


@dataclasses.dataclass(frozen=True)
class Answer:
    """What CloudFormation learns about the resource."""

    status: str
    reason: str
    physical_id: str | None = None


def succeeded(reason: str, physical_id: str | None = None) -> Answer:
    """The resource is what the template says."""
    return Answer('SUCCESS', reason, physical_id)


def failed(reason: str, physical_id: str | None = None) -> Answer:
    """The deployment stops here, for this reason."""
    return Answer('FAILED', reason, physical_id)


def unforeseen(request: Mapping[str, Any], error: Exception, physical_id: str | None = None) -> Answer:
    """The answer for an error that nobody foresaw."""
    path = request.get('ResourceProperties', {}).get('ConstructPath', request['LogicalResourceId'])
    return failed(f'{path}: {type(error).__name__}: {error}. The log group of the handler has the details.', physical_id)


def physical_id(request: Mapping[str, Any]) -> str:
    """The id that the resource has, or gets, unless the answer has another: CloudFormation replaces a resource whose id changes."""
    return request.get('PhysicalResourceId') or request['LogicalResourceId']


def body_of(request: Mapping[str, Any], answer: Answer) -> bytes:
    """The answer as JSON that CloudFormation accepts, i.e. not longer than 4,096 bytes."""
    reason = answer.reason
    while True:
        body = json.dumps({
            'Status': answer.status,
            'Reason': reason,
            'PhysicalResourceId': answer.physical_id or physical_id(request),
            'StackId': request['StackId'],
            'RequestId': request['RequestId'],
            'LogicalResourceId': request['LogicalResourceId'],
        }, ensure_ascii=False).encode('utf-8', 'replace')
        excess = len(body) - MAX_BODY_BYTES
        if excess <= 0 or not reason:
            return body
        # A character takes up to six bytes (as \uXXXX): never more is cut off than must be.
        reason = reason.rstrip('…')[:-max(2, excess // 6 + 1)] + '…' if len(reason) > 3 else ''


def send(request: Mapping[str, Any], answer: Answer, sleep: Callable[[float], None] = time.sleep) -> bool:
    """Puts the answer where CloudFormation looks for it. An expired address is logged; nothing would make it valid again."""
    log.info('Answer for %s: %s %s', request['LogicalResourceId'], answer.status, answer.reason)
    body = body_of(request, answer)
    for attempt in range(1, ATTEMPTS + 1):
        # The address is signed for an empty content type.
        put = urllib.request.Request(request['ResponseURL'], data=body, method='PUT', headers={'Content-Type': ''})
        try:
            with urllib.request.urlopen(put, timeout=SECONDS_PER_ATTEMPT):
                return True
        except urllib.error.HTTPError as error:
            if error.code < 500:
                log.error('CloudFormation does not take the answer (HTTP %s): its address has expired or was answered', error.code)
                return False
            problem: Exception = error
        except OSError as error:
            problem = error
        log.warning('Attempt %s to answer CloudFormation failed: %s', attempt, problem)
        if attempt < ATTEMPTS:
            sleep(attempt)
    raise problem
