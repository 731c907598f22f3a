"""The role of the handler, as synthesized: enough for each call (every test runs with it), and nothing more."""
from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from doubles import listed

from .conftest import USER, Aws, Handler, Template, user_arn


def actions_of(statements: list[dict[str, Any]]) -> set[str]:
    return {action for statement in statements for action in listed(statement['Action'])}


def test_has_no_wildcard(template: Template, aws: Aws) -> None:
    for statement in template.statements():
        assert statement['Effect'] == 'Allow' and 'NotAction' not in statement and 'NotResource' not in statement
        assert not any('*' in text for text in listed(statement['Action']) + listed(statement['Resource']))


def test_allows_nothing_that_the_handler_does_not_use(template: Template, created: Handler, aws: Aws) -> None:
    created.rotate(aws.begin_rotation())
    created.rotate(aws.begin_rotation())
    created.delete()
    used = {f'{"iam" if "AccessKey" in call else "secretsmanager"}:{call}' for call in aws.calls}
    assert actions_of(template.statements()) - {'logs:CreateLogStream', 'logs:PutLogEvents'} == used


def test_is_for_this_user_and_this_secret_only(template: Template, aws: Aws) -> None:
    resources = {prefix: {resource for statement in template.statements() for resource in listed(statement['Resource'])
                          if listed(statement['Action'])[0].startswith(prefix)} for prefix in ('iam', 'secretsmanager')}
    assert resources == {'iam': {user_arn(USER)}, 'secretsmanager': {aws.secret_arn}}


@pytest.mark.parametrize('operation', ['list_access_keys', 'create_access_key'])
def test_is_what_the_emulator_asks_about(aws: Aws, operation: str) -> None:
    aws.add_user('Somebody')
    with pytest.raises(ClientError, match='is not authorized to perform'):
        getattr(aws.services.iam, operation)(UserName='Somebody')
    getattr(aws.services.iam, operation)(UserName=USER)


@pytest.mark.parametrize('missing', ['iam:ListAccessKeys', 'iam:CreateAccessKey', 'iam:DeleteAccessKey', 'secretsmanager:DescribeSecret',
                                     'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'])
def test_without_any_one_of_its_actions_does_not_suffice(template: Template, created: Handler, aws: Aws, missing: str) -> None:
    created.rotate(aws.begin_rotation())
    poorer = [{**statement, 'Action': [action for action in listed(statement['Action']) if action != missing]} for statement in template.statements()]
    aws.give_rights(poorer)
    with pytest.raises(Exception, match='AccessDenied'):
        created.rotate(aws.begin_rotation())
