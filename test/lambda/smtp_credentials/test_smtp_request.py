"""CloudFormation asks for SMTP credentials."""
from __future__ import annotations

import json

import pytest
from botocore.exceptions import ReadTimeoutError
from doubles import CloudFormation
from smtp_request import handle_request

from .conftest import USER, Aws, Clock, Handler

HOST = 'email-smtp.eu-west-1.amazonaws.com'


def test_create_makes_a_key_and_writes_its_password(handler: Handler, aws: Aws) -> None:
    answer = handler.create()
    [key] = aws.keys()
    content = aws.content()
    assert content == {'username': key, 'password': content['password'], 'host': HOST, 'port': 587, 'region': 'eu-west-1'}
    assert aws.lets_in(content)
    assert (answer['Status'], answer['Reason'], answer['PhysicalResourceId']) == ('SUCCESS', 'The SMTP credentials were made', USER)
    assert set(answer) == {'Status', 'Reason', 'PhysicalResourceId', 'StackId', 'RequestId', 'LogicalResourceId'}, 'no data passes through CloudFormation'


@pytest.mark.parametrize('before', [
    'random text', '', '[]', '"text"', '{}', '{"username": ""}', '{"username": "AKIAGONE", "password": "x", "region": "eu-west-1"}',
])
def test_create_does_not_care_what_was_in_the_secret(handler: Handler, aws: Aws, before: str) -> None:
    aws.write(before)
    assert handler.create()['Status'] == 'SUCCESS'
    assert aws.lets_in(aws.content())


def test_fields_that_a_person_added_stay(handler: Handler, aws: Aws) -> None:
    aws.write('{"sender": "shop@example.com"}')
    handler.create()
    aws.write(json.dumps({**aws.content(), 'reply_to': 'help@example.com'}))
    handler.update(Host='other.example.com')
    content = aws.content()
    assert (content['sender'], content['reply_to'], content['host']) == ('shop@example.com', 'help@example.com', 'other.example.com')
    assert aws.lets_in(content)


def test_an_event_that_arrives_twice_changes_nothing(handler: Handler, aws: Aws) -> None:
    handler.create()
    before = aws.text(), aws.keys(), aws.labels()
    assert handler.create()['Reason'] == 'The SMTP credentials are as they should be'
    assert (aws.text(), aws.keys(), aws.labels()) == before


def test_an_event_that_arrives_twice_at_once_ends_with_a_password_that_works(handler: Handler, aws: Aws) -> None:
    # The other one deletes our key as one whose secret is lost, before we have written it.
    def other(model, **_):
        if model.name == 'PutSecretValue' and aws.count('PutSecretValue') == 1:
            for key in aws.keys():
                aws.remove_key(key)
    aws.hook('before-call.*', other)
    assert handler.create()['Status'] == 'SUCCESS'
    assert aws.lets_in(aws.content())
    assert list(aws.keys()) == [aws.content()['username']]


def test_a_key_that_somebody_keeps_deleting_is_an_error(handler: Handler, aws: Aws) -> None:
    def other(model, **_):
        if model.name == 'PutSecretValue':
            for key in aws.keys():
                aws.remove_key(key)
    aws.hook('before-call.*', other)
    assert f'somebody else keeps deleting the access keys of {USER}' in handler.create()['Reason']


@pytest.mark.parametrize('number', [1, 2])
def test_keys_whose_secret_is_lost_never_block(handler: Handler, aws: Aws, number: int) -> None:
    lost = {aws.add_key() for _ in range(number)}
    assert handler.create()['Status'] == 'SUCCESS'
    assert len(aws.keys()) == 1 and not lost & set(aws.keys())
    assert aws.lets_in(aws.content())


def test_a_key_whose_making_was_not_heard_of_is_deleted(handler: Handler, aws: Aws) -> None:
    def lose(**_):
        if aws.count('CreateAccessKey') == 1:
            raise ReadTimeoutError(endpoint_url='https://iam')
    aws.hook('after-call.*.CreateAccessKey', lose)
    assert handler.create()['Status'] == 'SUCCESS'
    assert list(aws.keys()) == [aws.content()['username']]


def test_a_secret_whose_writing_was_not_heard_of_is_written_once(handler: Handler, aws: Aws) -> None:
    def lose(**_):
        if aws.count('PutSecretValue') == 1:
            raise ReadTimeoutError(endpoint_url='https://secretsmanager')
    aws.hook('after-call.*.PutSecretValue', lose)
    handler.create()
    assert aws.count('PutSecretValue') == 2
    assert len(aws.labels()) == 2, 'the text of CloudFormation and ours'


def test_a_key_that_iam_does_not_list_yet_is_not_made_again(handler: Handler, aws: Aws) -> None:
    def late(parsed, **_):
        if aws.count('ListAccessKeys') in (2, 3):
            parsed['AccessKeyMetadata'] = []
    aws.hook('after-call.*.ListAccessKeys', late)
    handler.create()
    assert aws.count('CreateAccessKey') == 1


# --- Update -----------------------------------------------------------------------------------------------------------------

def test_update_without_a_change_writes_nothing(created: Handler, aws: Aws) -> None:
    before = aws.labels()
    assert created.update()['Reason'] == 'The SMTP credentials are as they should be'
    assert aws.labels() == before
    assert not {'PutSecretValue', 'CreateAccessKey', 'DeleteAccessKey'} & set(aws.calls)


def test_update_of_host_and_port_keeps_the_password(created: Handler, aws: Aws) -> None:
    before = aws.content()
    created.update(Host='vpce-1.email-smtp.eu-west-1.vpce.amazonaws.com', Port='2587')
    assert aws.content() == {**before, 'host': 'vpce-1.email-smtp.eu-west-1.vpce.amazonaws.com', 'port': 2587}
    assert 'CreateAccessKey' not in aws.calls


def test_update_of_the_region_makes_a_new_password_and_leaves_running_tasks_theirs(created: Handler, aws: Aws) -> None:
    before = aws.content()
    created.update(Region='eu-central-1', Host='email-smtp.eu-central-1.amazonaws.com')
    assert aws.content()['username'] != before['username']
    assert aws.lets_in(aws.content(), 'eu-central-1')
    assert aws.lets_in(before, 'eu-west-1')


def test_a_rollback_of_the_region_brings_back_the_password_that_running_tasks_use(created: Handler, aws: Aws) -> None:
    before = aws.content()
    created.update(Region='eu-central-1')
    aws.calls.clear()
    created.update()
    assert aws.content() == before
    assert aws.lets_in(before)
    assert 'CreateAccessKey' not in aws.calls


def test_update_of_the_region_after_a_rotation_gives_up_the_oldest_key_only(created: Handler, aws: Aws) -> None:
    oldest = aws.content()
    created.rotate(aws.begin_rotation())
    current = aws.content()
    created.update(Region='eu-central-1')
    assert set(aws.keys()) == {current['username'], aws.content()['username']}
    assert not aws.lets_in(oldest) and aws.lets_in(current)


def test_update_of_host_after_a_rotation_leaves_the_previous_key_to_running_tasks(created: Handler, aws: Aws) -> None:
    before = aws.content()
    created.rotate(aws.begin_rotation())
    created.update(Host='a.example.com')
    created.update(Host='b.example.com')
    assert aws.lets_in(before) and aws.lets_in(aws.content())


def test_update_to_another_user_makes_its_key_and_leaves_the_old_one_to_its_delete(created: Handler, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    before = aws.content()
    aws.add_user('Other')
    # The template with the other user has a policy for that one.
    monkeypatch.setattr('moto.iam.responses.IamResponse._determine_resource', lambda _: f'arn:aws:iam::123456789012:user/{USER}', raising=False)
    answer = created.update(UserName='Other')
    assert (answer['Status'], answer['PhysicalResourceId']) == ('SUCCESS', 'Other'), 'so that CloudFormation deletes the first'
    assert list(aws.keys('Other')) == [aws.content()['username']]
    assert aws.lets_in(before), 'until the clean-up'
    created.delete(USER)
    assert aws.keys() == {}
    assert list(aws.keys('Other')) == [aws.content()['username']]


@pytest.mark.parametrize('how', ['remove_key', 'disable_key'])
def test_update_replaces_a_key_that_a_person_took_away(created: Handler, aws: Aws, how: str) -> None:
    getattr(aws, how)(aws.content()['username'])
    assert created.update()['Status'] == 'SUCCESS'
    assert aws.lets_in(aws.content())


def test_update_mends_a_secret_that_a_person_overwrote(created: Handler, aws: Aws) -> None:
    before = aws.content()
    aws.write('oops')
    created.update()
    assert aws.content() == before


# --- Delete -----------------------------------------------------------------------------------------------------------------

def test_delete_removes_every_key_so_that_cloudformation_can_delete_the_user(created: Handler, aws: Aws) -> None:
    created.rotate(aws.begin_rotation())
    assert len(aws.keys()) == 2
    answer = created.delete()
    assert (answer['Status'], answer['Reason'], answer['PhysicalResourceId']) == ('SUCCESS', 'Access keys deleted: 2', USER)
    assert aws.keys() == {}


def test_delete_that_arrives_twice_succeeds(created: Handler, aws: Aws) -> None:
    created.delete()
    assert created.delete()['Status'] == 'SUCCESS'


def test_delete_of_a_user_who_is_gone_succeeds_at_once(created: Handler, aws: Aws, clock: Clock) -> None:
    created.delete()
    aws.remove_user()
    assert created.delete()['Status'] == 'SUCCESS'
    assert clock.pauses == []


def test_delete_succeeds_when_somebody_else_deletes_the_keys_meanwhile(created: Handler, aws: Aws) -> None:
    aws.will_answer('DeleteAccessKey', 'NoSuchEntity: gone')
    assert created.delete()['Status'] == 'SUCCESS'


@pytest.mark.parametrize('how', ['schedule_deletion', 'remove_secret'])
def test_delete_does_not_need_the_secret(created: Handler, aws: Aws, how: str) -> None:
    getattr(aws, how)()
    assert created.delete()['Status'] == 'SUCCESS'
    assert aws.keys() == {}


@pytest.mark.parametrize('foreign', ['somebody-elses', 'Shop-Other-1TMHUPUK6RV8T', '2026/11/21/[$LATEST]abcdef', 'none'])
def test_delete_of_a_foreign_id_succeeds_and_touches_nothing(created: Handler, aws: Aws, foreign: str) -> None:
    answer = created.delete(foreign)
    assert (answer['Status'], answer['PhysicalResourceId']) == ('SUCCESS', foreign)
    assert aws.calls == []
    assert len(aws.keys()) == 1


def test_delete_after_a_create_that_failed_removes_what_it_left(handler: Handler, aws: Aws) -> None:
    aws.will_answer('PutSecretValue', *['AccessDeniedException: Access to KMS is not allowed'] * 99)
    failed = handler.create()
    assert failed['Status'] == 'FAILED'
    assert len(aws.keys()) == 1
    assert handler.delete(failed['PhysicalResourceId'])['Status'] == 'SUCCESS'
    assert aws.keys() == {}


# CloudFormation makes up an id when it stops a Create before its answer, e.g. because another resource failed.
@pytest.mark.parametrize('made_up', ['Shop-Credentials0A1B2C3D-1TMHUPUK6RV8T', 'Credentials0A1B2C3D'])
def test_delete_after_a_create_that_was_not_answered_removes_what_it_left(handler: Handler, aws: Aws, made_up: str) -> None:
    aws.add_key()
    assert handler.delete(made_up)['Status'] == 'SUCCESS'
    assert aws.keys() == {}


def test_delete_without_properties_succeeds(handler: Handler, aws: Aws) -> None:
    assert handler.delete(ResourceProperties={})['Status'] == 'SUCCESS'
    assert aws.calls == []


# --- faults -----------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('operation', ['DescribeSecret', 'GetSecretValue', 'ListAccessKeys', 'CreateAccessKey', 'PutSecretValue'])
@pytest.mark.parametrize('fault', ['Throttling', 'ThrottlingException', 'AccessDenied', 'AccessDeniedException', 'ServiceFailure', 'InternalServiceError'])
def test_a_passing_refusal_is_survived(handler: Handler, aws: Aws, clock: Clock, operation: str, fault: str) -> None:
    aws.will_answer(operation, *[fault] * 5)
    assert handler.create()['Status'] == 'SUCCESS'
    assert list(aws.keys()) == [aws.content()['username']]
    assert clock.seconds > 200


def test_a_user_whom_iam_does_not_know_yet_is_waited_for(handler: Handler, aws: Aws) -> None:
    aws.will_answer('ListAccessKeys', *['NoSuchEntity: The user cannot be found.'] * 4)
    aws.will_answer('CreateAccessKey', *['NoSuchEntity: The user cannot be found.'] * 4)
    assert handler.create()['Status'] == 'SUCCESS'


def test_a_deletion_that_iam_does_not_know_yet_is_waited_for(handler: Handler, aws: Aws) -> None:
    aws.will_answer('CreateAccessKey', *['LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2'] * 3)
    assert handler.create()['Status'] == 'SUCCESS'


@pytest.mark.parametrize(('operation', 'fault', 'cause', 'step'), [
    ('PutSecretValue', 'AccessDeniedException: Access to KMS is not allowed', 'timed out while writing the secret (An error occurred '
     '(AccessDeniedException) when calling the PutSecretValue operation: Access to KMS is not allowed)',
     "let the role of the handler use the secret's key (kms:Decrypt, kms:GenerateDataKey), and see that the key is enabled, then try again"),
    ('CreateAccessKey', 'AccessDenied: with an explicit deny in a service control policy', 'timed out while making an access key (An error occurred '
     '(AccessDenied) when calling the CreateAccessKey operation: with an explicit deny in a service control policy)',
     'see which policy denies it, that of the role, of its permissions boundary, of the secret or of the organization, then try again'),
    ('ListAccessKeys', 'NoSuchEntity: The user with name x cannot be found.', 'timed out while making an access key (An error occurred (NoSuchEntity) '
     'when calling the ListAccessKeys operation: The user with name x cannot be found.)',
     'the IAM user is gone: remove the construct that made it from the stack, deploy, and add it again'),
    ('DescribeSecret', 'ThrottlingException: Rate exceeded', 'timed out while reading about the secret (An error occurred (ThrottlingException) '
     'when calling the DescribeSecret operation: Rate exceeded)', 'wait until the cause is gone, then try again'),
])
def test_a_lasting_refusal_fails_with_cause_and_next_step_before_the_time_is_up(
    handler: Handler, clock: Clock, aws: Aws, monkeypatch: pytest.MonkeyPatch, operation: str, fault: str, cause: str, step: str,
) -> None:
    monkeypatch.setenv('AWS_LAMBDA_LOG_GROUP_NAME', 'Shop-HandlerLogs')
    monkeypatch.setenv('AWS_LAMBDA_LOG_STREAM_NAME', '2026/11/21/[$LATEST]abc')
    aws.will_answer(operation, *[fault] * 200)
    answer = handler.create()
    assert (answer['Status'], answer['PhysicalResourceId']) == ('FAILED', USER)
    assert answer['Reason'] == (f'Shop/Mail/Smtp: the SMTP credentials were not made: {cause}. Next step: {step}. '
                                'Log group: Shop-HandlerLogs, stream: 2026/11/21/[$LATEST]abc.')
    assert clock.seconds > 25


@pytest.mark.parametrize('code', ['EncryptionFailure', 'DecryptionFailure'])
def test_a_refusal_for_good_fails_at_once_and_leaves_no_key(handler: Handler, aws: Aws, clock: Clock, code: str) -> None:
    aws.will_answer('PutSecretValue', f'{code}: Secrets Manager cannot use the provided KMS key')
    answer = handler.create()
    assert answer['Status'] == 'FAILED'
    assert "let the role of the handler use the secret's key" in answer['Reason']
    assert aws.keys() == {} and clock.pauses == []


@pytest.mark.parametrize('kind', ['Create', 'Update'])
def test_a_secret_that_is_scheduled_for_deletion_is_not_written_and_no_key_is_made(handler: Handler, aws: Aws, kind: str) -> None:
    aws.schedule_deletion()
    answer = handler.create() if kind == 'Create' else handler.update()
    assert answer['Reason'] == (
        f'Shop/Mail/Smtp: the SMTP credentials were not {"made" if kind == "Create" else "updated"}: the secret {aws.secret_arn} is scheduled for deletion. '
        'Next step: restore it with `aws secretsmanager restore-secret`, then try again.')
    assert aws.calls == ['DescribeSecret']


def test_a_secret_that_is_gone_is_an_error_and_no_key_is_made(handler: Handler, aws: Aws) -> None:
    aws.remove_secret()
    assert 'the secret is gone' in handler.create()['Reason']
    assert aws.calls == ['DescribeSecret']


def test_after_any_failure_a_new_deployment_succeeds_without_cleaning_up(handler: Handler, aws: Aws) -> None:
    aws.will_answer('PutSecretValue', *['AccessDeniedException'] * 99)
    assert handler.create()['Status'] == 'FAILED'
    aws._answers.clear()
    assert handler.create()['Status'] == 'SUCCESS'
    assert list(aws.keys()) == [aws.content()['username']]


@pytest.mark.parametrize('kind', ['Create', 'Update', 'Delete'])
def test_nothing_is_begun_when_lambda_is_about_to_stop_the_function(aws: Aws, clock: Clock, cloudformation: CloudFormation, kind: str) -> None:
    clock.seconds = 9
    handle_request(cloudformation.request(kind, PhysicalResourceId=USER), aws.services, clock.deadline)
    assert cloudformation.answer['Status'] == 'FAILED'
    assert 'timed out while' in cloudformation.answer['Reason']
    assert aws.calls == []


def test_an_answer_that_nobody_waits_for_is_not_repeated(handler: Handler, cloudformation: CloudFormation, aws: Aws, clock: Clock) -> None:
    cloudformation.statuses = [403] * 9
    assert handle_request(cloudformation.request(), aws.services, clock.deadline) == {'answered': False}
    assert cloudformation.puts == 1
    assert aws.lets_in(aws.content())
