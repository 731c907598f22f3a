"""The role of the handler, as synthesized: enough for each call (every test runs with it), and nothing more."""
from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from doubles import listed

from .aws import ASSETS, BUCKET, DISTRIBUTION, Aws, Template
from .conftest import FIRST, SECOND, Handler

LOGS = {'logs:CreateLogStream', 'logs:PutLogEvents'}


def actions_of(statements: list[dict[str, Any]]) -> set[str]:
    return {action for statement in statements for action in listed(statement['Action'])}


def test_has_no_wildcard_but_for_the_objects_of_its_bucket(template: Template, aws: Aws) -> None:
    for statement in template.statements():
        assert statement['Effect'] == 'Allow' and 'NotAction' not in statement and 'NotResource' not in statement
        assert not any('*' in action for action in listed(statement['Action']))
        assert [resource for resource in listed(statement['Resource']) if '*' in resource] in ([], [f'arn:aws:s3:::{BUCKET}/*'])


def test_allows_nothing_that_the_handler_does_not_use(template: Template, created: Handler, aws: Aws) -> None:
    created.update(SECOND)
    created.delete()
    assert actions_of(template.statements()) - LOGS == aws.used


def test_is_for_this_bucket_this_build_and_this_distribution_only(template: Template, aws: Aws) -> None:
    resources = {resource for statement in template.statements() if not set(listed(statement['Action'])) <= LOGS for resource in listed(statement['Resource'])}
    assert resources == {f'arn:aws:s3:::{BUCKET}/*', f'arn:aws:s3:::{BUCKET}', f'arn:aws:s3:::{ASSETS}/{aws.source_key}',
                         f'arn:aws:cloudfront::123456789012:distribution/{DISTRIBUTION}'}


@pytest.mark.parametrize(('operation', 'arguments'), [
    ('put_object', {'Key': 'x', 'Body': b''}), ('get_object', {'Key': 'other.zip'}), ('list_objects_v2', {}),
])
def test_does_not_reach_the_bucket_of_all_builds(aws: Aws, operation: str, arguments: dict[str, Any]) -> None:
    aws.upload(FIRST, 'other.zip')
    with pytest.raises(ClientError, match='AccessDenied'):
        getattr(aws.services.s3, operation)(Bucket=ASSETS, **arguments)


@pytest.mark.parametrize('missing', [
    's3:GetObject', 's3:PutObject', 's3:GetObjectTagging', 's3:PutObjectTagging', 's3:ListBucket', 'cloudfront:CreateInvalidation',
])
def test_without_any_one_of_its_actions_does_not_suffice(
    template: Template, created: Handler, aws: Aws, monkeypatch: pytest.MonkeyPatch, missing: str,
) -> None:
    # Each sleeps away the time of all.
    monkeypatch.setattr('parallel.THREADS', 1)
    poorer = [{**statement, 'Action': [action for action in listed(statement['Action']) if action != missing]} for statement in template.statements()]
    aws.give_rights(poorer)
    assert 'AccessDenied' in created.update(SECOND)['Reason']


@pytest.mark.parametrize('missing', ['s3:DeleteObject', 's3:GetBucketTagging', 's3:ListBucket'])
def test_without_any_one_of_its_actions_does_not_suffice_to_empty_the_bucket(template: Template, created: Handler, aws: Aws, missing: str) -> None:
    poorer = [{**statement, 'Action': [action for action in listed(statement['Action']) if action != missing]} for statement in template.statements()]
    aws.give_rights(poorer)
    assert 'AccessDenied' in created.delete()['Reason']
