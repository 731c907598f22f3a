"""Amazon SQS as an emulator on loopback: moto, behind a door that asks the role of the task who may do what."""
from __future__ import annotations

import io
import json
import re
from typing import Any, Callable, Iterable

from moto.core.base_backend import BackendDict
from moto.moto_server.werkzeug_app import create_backend_app
from moto.sqs.models import sqs_backends

from .emulator import Emulator, OWN_KEY
from .process import wait_until


class SqsEmulator(Emulator):
    """An SQS endpoint that speaks to boto3 and to kombu through `AWS_ENDPOINT_URL_SQS`, in this process.

    `authorise`: decides for an access key, an action such as 'sqs:SendMessage' and the ARN of a queue, `*` where a request names none.
    """

    def __init__(self, *, region: str, account: str, authorise: Callable[[str, str, str], bool]):
        self._account = account
        #: What tasks asked for, and what of it they were refused.
        self.asked: list[str] = []
        self.denied: list[str] = []
        self._guard = _Guard(create_backend_app('sqs'), f'arn:aws:sqs:{region}:{account}:', authorise, self.asked, self.denied)
        super().__init__('sqs', self._guard, region=region)

    def create_queue(self, name: str, visibility_timeout: int) -> None:
        self.client.create_queue(QueueName=name, Attributes={'VisibilityTimeout': str(visibility_timeout)})

    def messages(self, name: str) -> tuple[int, int]:
        """How many messages wait, and how many are being worked on."""
        counted = self._counted(name)
        # moto counts the two one after the other: a message that is taken in between is in neither.
        while (again := self._counted(name)) != counted:
            counted = again
        return counted

    def _counted(self, name: str) -> tuple[int, int]:
        attributes = self.client.get_queue_attributes(QueueUrl=f'{self.url}/{self._account}/{name}', AttributeNames=['All'])['Attributes']
        return int(attributes['ApproximateNumberOfMessages']), int(attributes['ApproximateNumberOfMessagesNotVisible'])

    def wait_for_polls(self) -> None:
        """Waits until nobody waits for messages any more."""
        wait_until(lambda: self._guard.open == 0, seconds=10, what='the end of the last poll')

    def pass_visibility_timeout(self, name: str) -> None:
        """Lets so much time pass that SQS gives the messages that are being worked on to somebody else."""
        backends: BackendDict[Any] = sqs_backends
        for message in backends[self._account][self.region].queues[name]._messages:
            message.visible_at = 0


class _Guard:
    """Refuses requests as SQS does."""

    def __init__(self, application: Callable[..., Iterable[bytes]], queues: str, authorise: Callable[[str, str, str], bool], asked: list[str], denied: list[str]):
        self._application, self._queues, self._authorise, self._asked, self._denied = application, queues, authorise, asked, denied
        self.open = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = re.search(r'Credential=([^/]+)/', environ.get('HTTP_AUTHORIZATION', ''))
        key = found.group(1) if found else 'nobody'
        if key != OWN_KEY:
            request = json.loads(environ['wsgi.input'].read(int(environ.get('CONTENT_LENGTH') or 0)) or b'{}')
            action = 'sqs:' + environ.get('HTTP_X_AMZ_TARGET', '').rpartition('.')[2]
            url = request.get('QueueUrl')
            resource = self._queues + url.rpartition('/')[2] if url else '*'
            self._asked.append(action)
            if not self._authorise(key, action, resource):
                self._denied.append(f'{action} on {resource}')
                answer = json.dumps({'__type': 'com.amazon.coral.service#AccessDeniedException', 'message': f'not authorized to perform: {action}'}).encode()
                start_response('403 Forbidden', [('Content-Type', 'application/x-amz-json-1.0'), ('Content-Length', str(len(answer)))])
                return [answer]
            if 'WaitTimeSeconds' in request:
                # Unlike SQS, moto goes on waiting, and takes a message, when the client is gone.
                request['WaitTimeSeconds'] = min(1, request['WaitTimeSeconds'])
            body = json.dumps(request).encode()
            environ.update({'wsgi.input': io.BytesIO(body), 'CONTENT_LENGTH': str(len(body))})
        self.open += 1
        try:
            return self._application(environ, start_response)
        finally:
            self.open -= 1
