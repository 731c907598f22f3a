"""AWS refuses, breaks off or is slow, and builds are not what they should be: the former build is served, and a next attempt succeeds."""
from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError, ResponseStreamingError
from doubles import CloudFormation
from files_request import handle_request
from site_bucket import CLAIM, SiteBucket

from .aws import BUCKET, Aws, archive
from .conftest import FIRST, SCRIPT_1, SCRIPT_2, SECOND, THIRD, Clock, Handler


OPERATIONS = ['GetObject', 'PutObject', 'ListObjectsV2', 'GetObjectTagging', 'HeadObject', 'CopyObject', 'CreateInvalidation']
STREAM = ResponseStreamingError(error='broken')


@pytest.mark.parametrize('operation', OPERATIONS)
@pytest.mark.parametrize('fault', ['SlowDown', 'Throttling', 'AccessDenied', 'InternalError', 'ServiceUnavailable'])
def test_a_passing_refusal_is_survived(created: Handler, aws: Aws, clock: Clock, operation: str, fault: str) -> None:
    aws.will_answer(operation, *[fault] * 4)
    assert created.update(SECOND)['Reason'] == ('Files published: 5. Files superseded: 2' if operation != 'CreateInvalidation' or fault != 'SlowDown'
                                                else 'Files published: 5. CloudFront was not told, and asks S3 by itself: An error occurred (SlowDown) '
                                                     'when calling the CreateInvalidation operation: injected. Files superseded: 2')
    assert clock.seconds > 200


@pytest.mark.parametrize('code', ['403', '503'])
def test_a_passing_refusal_without_a_body_is_survived(created: Handler, aws: Aws, code: str) -> None:
    aws.will_answer('HeadObject', *[code] * 3)
    assert created.update(SECOND)['Reason'].endswith('Files superseded: 2')


@pytest.mark.parametrize('error', [
    EndpointConnectionError(endpoint_url='https://s3'), ReadTimeoutError(endpoint_url='https://s3'), STREAM,
])
@pytest.mark.parametrize('operation', ['GetObject', 'PutObject', 'ListObjectsV2'])
def test_a_broken_connection_is_survived(created: Handler, aws: Aws, operation: str, error: Exception) -> None:
    aws.will_answer(operation, error)
    assert created.update(SECOND)['Status'] == 'SUCCESS'
    assert aws.files()['index.html'] == 'second'


def test_a_download_that_breaks_off_begins_anew(created: Handler, aws: Aws) -> None:
    broken = []

    def cut(parsed: dict[str, Any], **_: Any) -> None:
        if not broken:
            broken.append(True)
            parsed['Body']._raw_stream = io.BytesIO(parsed['Body']._raw_stream.read()[:50])
    aws.hook('after-call.s3.GetObject', cut)
    assert created.update(SECOND)['Status'] == 'SUCCESS'
    assert aws.files()['index.html'] == 'second'


@pytest.mark.parametrize(('operation', 'fault', 'cause', 'step'), [
    ('PutObject', 'AccessDenied: with an explicit deny in a service control policy', 'timed out while uploading .publication (An error occurred (AccessDenied) '
     'when calling the PutObject operation: with an explicit deny in a service control policy)',
     'see which policy denies it, that of the role, of its permissions boundary, of the bucket or of the organization, then deploy again'),
    ('GetObject', 'NoSuchKey: The specified key does not exist.', 'the build s3://{assets} is not there',
     'let the CDK CLI upload it again: change a file of the build, then deploy again'),
    ('GetObject', 'AccessDenied: kms',
     'timed out while reading the build s3://{assets} (An error occurred (AccessDenied) when calling the GetObject operation: kms)',
     "let the role of the handler read it (s3:GetObject, kms:Decrypt where CDK's bucket of assets has a key of yours), then deploy again"),
    ('PutObject', 'NoSuchBucket: The specified bucket does not exist',
     'An error occurred (NoSuchBucket) when calling the PutObject operation: The specified bucket does not exist',
     'the bucket is gone: remove the construct that made it from the stack, deploy, and add it again'),
    ('PutObject', 'SlowDown: Please reduce your request rate.',
     'timed out while uploading .publication (An error occurred (SlowDown) when calling the PutObject operation: Please reduce your request rate.)',
     'wait until the cause is gone, then deploy again'),
])
def test_a_lasting_refusal_fails_with_cause_and_next_step_before_the_time_is_up(
    created: Handler, clock: Clock, aws: Aws, monkeypatch: pytest.MonkeyPatch, operation: str, fault: str, cause: str, step: str,
) -> None:
    monkeypatch.setenv('AWS_LAMBDA_LOG_GROUP_NAME', 'Shop-HandlerLogs')
    monkeypatch.setenv('AWS_LAMBDA_LOG_STREAM_NAME', '2026/11/21/[$LATEST]abc')
    aws.will_answer(operation, *[fault] * 200)
    answer = created.update(SECOND)
    properties = created.cloudformation.properties
    cause = cause.format(assets=f'{properties["SourceBucket"]}/{properties["SourceKey"]}')
    assert (answer['Status'], answer['PhysicalResourceId']) == ('FAILED', BUCKET)
    assert answer['Reason'] == (f'Shop/Files: the files were not published: {cause}. Next step: {step}. '
                                'Log group: Shop-HandlerLogs, stream: 2026/11/21/[$LATEST]abc.')
    assert clock.seconds > 25
    assert aws.files()['index.html'] == 'first', 'the former build is served'


@pytest.mark.parametrize('number', range(2, 7))
def test_an_upload_that_fails_for_good_leaves_the_former_build_whole(created: Handler, aws: Aws, number: int) -> None:
    aws.will_answer('PutObject', *[None] * (number - 1), 'InvalidRequest: no')
    assert created.update(SECOND)['Status'] == 'FAILED'
    assert aws.files()['index.html'] == 'first'
    aws.let_days_pass(1000)
    assert {SCRIPT_1, 'assets/logo-a8F2kQ1z.svg', 'robots.txt'} <= aws.files().keys()
    aws.answer_as_ever()
    assert created.update(SECOND)['Status'] == 'SUCCESS', 'without cleaning up'
    assert aws.superseded() == {SCRIPT_1, 'robots.txt'}


@pytest.mark.parametrize('operation', ['ListObjectsV2', 'GetObjectTagging', 'HeadObject', 'CopyObject'])
def test_what_fails_after_the_switch_does_not_roll_it_back_and_the_next_deployment_does_it(created: Handler, aws: Aws, operation: str) -> None:
    aws.will_answer(operation, *['InvalidRequest: no'] * 9)
    answer = created.update(SECOND)
    assert answer['Status'] == 'SUCCESS'
    assert answer['Reason'].startswith('Files published: 5. Superseded files stay until the next deployment: An error occurred (InvalidRequest)')
    aws.answer_as_ever()
    created.update(THIRD)
    assert aws.superseded() == {SCRIPT_1, SCRIPT_2, 'assets/logo-a8F2kQ1z.svg', 'robots.txt'}


def test_marking_that_runs_out_of_time_does_not_roll_the_switch_back(created: Handler, aws: Aws) -> None:
    aws.will_answer('CopyObject', *['SlowDown'] * 9999)
    answer = created.update(SECOND)
    assert answer['Status'] == 'SUCCESS'
    assert answer['Reason'].startswith('Files published: 5. Superseded files stay until the next deployment: timed out while ')


def test_a_claim_that_is_gone_is_nobodys(created: Handler, aws: Aws, clock: Clock) -> None:
    bucket = SiteBucket(aws.services.s3, BUCKET, clock.deadline)
    assert bucket.is_claimed_by('run-1')
    aws.remove(CLAIM)
    assert not bucket.is_claimed_by('run-1')


@pytest.mark.parametrize('fault', ['TooManyInvalidationsInProgress', 'Throttling', 'AccessDenied', 'NoSuchDistribution', 'InvalidArgument'])
def test_an_invalidation_that_cloudfront_refuses_fails_nothing(created: Handler, aws: Aws, clock: Clock, fault: str) -> None:
    aws.will_answer('CreateInvalidation', *[f'{fault}: no'] * 99)
    answer = created.update(SECOND)
    assert answer['Status'] == 'SUCCESS'
    assert answer['Reason'] == (f'Files published: 5. CloudFront was not told, and asks S3 by itself: An error occurred ({fault}) when calling the '
                                'CreateInvalidation operation: no. Files superseded: 2')
    assert clock.seconds > 200, 'it does not take long'


@pytest.mark.parametrize(('files', 'cause'), [
    ({'main.js': 'x'}, 'the build has no index.html. Next step: give the directory that the build writes, then deploy again.'),
    ({'index.html': 'x', '../evil.js': 'x', '/root.js': 'x', 'a//b.js': 'x', 'a/./b.js': 'x', 'c\\d.js': 'x', 'é.js': 'fine'},
     "the build has files with names that are not allowed: '../evil.js', '/root.js', 'a/./b.js', 'a//b.js', 'c\\\\d.js'. "
     'Next step: rename them: plain paths without "..", "\\" and control characters, then deploy again.'),
    ({'index.html': 'x', 'a\nb.js': 'x', f'{"ü" * 511}.js': 'x', f'{"ü" * 510}.js': 'fine'},
     f"the build has files with names that are not allowed: 'a\\nb.js', '{'ü' * 511}.js'. Next step: rename them"),
    ({'index.html': 'x', CLAIM: 'x'}, "the build has files with names that are not allowed: '.publication'"),
])
def test_a_build_that_cannot_be_published_touches_nothing(created: Handler, aws: Aws, files: dict[str, str | bytes], cause: str) -> None:
    before = aws.files()
    answer = created.update(files)
    assert answer['Status'] == 'FAILED'
    assert answer['Reason'].startswith(f'Shop/Files: the files were not published: {cause}')
    assert aws.files() == before and 'PutObject' not in aws.calls


@pytest.mark.parametrize('content', [b'', b'PK no archive', archive(FIRST)[:-30]])
def test_an_archive_that_cannot_be_read_touches_nothing(created: Handler, aws: Aws, content: bytes) -> None:
    aws.upload_archive(content)
    answer = created.update()
    assert 'is no archive that can be read' in answer['Reason'] and 'let the CDK CLI upload it again' in answer['Reason']
    assert 'PutObject' not in aws.calls


def test_a_build_that_is_larger_than_the_disk_touches_nothing(created: Handler, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, 'No space left on device')
    monkeypatch.setattr('shutil.copyfileobj', full)
    answer = created.update()
    assert 'is too large for the handler ([Errno 28] No space left on device). Next step: keep films and the like in a bucket of their own' in answer['Reason']
    assert 'PutObject' not in aws.calls


# In the first byte of the compressed file, where no length or kind of block fits, and later, where only the checksum tells.
@pytest.mark.parametrize('place', [0, 5])
def test_a_file_that_is_damaged_in_the_archive_leaves_the_former_build(created: Handler, aws: Aws, place: int) -> None:
    content = bytearray(archive({'index.html': 'second', 'a.bin': bytes(range(256)) * 20}))
    with zipfile.ZipFile(io.BytesIO(content)) as read:
        content[read.getinfo('a.bin').header_offset + 30 + len('a.bin') + place] ^= 0xFF
    aws.upload_archive(bytes(content))
    assert 'the build is no archive that can be read: a.bin is damaged' in created.update()['Reason']
    assert aws.files()['index.html'] == 'first'


def test_an_answer_is_never_longer_than_cloudformation_takes(created: Handler, aws: Aws) -> None:
    aws.will_answer('PutObject', f'InvalidRequest: {"ü" * 5000}')
    assert created.update()['Status'] == 'FAILED'
    assert len(created.cloudformation.bodies[-1]) <= 4096


@pytest.mark.parametrize('kind', ['Create', 'Update', 'Delete'])
def test_nothing_is_begun_when_lambda_is_about_to_stop_the_function(
    handler: Handler, aws: Aws, clock: Clock, cloudformation: CloudFormation, kind: str,
) -> None:
    clock.seconds = 9
    handle_request(handler.request(kind, {}), aws.services, clock.deadline)
    assert cloudformation.answer['Status'] == 'FAILED'
    assert 'timed out while' in cloudformation.answer['Reason']
    assert aws.calls == []


def test_an_answer_that_nobody_waits_for_is_not_repeated(handler: Handler, cloudformation: CloudFormation, aws: Aws, clock: Clock) -> None:
    cloudformation.statuses = [403] * 9
    assert handle_request(cloudformation.request(), aws.services, clock.deadline) == {'answered': False}
    assert cloudformation.puts == 1
    assert aws.text('index.html') == 'first'
