"""Lambda may stop the function at any moment: a second attempt ends where an undisturbed one does."""
from __future__ import annotations

import json
from typing import Any, Callable

import pytest
from doubles import Clock, CloudFormation

from .conftest import Aws, Handler, Killed, Template, emulated

HOST = 'email-smtp.eu-west-1.amazonaws.com'


def state_of(aws: Aws) -> dict[str, Any]:
    """What there is, with the names of keys by their place: in the secret, in its version before, in none."""
    content = aws.content()
    places = {content['username']: 'current'}
    if 'AWSPREVIOUS' in sum(aws.labels().values(), []) and aws.text('AWSPREVIOUS').startswith('{'):
        places.setdefault(aws.content('AWSPREVIOUS')['username'], 'previous')
    return {
        'keys': sorted(places.get(key, 'lost') for key in aws.keys()),
        'fields': {**content, 'username': '', 'password': ''},
        'works': aws.lets_in(content, content['region']),
        'pending': [names for names in aws.labels().values() if names == ['AWSPENDING']],
    }


def create(handler: Handler) -> None:
    handler.create()


def update_region(handler: Handler) -> None:
    handler.update(Region='eu-central-1', Host='email-smtp.eu-central-1.amazonaws.com')


def update_host(handler: Handler) -> None:
    handler.update(Host='vpce-1.email-smtp.eu-west-1.vpce.amazonaws.com')


def rotate(handler: Handler) -> None:
    """As Secrets Manager does: all steps, again with the version that is still pending."""
    labels = handler.aws.labels().items()
    token = next((version for version, names in labels if 'AWSPENDING' in names), None) or handler.aws.begin_rotation()
    handler.rotate(token)


# What happens, and what has happened before.
SCENARIOS: dict[str, tuple[Callable[[Handler], None], list[Callable[[Handler], None]]]] = {
    'create': (create, []),
    'update of the region': (update_region, [create]),
    'update of the host': (update_host, [create]),
    'update of the region after a rotation': (update_region, [create, rotate]),
    'rotation': (rotate, [create]),
    'second rotation': (rotate, [create, rotate]),
    'rotation after another region': (rotate, [create, update_host]),
}


@pytest.mark.parametrize('name', SCENARIOS)
@pytest.mark.parametrize('moment', ['before', 'after'])
def test_and_a_second_attempt_ends_where_an_undisturbed_one_does(template: Template, monkeypatch: pytest.MonkeyPatch, name: str, moment: str) -> None:
    act, history = SCENARIOS[name]

    def end(kill_at: int | None) -> tuple[dict[str, Any], bool]:
        """The state in the end, and whether the function was stopped on the way."""
        with monkeypatch.context() as patch, emulated(template, patch) as aws:
            handler = deployed(aws, template, patch)
            for step in history:
                step(handler)
            patch.setenv('SMTP_HOST', aws.content()['host'] if history else HOST)
            aws.calls.clear()
            aws.kill_at = (kill_at, moment) if kill_at else None
            try:
                act(handler)
                return state_of(aws), False
            except Killed:
                aws.kill_at = None
                act(handler)
                return state_of(aws), True
            finally:
                handler.cloudformation.close()

    undisturbed, _ = end(None)
    assert undisturbed['works'] and 'lost' not in undisturbed['keys']
    number, killed = 0, True
    while killed:
        number += 1
        state, killed = end(number)
        assert state == undisturbed, f'killed {moment} call {number}'
    assert number > 4, 'it died at each call'


@pytest.mark.parametrize('moment', ['before', 'after'])
@pytest.mark.parametrize('number', [1, 2, 3])
def test_and_a_second_delete_leaves_no_key(created: Handler, aws: Aws, number: int, moment: str) -> None:
    created.rotate(aws.begin_rotation())
    aws.calls.clear()
    aws.kill_at = number, moment
    with pytest.raises(Killed):
        created.delete()
    aws.kill_at = None
    assert created.delete()['Status'] == 'SUCCESS'
    assert aws.keys() == {}


def deployed(aws: Aws, template: Template, patch: pytest.MonkeyPatch) -> Handler:
    """The handler with its variables, and a server that takes what SES would."""
    for name, value in template.one('AWS::Lambda::Function')['Environment']['Variables'].items():
        patch.setenv(name, value)
    patch.setattr('rotation.prove_login', lambda content, _: aws.lets_in(content) or pytest.fail('SES does not take the password'))
    properties = json.loads(json.dumps(template.one('Custom::SesSmtpCredentials')), parse_int=str)
    return Handler(aws, Clock(300), CloudFormation('Custom::SesSmtpCredentials', 'Credentials0A1B2C3D', properties))
