"""What the Fargate agent answers inside a task: the task metadata endpoint version 4 and the task role's credentials."""
from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Mapping


class EcsMetadataServer:
    """The agent of one task.

    @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate-response.html
    """

    def __init__(self, *, task_ip: str, region: str, account: str = '123456789012', container: str = 'web',
                 credentials: Mapping[str, Mapping[str, str]] | None = None):
        """`credentials`: the access keys of each task role, by the role's name."""
        task = f'arn:aws:ecs:{region}:{account}:task/contract/0123456789abcdef0123456789abcdef'
        networks = [{'NetworkMode': 'awsvpc', 'IPv4Addresses': [task_ip], 'AttachmentIndex': 0, 'MACAddress': '06:00:00:00:00:4d',
                     'IPv4SubnetCIDRBlock': '127.0.0.0/24', 'DomainNameServers': ['127.0.0.2'], 'PrivateDNSName': host_name(task_ip, region)}]
        container_answer = {'DockerId': '0123456789abcdef-0000000000', 'Name': container, 'DockerName': container, 'DesiredStatus': 'RUNNING',
                            'KnownStatus': 'RUNNING', 'Type': 'NORMAL', 'Networks': networks, 'Labels': {'com.amazonaws.ecs.task-arn': task},
                            'ContainerARN': task.replace(':task/', ':container/')}
        task_answer = {'Cluster': 'contract', 'TaskARN': task, 'Family': 'contract', 'Revision': '1', 'DesiredStatus': 'RUNNING', 'KnownStatus': 'RUNNING',
                       'LaunchType': 'FARGATE', 'AvailabilityZone': f'{region}a', 'Containers': [container_answer]}
        expires = (datetime.now(timezone.utc) + timedelta(hours=6)).strftime('%Y-%m-%dT%H:%M:%SZ')
        answers: dict[str, Any] = {'/v4/contract': container_answer, '/v4/contract/task': task_answer}
        for role, keys in (credentials or {}).items():
            answers[f'/v2/credentials/{role}'] = {**keys, 'Expiration': expires, 'RoleArn': f'arn:aws:iam::{account}:role/{role}'}
        self._server = ThreadingHTTPServer(('127.0.0.1', 0), _handler(answers))
        self._task_ip, self._region = task_ip, region

    def __enter__(self) -> EcsMetadataServer:
        threading.Thread(target=self._server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def environment(self, role: str | None = None) -> dict[str, str]:
        """The variables that Fargate itself sets in a container of a task with this role."""
        return {
            'AWS_REGION': self._region,
            'AWS_DEFAULT_REGION': self._region,
            'AWS_EXECUTION_ENV': 'AWS_ECS_FARGATE',
            'HOSTNAME': host_name(self._task_ip, self._region),
            'ECS_CONTAINER_METADATA_URI_V4': f'{self._url}/v4/contract',
            # On AWS it is AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, a path on 169.254.170.2, which does not exist here.
            **({'AWS_CONTAINER_CREDENTIALS_FULL_URI': f'{self._url}/v2/credentials/{role}'} if role else {}),
        }

    @property
    def _url(self) -> str:
        return 'http://{}:{}'.format(*self._server.server_address[:2])


def host_name(task_ip: str, region: str) -> str:
    """The name that a task has in its VPC."""
    zone = 'ec2.internal' if region == 'us-east-1' else f'{region}.compute.internal'
    return f'ip-{task_ip.replace(".", "-")}.{zone}'


def _handler(answers: Mapping[str, Any]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802 (the name is http.server's)
            answer = answers.get(self.path)
            body = json.dumps(answer if answer is not None else {'message': f'no such path: {self.path}'}).encode()
            self.send_response(200 if answer is not None else 404)
            self.send_header('Content-Type', 'application/json')
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
