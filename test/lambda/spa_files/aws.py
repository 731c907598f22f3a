"""AWS that allows exactly what the role of the handler does, with what the tests need to see and to break."""
from __future__ import annotations

import datetime
import fnmatch
import functools
import io
import zipfile
from typing import Any

import pytest
from botocore.config import Config
from client_config import CONFIG
from doubles import ACCOUNT, PSEUDO, REGION, listed
from doubles import Template as AnyTemplate
from emulator import Emulator, Killed, handler_session, refusal, unlimited_clients
from moto.cloudfront.models import cloudfront_backends
from moto.cloudfront.responses import CloudFrontResponse
from moto.s3.models import s3_backends
from site_bucket import CLAIM
from site_services import Services

BUCKET, ASSETS, DISTRIBUTION = 'shop-files-1a2b3c', f'cdk-hnb659fds-assets-{ACCOUNT}-{REGION}', 'E1A2B3C4D5'


class Template(AnyTemplate):
    def ref(self, name: str) -> str:
        return {'AWS::S3::Bucket': BUCKET}.get(self.resources[name]['Type'], name)

    def attribute(self, name: str, attribute: str) -> str:
        is_bucket = (self.resources[name]['Type'], attribute) == ('AWS::S3::Bucket', 'Arn')
        return f'arn:aws:s3:::{BUCKET}' if is_bucket else super().attribute(name, attribute)

    def resolve(self, value: Any) -> Any:
        if isinstance(value, dict) and 'Fn::Sub' in value:
            return functools.reduce(lambda text, item: text.replace(f'${{{item[0]}}}', item[1]), PSEUDO.items(), value['Fn::Sub'])
        return super().resolve(value)


@functools.cache
def clients() -> tuple[dict[str, Any], Services]:
    """Of the tests, and of the handler."""
    handlers = handler_session()
    config = CONFIG.merge(Config(max_pool_connections=16))
    return unlimited_clients('iam', 's3', 'cloudfront', 'sts'), Services(*(handlers.client(name, config=config) for name in ('s3', 'cloudfront')))


def archive(files: dict[str, str | bytes]) -> bytes:
    """A build as the CDK CLI uploads it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, 'w', zipfile.ZIP_DEFLATED) as written:
        for name, text in files.items():
            written.writestr(name, text)
    return content.getvalue()


def needs(operation: str, parameters: dict[str, Any]) -> list[tuple[str, str]]:
    """The rights that AWS asks for; the emulator asks for some of them only."""
    bucket = f'arn:aws:s3:::{parameters.get("Bucket")}'
    key = f'{bucket}/{parameters.get("Key")}'
    tagging = [('s3:PutObjectTagging', key)] if 'Tagging' in parameters else []
    return {
        'GetObject': [('s3:GetObject', key)],
        'HeadObject': [('s3:GetObject', key)],
        'PutObject': [('s3:PutObject', key), *tagging],
        # From and to the same.
        'CopyObject': [('s3:GetObject', key), ('s3:PutObject', key), *tagging],
        'GetObjectTagging': [('s3:GetObjectTagging', key)],
        'DeleteObject': [('s3:DeleteObject', key)],
        'ListObjectsV2': [('s3:ListBucket', bucket)],
        'GetBucketTagging': [('s3:GetBucketTagging', bucket)],
        'CreateInvalidation': [('cloudfront:CreateInvalidation', f'arn:aws:cloudfront::{ACCOUNT}:distribution/{parameters.get("DistributionId")}')],
    }[operation]


class Aws(Emulator):
    """The emulator. It asks for every call of the handler whether the handler's role allows it on this resource."""

    def __init__(self, template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
        tests, self.services = clients()
        super().__init__(tests, [self.services.s3, self.services.cloudfront])
        self.parameters: list[dict[str, Any]] = []
        self.used: set[str] = set()
        s3 = self.tests['s3']
        for name in (BUCKET, ASSETS):
            s3.create_bucket(Bucket=name, CreateBucketConfiguration={'LocationConstraint': REGION})
        self.properties = template.one('AWS::S3::Bucket')
        s3.put_bucket_tagging(Bucket=BUCKET, Tagging={'TagSet': self.properties['Tags']})
        self.source_key = template.one('Custom::SpaFiles')['SourceKey']
        self._add_distribution()
        self.give_rights(template.statements())
        self.assume_role(monkeypatch)
        # moto itself does not know which distribution a call is about.
        monkeypatch.setattr(CloudFrontResponse, '_determine_resource',
                            lambda self: f'arn:aws:cloudfront::{ACCOUNT}:distribution/{self.path.split("/")[3]}', raising=False)
        self.hook('before-parameter-build.*', self._ask)
        self.hook('before-call.*', self._before)
        self.hook('after-call.*', self._after)

    def _add_distribution(self) -> None:
        origin = {'Id': 'o', 'DomainName': 'o.example.com', 'CustomOriginConfig': {'HTTPPort': 80, 'HTTPSPort': 443, 'OriginProtocolPolicy': 'https-only'}}
        made = self.tests['cloudfront'].create_distribution(DistributionConfig={
            'CallerReference': 'x', 'Comment': '', 'Enabled': True, 'Origins': {'Quantity': 1, 'Items': [origin]},
            'DefaultCacheBehavior': {'TargetOriginId': 'o', 'ViewerProtocolPolicy': 'https-only'},
        })['Distribution']
        backend = cloudfront_backends[ACCOUNT]['aws']
        backend.distributions[DISTRIBUTION] = backend.distributions.pop(made['Id'])

    def give_rights(self, statements: list[dict[str, Any]]) -> None:
        self.statements = statements
        super().give_rights(statements)

    def let_read_all_builds(self) -> None:
        """As the role may at the time of each deployment read the build of that one."""
        self.give_rights([*self.statements, {'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': f'arn:aws:s3:::{ASSETS}/*'}])

    # What the handler meets.

    def list_at_once(self, number: int) -> None:
        """Instead of the thousand that S3 lists at once."""
        self.hook('before-parameter-build.s3.ListObjectsV2', lambda params, **_: params.update(MaxKeys=number))

    def of(self, operation: str) -> list[dict[str, Any]]:
        """The parameters of each call of an operation, in their order."""
        return [parameters for call, parameters in zip(self.calls, self.parameters) if call == operation]

    def _ask(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        context['parameters'] = dict(params)
        with self._lock:
            self.calls.append(model.name)
            self.parameters.append(dict(params))

    def allows(self, action: str, resource: str) -> bool:
        return any(action in listed(statement['Action']) and any(fnmatch.fnmatchcase(resource, pattern) for pattern in listed(statement['Resource']))
                   for statement in self.statements)

    def _before(self, model: Any, context: dict[str, Any], **_: Any) -> Any:
        parameters = context['parameters']
        if self.kill_at and len(self.calls) >= self.kill_at[0] and self.kill_at[1] == 'before':
            raise Killed
        answer = self.next_answer(model.name)
        asked = needs(model.name, parameters)
        denied = [action for action, resource in asked if not self.allows(action, resource)]
        if answer is None and denied:
            answer = f'AccessDenied: not authorized to perform: {denied[0]}'
        self.used.update(action for action, _ in asked)
        if answer is None and model.name == 'CopyObject' and self._is_newer(parameters):
            answer = 'PreconditionFailed: At least one of the pre-conditions you specified did not hold'
        return refusal(answer) if answer is not None else None

    def _is_newer(self, parameters: dict[str, Any]) -> bool:
        """Whether a file was written since; the emulator does not care."""
        item = self._objects.get(parameters['Key'])
        since = parameters['CopySourceIfUnmodifiedSince'].astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return item is not None and item.last_modified.replace(microsecond=0) > since

    def _after(self, model: Any, **_: Any) -> None:
        if self.kill_at and len(self.calls) >= self.kill_at[0] and self.kill_at[1] == 'after':
            raise Killed

    # What there is.

    @property
    def _objects(self) -> dict[str, Any]:
        return s3_backends[ACCOUNT]['aws'].buckets[BUCKET].keys

    def object(self, key: str) -> Any:
        return self._objects[key]

    def text(self, key: str) -> str:
        return self._objects[key].value.decode()

    def write(self, key: str, text: str, **headers: str) -> None:
        """A person, or a pipeline, writes a file."""
        s3_backends[ACCOUNT]['aws'].put_object(BUCKET, key, text.encode()).set_metadata(headers)

    def remove(self, key: str) -> None:
        del self._objects[key]

    def tags(self, key: str) -> dict[str, str]:
        arn = self._objects[key].arn
        return s3_backends[ACCOUNT]['aws'].tagger.get_tag_dict_for_resource(arn)

    def files(self) -> dict[str, str]:
        return {key: self.text(key) for key in self._objects if key != CLAIM}

    def superseded(self) -> set[str]:
        return {key for key in self._objects if self.tags(key).get('superseded') == 'true'}

    def upload(self, files: dict[str, str | bytes], key: str | None = None) -> None:
        """As the CDK CLI does before it deploys."""
        self.upload_archive(archive(files), key)

    def upload_archive(self, content: bytes, key: str | None = None) -> None:
        s3_backends[ACCOUNT]['aws'].put_object(ASSETS, key or self.source_key, content)

    def remove_tag_of_bucket(self) -> None:
        s3_backends[ACCOUNT]['aws'].delete_bucket_tagging(BUCKET)

    def remove_bucket(self) -> None:
        self._objects.clear()
        s3_backends[ACCOUNT]['aws'].delete_bucket(BUCKET)

    def invalidations(self) -> list[list[str]]:
        return [made.paths for made in cloudfront_backends[ACCOUNT]['aws'].invalidations[DISTRIBUTION]]

    def let_days_pass(self, days: int) -> None:
        """And the rules of the bucket, as synthesized, do what they say."""
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        for item in self._objects.values():
            item.last_modified -= datetime.timedelta(days=days)
        for rule in self.properties['LifecycleConfiguration']['Rules']:
            if 'ExpirationInDays' not in rule:
                continue
            wanted = {tag['Key']: tag['Value'] for tag in rule['TagFilters']}
            for key, item in list(self._objects.items()):
                if wanted.items() <= self.tags(key).items() and (now - item.last_modified).days >= rule['ExpirationInDays']:
                    del self._objects[key]
