"""Secrets Manager rotates the secret, against a server that takes what SES would."""
from __future__ import annotations

import json

import pytest
from deadline import OutOfTime
from servers.smtp import SmtpServer
from smtp_secret import Unusable

from .conftest import STEPS, Aws, Handler


def test_gives_a_new_password_that_the_server_takes_and_keeps_the_old_one_valid(created: Handler, aws: Aws, smtp: SmtpServer) -> None:
    before = aws.content()
    token = aws.begin_rotation()
    created.rotate(token)
    after = aws.content()
    assert after['username'] != before['username'] and after['password'] != before['password']
    assert {**after, 'username': '', 'password': ''} == {**before, 'username': '', 'password': ''}
    assert smtp.logins == [(after['username'], True)]
    assert aws.lets_in(after) and aws.lets_in(before), 'running tasks keep sending'
    assert aws.content('AWSPREVIOUS') == before
    assert aws.labels()[token] == ['AWSPENDING', 'AWSCURRENT'], 'how Secrets Manager knows that the rotation has ended'


def test_rotates_again_and_again_with_two_keys_at_most(created: Handler, aws: Aws) -> None:
    passwords = [aws.content()]
    for _ in range(4):
        created.rotate(aws.begin_rotation())
        passwords.append(aws.content())
        assert len(aws.keys()) == 2
        assert aws.lets_in(passwords[-1]) and aws.lets_in(passwords[-2])
    assert len({content['username'] for content in passwords}) == 5


def test_keeps_what_a_person_added(created: Handler, aws: Aws) -> None:
    aws.write(json.dumps({**aws.content(), 'reply_to': 'help@example.com'}))
    created.rotate(aws.begin_rotation())
    assert aws.content()['reply_to'] == 'help@example.com'


def test_heals_a_secret_that_has_no_credentials(handler: Handler, aws: Aws, smtp: SmtpServer) -> None:
    handler.rotate(aws.begin_rotation())
    assert aws.lets_in(aws.content())


@pytest.mark.parametrize('step', STEPS)
def test_a_step_that_comes_twice_does_its_work_once(created: Handler, aws: Aws, step: str) -> None:
    token = aws.begin_rotation()
    for each in STEPS[:STEPS.index(step) + 1]:
        created.rotate(token, each)
    before = aws.keys(), aws.labels(), aws.text()
    created.rotate(token, step)
    assert (aws.keys(), aws.labels(), aws.text()) == before


def test_steps_of_a_rotation_that_has_ended_do_nothing(created: Handler, aws: Aws) -> None:
    token = aws.begin_rotation()
    created.rotate(token)
    before = aws.keys(), aws.labels()
    created.rotate(token)
    assert (aws.keys(), aws.labels()) == before


def test_a_lost_key_beside_the_current_one_gives_way(created: Handler, aws: Aws) -> None:
    current, lost = aws.content(), aws.add_key()
    created.rotate(aws.begin_rotation())
    assert lost not in aws.keys()
    assert set(aws.keys()) == {current['username'], aws.content()['username']}


def test_a_new_key_is_tried_until_ses_knows_it(created: Handler, aws: Aws, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    token = aws.begin_rotation()
    created.rotate(token, 'createSecret')
    monkeypatch.setattr(smtp, '_check', lambda *login: len(smtp.logins) >= 8 and aws.takes(*login))
    created.rotate(token, 'testSecret')
    assert [taken for _, taken in smtp.logins] == [False] * 8 + [True]
    assert len(set(created.clock.pauses)) == 4, 'with random pauses; a client tries both PLAIN and LOGIN'


def test_a_password_that_ses_never_takes_fails_the_step_with_the_next_one(
    created: Handler, aws: Aws, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:
    before, token = aws.content(), aws.begin_rotation()
    created.rotate(token, 'createSecret')
    monkeypatch.setattr(smtp, '_check', lambda *_: False)
    with pytest.raises(OutOfTime, match=r'timed out while logging in to 127\.0\.0\.1:\d+: SMTPAuthenticationError \(535'):
        created.rotate(token, 'testSecret')
    assert created.clock.seconds > 10
    assert "Next step: see that the user's key is active and the host is the endpoint of the region, then try again." in caplog.text
    assert aws.content() == before


def test_the_trial_without_a_new_key_tests_the_current_password(created: Handler, aws: Aws, smtp: SmtpServer) -> None:
    # When rotation is switched on for later: a version with a copy, which Secrets Manager removes afterwards, or with nothing.
    for copy in (True, False):
        created.rotate(aws.begin_rotation(copy), 'testSecret')
    assert smtp.logins == [(aws.content()['username'], True)] * 2
    assert 'CreateAccessKey' not in aws.calls


def test_the_trial_on_a_secret_without_credentials_says_so(handler: Handler, aws: Aws, smtp: SmtpServer) -> None:
    with pytest.raises(Unusable, match='has no credentials for eu-west-1'):
        handler.rotate(aws.begin_rotation(copy=True), 'testSecret')
    assert smtp.logins == []


def test_a_version_that_is_not_being_rotated_to_is_refused(created: Handler, aws: Aws) -> None:
    with pytest.raises(Unusable, match='is not being rotated to'):
        created.rotate('11111111-aaaa-bbbb-cccc-1234567890ab')
    assert aws.calls == ['DescribeSecret']


def test_a_secret_that_is_scheduled_for_deletion_is_not_rotated(created: Handler, aws: Aws) -> None:
    token = aws.begin_rotation()
    aws.schedule_deletion()
    with pytest.raises(Unusable, match='is scheduled for deletion'):
        created.rotate(token)
    assert len(aws.keys()) == 1


def test_a_deployment_to_another_region_in_the_middle_wins(created: Handler, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    token = aws.begin_rotation()
    created.rotate(token, 'createSecret', 'setSecret', 'testSecret')
    created.update(Region='eu-central-1')
    monkeypatch.setenv('REGION', 'eu-central-1')
    deployed = aws.content()
    with pytest.raises(Unusable, match='was overtaken by a deployment'):
        created.rotate(token, 'finishSecret')
    assert aws.content() == deployed and aws.lets_in(deployed, 'eu-central-1')
    assert not any('AWSPENDING' in names for names in aws.labels().values()), 'the next rotation is free to start'


def test_a_pending_key_that_is_gone_makes_room_for_a_new_rotation(created: Handler, aws: Aws) -> None:
    token = aws.begin_rotation()
    created.rotate(token, 'createSecret')
    aws.remove_key(aws.content('AWSPENDING')['username'])
    with pytest.raises(Unusable, match='was overtaken by a deployment, or its key was deleted'):
        created.rotate(token)
    assert not any('AWSPENDING' in names for names in aws.labels().values()), 'else Secrets Manager would try this version for ever'
    created.rotate(aws.begin_rotation())
    assert aws.lets_in(aws.content())


@pytest.mark.parametrize('operation', ['DescribeSecret', 'GetSecretValue', 'ListAccessKeys', 'CreateAccessKey', 'PutSecretValue', 'UpdateSecretVersionStage'])
def test_a_passing_refusal_is_survived(created: Handler, aws: Aws, operation: str) -> None:
    token = aws.begin_rotation()
    aws.will_answer(operation, *['ThrottlingException'] * 5)
    created.rotate(token)
    assert aws.lets_in(aws.content())
    assert len(aws.keys()) == 2
