"""The answer that CloudFormation waits for."""
from __future__ import annotations

import json
import urllib.error

import pytest
from answer import MAX_BODY_BYTES, body_of, failed, send, succeeded
from conftest import Clock, CloudFormation


def test_says_who_it_is_for(cloudformation: CloudFormation) -> None:
    request = cloudformation.request('Update', PhysicalResourceId='as-before')
    assert send(request, succeeded('fine'))
    assert cloudformation.answer == {
        'Status': 'SUCCESS',
        'Reason': 'fine',
        'PhysicalResourceId': 'as-before',
        'StackId': request['StackId'],
        'RequestId': request['RequestId'],
        'LogicalResourceId': 'ReleaseRun0A1B2C3D',
    }


def test_of_a_resource_that_never_was_names_it_by_its_logical_id(cloudformation: CloudFormation) -> None:
    send(cloudformation.request('Create'), failed('broken'))
    assert cloudformation.answer['PhysicalResourceId'] == 'ReleaseRun0A1B2C3D'


@pytest.mark.parametrize('character', ['a', 'ü', '漢', '😀', '\n', '"', '\x01', '\ud800'])
@pytest.mark.parametrize('length', [3000, 4096, 20_000])
def test_is_never_longer_than_cloudformation_accepts_and_always_json(cloudformation: CloudFormation, character: str, length: int) -> None:
    body = body_of(cloudformation.request(), failed(f'the cause comes first {character * length}'))
    assert len(body) <= MAX_BODY_BYTES
    assert json.loads(body)['Reason'].startswith('the cause comes first')
    if len(character.encode('utf-8', 'replace')) * length > MAX_BODY_BYTES:
        assert len(body) > MAX_BODY_BYTES - 16, 'no more is cut off than must be'
        assert json.loads(body)['Reason'].endswith('…')


def test_that_fits_is_left_as_it_is(cloudformation: CloudFormation) -> None:
    assert json.loads(body_of(cloudformation.request(), failed('ends with …')))['Reason'] == 'ends with …'


@pytest.mark.parametrize('status', [400, 403, 404])
def test_to_an_address_that_has_expired_is_given_up_at_once(cloudformation: CloudFormation, caplog: pytest.LogCaptureFixture, status: int) -> None:
    cloudformation.statuses = [status] * 9
    assert not send(cloudformation.request(), succeeded('fine'))
    assert cloudformation.puts == 1
    assert f'CloudFormation does not take the answer (HTTP {status})' in caplog.text


def test_is_repeated_when_the_network_or_the_service_stumbles(cloudformation: CloudFormation, clock: Clock) -> None:
    cloudformation.statuses = [500, 503]
    assert send(cloudformation.request(), succeeded('fine'), clock.sleep)
    assert cloudformation.puts == 3
    assert cloudformation.answer['Status'] == 'SUCCESS'


def test_that_cannot_be_delivered_raises_so_that_the_caller_tries_again(cloudformation: CloudFormation, clock: Clock) -> None:
    cloudformation.statuses = [500] * 9
    with pytest.raises(urllib.error.HTTPError):
        send(cloudformation.request(), succeeded('fine'), clock.sleep)
    assert cloudformation.puts == 3
    with pytest.raises(urllib.error.URLError):
        send(cloudformation.request(ResponseURL='http://127.0.0.1:1/closed'), succeeded('fine'), clock.sleep)


def test_never_writes_the_signed_address_to_the_log(cloudformation: CloudFormation, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level('DEBUG')
    send(cloudformation.request(), failed('broken'))
    assert 'signature=secret' not in caplog.text
