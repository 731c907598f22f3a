"""What stands in for AWS around every handler: the synthesized template, CloudFormation that takes answers, and time that passes by sleeping."""
from __future__ import annotations

import http.server
import importlib.util
import json
import os
import pathlib
import subprocess
import threading
import types
from typing import Any

from deadline import Deadline

ROOT = pathlib.Path(__file__).parents[2]
ACCOUNT, REGION = '123456789012', 'eu-west-1'
PSEUDO = {
    'AWS::AccountId': ACCOUNT, 'AWS::Partition': 'aws', 'AWS::Region': REGION, 'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackId': f'arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/Shop/0f1e2d3c-0000-1111-2222-333344445555',
}


def synthesize(program: pathlib.Path) -> dict[str, Any]:
    """The resources of the template that a TypeScript program prints."""
    printed = subprocess.run(
        ['node', '--import', 'tsx', str(program)], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, 'TSX_TSCONFIG_PATH': 'tsconfig.dev.json', 'CDK_VALIDATION': 'false'},
    )
    assert printed.returncode == 0, printed.stderr
    return json.loads(printed.stdout)['Resources']


class Template:
    """The synthesized template, with made-up values for what only AWS knows. Who knows some of them overrides `ref` and `attribute`."""

    def __init__(self, resources: dict[str, Any]) -> None:
        self.resources = resources

    def ref(self, name: str) -> str:
        return name

    def attribute(self, name: str, attribute: str) -> str:
        return f'arn:aws:made-up:{REGION}:{ACCOUNT}:{name}/{attribute}'

    def resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if not isinstance(value, dict):
            return value
        if 'Ref' in value:
            return PSEUDO.get(value['Ref']) or self.ref(value['Ref'])
        if 'Fn::GetAtt' in value:
            return self.attribute(*value['Fn::GetAtt'])
        if 'Fn::Join' in value:
            return value['Fn::Join'][0].join(self.resolve(value['Fn::Join'][1]))
        return {key: self.resolve(item) for key, item in value.items()}

    def one(self, kind: str) -> dict[str, Any]:
        return next(self.resolve(resource['Properties']) for resource in self.resources.values() if resource['Type'] == kind)

    def statements(self) -> list[dict[str, Any]]:
        """The statements of the role that the handler has."""
        function = next(item for item in self.resources.values() if item['Type'] == 'AWS::Lambda::Function')
        role = function['Properties']['Role']['Fn::GetAtt'][0]
        documents = [policy['PolicyDocument'] for policy in self.resources[role]['Properties'].get('Policies', [])]
        documents += [item['Properties']['PolicyDocument'] for item in self.resources.values()
                      if item['Type'] == 'AWS::IAM::Policy' and {'Ref': role} in item['Properties'].get('Roles', [])]
        return [self.resolve(statement) for document in documents for statement in document['Statement']]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class CloudFormation:
    """Sends requests and keeps the answers that arrive at its address."""

    def __init__(self, kind: str, logical_id: str, properties: dict[str, Any]) -> None:
        self.kind, self.logical_id, self.properties = kind, logical_id, properties
        self.answers: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []
        self.statuses: list[int] = []
        self.puts = 0
        outer = self

        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                outer.puts += 1
                body = self.rfile.read(int(self.headers['Content-Length']))
                status = outer.statuses.pop(0) if outer.statuses else 200
                if status == 200:
                    assert self.headers['Content-Type'] == '', 'the address is signed for an empty content type'
                    outer.bodies.append(body)
                    outer.answers.append(json.loads(body))
                self.send_response(status)
                self.send_header('Content-Length', '0')
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Receiver)
        threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.01}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def request(self, kind: str = 'Create', **changes: Any) -> dict[str, Any]:
        request = {
            'RequestType': kind,
            'RequestId': '5a4b3c2d-aaaa-bbbb-cccc-1234567890ab',
            'ResponseURL': f'http://127.0.0.1:{self.server.server_port}/answer?signature=secret',
            'StackId': PSEUDO['AWS::StackId'],
            'LogicalResourceId': self.logical_id,
            'ResourceType': self.kind,
            'ResourceProperties': self.properties,
        }
        if kind != 'Create':
            request['PhysicalResourceId'] = self.logical_id
        return {**request, **changes}

    @property
    def answer(self) -> dict[str, Any]:
        assert len(self.answers) == 1, f'expected one answer, got {self.answers}'
        return self.answers[0]


class Clock:
    """A Lambda invocation of which the time passes only when somebody sleeps."""

    def __init__(self, seconds: float = 120) -> None:
        self.seconds = seconds
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds -= seconds

    @property
    def deadline(self) -> Deadline:
        return Deadline(lambda: self.seconds, self.sleep)


class Context:
    """What Lambda says of an invocation."""

    def __init__(self, milliseconds: int = 300_000) -> None:
        self.get_remaining_time_in_millis = lambda: milliseconds


def entry_point(handler: pathlib.Path) -> types.ModuleType:
    """The `index.py` of a handler, loaded anew: each has one, so its name says nothing."""
    specification = importlib.util.spec_from_file_location(f'{handler.name}-index', handler / 'index.py')
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
