"""What stands behind CloudFront, for the front in TypeScript: the site's files in S3, put there by the real handler, and the real web task.

    python test/browser/backend.py <cloud assembly>

Writes one line of JSON when all is there; then one line for each line that it reads, until its standard input ends.
"""
from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Iterator, Mapping

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'contract'))

import trustme  # noqa: E402

import journey  # noqa: E402
from deployment import REPOSITORY, Deployment  # noqa: E402
from servers.emulator import OWN_KEY  # noqa: E402
from servers.process import free_port  # noqa: E402
from stand_ins import StandIns  # noqa: E402
from task_role import TaskRole  # noqa: E402
from template import Template  # noqa: E402

ADMINISTRATOR = {'username': 'ada', 'password': 'correct horse battery staple'}
#: What names a resource in others.
_ATTRIBUTES = (None, 'Id', 'Arn', 'FunctionARN', 'DomainName', 'RegionalDomainName', 'DNSName')
#: What the front reads. Of the others some cannot be resolved without servers.
_TYPES = re.compile(r'AWS::(CloudFront|S3|ElasticLoadBalancingV2|WAFv2|CertificateManager|Route53)::')
_HANDLER = '''
import json, sys
sys.path.insert(0, sys.argv[1])
import index
class Context:
    def get_remaining_time_in_millis(self): return 300_000
index.handler(json.load(sys.stdin), Context())
'''


class Stacks:
    """The stacks of a cloud assembly in one account: what one gives as an output, another reads."""

    def __init__(self, assembly: Path):
        self.assembly, self._stand_ins = assembly, {}
        artifacts = json.loads((assembly / 'manifest.json').read_text())['artifacts']
        self.templates: dict[str, Template] = {}
        #: What the assembly has for each stack beside its template.
        self.assets: dict[str, dict[str, Any]] = {}
        for artifact in artifacts.values():
            if artifact['type'] == 'aws:cloudformation:stack':
                properties, region = artifact['properties'], artifact['environment'].rsplit('/', 1)[1]
                name = properties.get('stackName', artifact.get('displayName'))
                self.templates[name] = Template.load(assembly / properties['templateFile'])
                self.assets[name] = json.loads((assembly / properties['templateFile'].replace('.template.', '.assets.')).read_text())['files']
                self._stand_ins[name] = StandIns(self.templates[name], name=name, region='eu-central-1' if region.startswith('unknown') else region,
                                                 outputs=self.output)

    def output(self, stack: str, output: str) -> Any:
        return self._stand_ins[stack].text(self.templates[stack].body['Outputs'][output]['Value'])

    @property
    def website(self) -> str:
        """The stack with the service behind a load balancer."""
        return next(name for name, template in self.templates.items() if any(p.get('LoadBalancers') for p in template.of_type('AWS::ECS::Service').values()))

    def resources(self, website: StandIns) -> list[dict[str, Any]]:
        """Everything that the front knows, every reference resolved."""
        found = []
        for name, template in self.templates.items():
            stand_ins = website if name == self.website else self._stand_ins[name]
            for logical_id, resource in template.resources.items():
                if _TYPES.match(resource['Type']) and (resource['Type'] != 'AWS::Route53::RecordSet' or 'AliasTarget' in resource['Properties']):
                    found.append({'type': resource['Type'], 'properties': _texts(stand_ins, resource.get('Properties', {})),
                                  'attributes': dict(_attributes(stand_ins, logical_id))})
        return found


def _attributes(stand_ins: StandIns, logical_id: str) -> Iterator[tuple[str, str]]:
    for attribute in _ATTRIBUTES:
        with contextlib.suppress(NotImplementedError):
            value = {'Ref': logical_id} if attribute is None else {'Fn::GetAtt': [logical_id, attribute]}
            yield attribute or 'Ref', stand_ins.text(value)


def _texts(stand_ins: StandIns, value: Any) -> Any:
    """The value with references resolved, those to secrets too."""
    if isinstance(value, list):
        return [_texts(stand_ins, item) for item in stand_ins.resolver.resolve(value)]
    if isinstance(value, Mapping):
        resolved = stand_ins.resolver.resolve(value)
        if isinstance(resolved, Mapping):
            return {key: _texts(stand_ins, item) for key, item in resolved.items()}
        return _texts(stand_ins, resolved)
    return stand_ins.text(value) if isinstance(value, str) else value


class Answers:
    """Takes what the handler sends to CloudFormation and to CloudFront."""

    def __init__(self) -> None:
        self.answers: list[dict[str, Any]] = []
        self.invalidations: list[dict[str, Any]] = []
        outer = self

        class Receiver(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:  # noqa: N802 (the name is http.server's)
                outer.answers.append(json.loads(self._body()))
                self._answer(200, b'')

            def do_POST(self) -> None:  # noqa: N802
                paths = re.findall(r'<Path>([^<]*)</Path>', self._body().decode())
                distribution = self.path.split('/distribution/')[1].split('/')[0]
                outer.invalidations.append({'distribution': distribution, 'paths': paths})
                self._answer(201, b'<Invalidation><Id>I1</Id><Status>InProgress</Status></Invalidation>')

            def _body(self) -> bytes:
                return self.rfile.read(int(self.headers['Content-Length']))

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(('127.0.0.1', 0), Receiver)
        threading.Thread(target=self._server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f'http://127.0.0.1:{self._server.server_port}'


class Publisher:
    """CloudFormation, as far as it calls the handler of the site's files."""

    def __init__(self, deployment: Deployment, assets: Mapping[str, Any], assembly: Path):
        self._deployment, self._assets, self._assembly, self._answers = deployment, assets, assembly, Answers()
        template = deployment.account.template
        self._logical_id, self._properties = next(iter(template.of_type('Custom::SpaFiles').items()))
        function = template.of_type('AWS::Lambda::Function')[next(iter(template.references(self._properties['ServiceToken'])))]
        self._folder = function['Handler'].split('/')[0]
        self._role = TaskRole(deployment.account, next(iter(template.references(function['Role']))))
        deployment.roles[self._role.access_key] = self._role

    @property
    def build(self) -> Path:
        """What the template publishes."""
        return self._assembly / next(file['source']['path'] for name, file in self._assets.items() if name in self._properties['SourceKey'])

    def publish(self, folder: str | None = None) -> dict[str, Any]:
        """Runs the handler for the template's own build, or for another folder in its place."""
        account, s3 = self._deployment.account, self._deployment.s3
        properties = account.resolver.resolve({key: value for key, value in self._properties.items() if key != 'ServiceToken'})
        bucket, key = properties['SourceBucket'], properties['SourceKey']
        source = Path(folder) if folder else self.build
        if bucket not in {item['Name'] for item in s3.client.list_buckets()['Buckets']}:
            s3.create_bucket(bucket)
        s3.client.put_object(Bucket=bucket, Key=key, Body=_zipped(source))
        kind, answered = ('Update', {'PhysicalResourceId': self._answers.answers[-1]['PhysicalResourceId']}) if self._answers.answers else ('Create', {})
        event = {'RequestType': kind, 'RequestId': f'request-{len(self._answers.answers)}', 'ResponseURL': self._answers.url + '/answer',
                 'StackId': account.text({'Ref': 'AWS::StackId'}), 'LogicalResourceId': self._logical_id, 'ResourceType': 'Custom::SpaFiles',
                 'ResourceProperties': properties, **({'OldResourceProperties': properties} if answered else {}), **answered}
        before = len(self._answers.invalidations)
        done = subprocess.run([sys.executable, '-c', _HANDLER, str(REPOSITORY / 'lambda' / self._folder)], input=json.dumps(event), text=True,
                              env=self._environment(), capture_output=True, timeout=120, check=False)
        answer = self._answers.answers[-1] if len(self._answers.answers) > int(event['RequestId'].split('-')[1]) else {'Reason': 'no answer'}
        if answer.get('Status') != 'SUCCESS':
            raise RuntimeError(f"the handler: {answer['Reason']}\n{done.stderr[-4000:]}\n{s3.denied[-5:]}")
        return {'invalidations': self._answers.invalidations[before:]}

    def _environment(self) -> dict[str, str]:
        keys = self._role.credentials
        return {'PATH': os.environ['PATH'], 'PYTHONDONTWRITEBYTECODE': '1', 'AWS_REGION': self._deployment.account.region,
                'AWS_DEFAULT_REGION': self._deployment.account.region, 'AWS_ENDPOINT_URL_S3': self._deployment.s3.url,
                'AWS_ENDPOINT_URL_CLOUDFRONT': self._answers.url, 'AWS_ACCESS_KEY_ID': keys['AccessKeyId'],
                'AWS_SECRET_ACCESS_KEY': keys['SecretAccessKey'], 'AWS_SESSION_TOKEN': keys['Token']}


def _zipped(folder: Path) -> bytes:
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, 'w') as archive:
            for path in sorted(folder.rglob('*')):
                if path.is_file():
                    archive.write(path, path.relative_to(folder))
        file.seek(0)
        return file.read()


def _administrator(deployment: Deployment) -> None:
    made = deployment.fargate.run(deployment.web.container, command=['python', 'manage.py', 'createsuperuser', '--noinput'], extra={
        'DJANGO_SUPERUSER_USERNAME': ADMINISTRATOR['username'], 'DJANGO_SUPERUSER_PASSWORD': ADMINISTRATOR['password'],
        'DJANGO_SUPERUSER_EMAIL': 'ada@example.com'})
    assert made.exit_code == 0, made.output


def main(assembly: Path) -> None:
    stacks = Stacks(assembly)
    name = stacks.website
    with contextlib.ExitStack() as stack:
        deployment = stack.enter_context(Deployment(stacks.templates[name], name=name, outputs=stacks.output))
        publisher = Publisher(deployment, stacks.assets[name], assembly)
        first = publisher.publish()
        deployment.release()
        _administrator(deployment)
        journey.stocks(deployment)
        site = stack.enter_context(deployment.serves(deployment.web.on_port(free_port())))
        resources = stacks.resources(deployment.account)
        names = [alias for r in resources if r['type'] == 'AWS::CloudFront::Distribution'
                 for alias in (*r['properties']['DistributionConfig'].get('Aliases', []), r['attributes']['DomainName'])]
        certificate = trustme.CA().issue_cert(*names)
        _say({
            'resources': resources,
            's3': {'url': deployment.s3.url, 'key': OWN_KEY},
            'task': list(site.address),
            'targetGroups': [deployment.account.text(balancer['TargetGroupArn']) for service in
                             deployment.account.template.of_type('AWS::ECS::Service').values() for balancer in service.get('LoadBalancers', [])],
            'tls': {'certificate': certificate.cert_chain_pems[0].bytes().decode(), 'key': certificate.private_key_pem.bytes().decode()},
            'administrator': ADMINISTRATOR,
            'build': str(publisher.build.resolve()),
            **first,
        })
        for line in sys.stdin:
            command = json.loads(line)
            try:
                _say(publisher.publish(command['publish']) if 'publish' in command else {'output': site.task.output[-3000:], 'denied': deployment.s3.denied})
            except RuntimeError as error:
                _say({'error': str(error)})


def _say(message: Mapping[str, Any]) -> None:
    print(json.dumps(message), flush=True)


if __name__ == '__main__':
    main(Path(sys.argv[1]))
