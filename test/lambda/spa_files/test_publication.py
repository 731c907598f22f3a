"""CloudFormation asks for a build to be published."""
from __future__ import annotations

import datetime
from typing import Any

import pytest
from site_bucket import CLAIM

from .aws import BUCKET, Aws
from .conftest import CONFIG_TEXT, FIRST, SCRIPT_1, SCRIPT_2, SECOND, THIRD, Handler

IMMUTABLE = 'public, max-age=31536000, immutable'


# --- Create -----------------------------------------------------------------------------------------------------------------

def test_create_publishes_the_build_and_the_configuration(handler: Handler, aws: Aws) -> None:
    answer = handler.create()
    assert aws.files() == {**FIRST, 'config.json': CONFIG_TEXT}
    assert (answer['Status'], answer['Reason'], answer['PhysicalResourceId']) == ('SUCCESS', 'Files published: 6. Files superseded: 0', BUCKET)
    assert set(answer) == {'Status', 'Reason', 'PhysicalResourceId', 'StackId', 'RequestId', 'LogicalResourceId'}


def test_each_file_has_its_type_and_only_what_carries_a_hash_is_kept_without_asking(handler: Handler, aws: Aws) -> None:
    aws.upload({**FIRST, 'media/film.mp4': 'x', 'notes': 'x'})
    handler.create()
    headers = {key: (item.metadata['content-type'], item.metadata['cache-control']) for key, item in aws._objects.items() if key != CLAIM}
    assert headers == {
        'index.html': ('text/html; charset=utf-8', 'no-cache'),
        'config.json': ('application/json', 'no-cache'),
        SCRIPT_1: ('text/javascript; charset=utf-8', IMMUTABLE),
        'assets/logo-a8F2kQ1z.svg': ('image/svg+xml', IMMUTABLE),
        'favicon.ico': ('image/x-icon', 'no-cache'),
        'robots.txt': ('text/plain; charset=utf-8', 'no-cache'),
        'notes': ('application/octet-stream', 'no-cache'),
        # By the immutablePaths of the template.
        'media/film.mp4': ('video/mp4', IMMUTABLE),
    }


def test_the_pages_come_after_what_they_name_and_the_start_page_last(handler: Handler, aws: Aws) -> None:
    aws.upload({'index.html': 'x', 'a.html': 'x', 'z/index.html': 'x', 'a.js': 'x', 'z.css': 'x', SCRIPT_1: 'x', 'media/film.mp4': 'x', 'config.json': 'the build\'s', 'sw.js': 'x'})
    handler.create()
    keys = [parameters['Key'] for parameters in aws.of('PutObject')]
    order = keys[0], set(keys[1:3]), set(keys[3:5]), keys[5], set(keys[6:8]), keys[8:]
    assert order == (CLAIM, {SCRIPT_1, 'media/film.mp4'}, {'a.js', 'z.css'}, 'config.json', {'a.html', 'z/index.html'}, ['index.html', 'sw.js'])
    assert aws.text('config.json') == CONFIG_TEXT, 'that of the stack, not that of the build'


def test_a_configuration_of_the_build_stays_where_the_stack_has_none(handler: Handler, aws: Aws) -> None:
    aws.upload({**FIRST, 'config.json': 'the build\'s'})
    handler.create(Config=None)
    assert aws.text('config.json') == 'the build\'s'


def test_nothing_is_published_without_a_configuration_of_anybody(handler: Handler, aws: Aws) -> None:
    handler.create(Config=None)
    assert aws.files() == FIRST


def test_an_event_that_arrives_twice_changes_nothing(handler: Handler, aws: Aws) -> None:
    request = handler.request('Create', {})
    handler.handle(request)
    before = aws.files(), aws.superseded()
    assert handler.handle(request)['Status'] == 'SUCCESS'
    assert (aws.files(), aws.superseded()) == before
    assert len({call['InvalidationBatch']['CallerReference'] for call in aws.of('CreateInvalidation')}) == 1, 'one invalidation'


def test_a_large_file_arrives_whole(handler: Handler, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('spa_build.READ_AT_ONCE', 1000)
    content = bytes(range(256)) * 400
    aws.upload({**FIRST, 'film.mp4': content})
    assert handler.create()['Status'] == 'SUCCESS'
    assert aws.object('film.mp4').value == content


def test_many_files_are_published_and_superseded(handler: Handler, aws: Aws) -> None:
    files = {'index.html': 'x', **{f'assets/{number}.js': str(number) for number in range(100)}}
    aws.upload(files)
    assert handler.create()['Status'] == 'SUCCESS'
    assert aws.files().keys() == files.keys() | {'config.json'}
    aws.list_at_once(30)
    handler.update(SECOND)
    assert aws.superseded() == files.keys() - SECOND.keys()
    assert aws.count('ListObjectsV2') > 3


# --- Update -----------------------------------------------------------------------------------------------------------------

def test_a_newer_build_leaves_what_open_tabs_need(created: Handler, aws: Aws) -> None:
    assert created.update(SECOND)['Reason'] == 'Files published: 5. Files superseded: 2'
    assert aws.files() == {**FIRST, **SECOND, 'config.json': CONFIG_TEXT}
    assert aws.superseded() == {SCRIPT_1, 'robots.txt'}


def test_superseded_files_stay_for_30_days_from_then_on(created: Handler, aws: Aws) -> None:
    aws.let_days_pass(100)
    created.update(SECOND)
    aws.let_days_pass(29)
    assert SCRIPT_1 in aws.files()
    aws.let_days_pass(2)
    assert aws.files() == {**SECOND, 'config.json': CONFIG_TEXT}


def test_further_builds_do_not_prolong_the_life_of_what_was_superseded_before(created: Handler, aws: Aws) -> None:
    created.update(SECOND)
    aws.let_days_pass(20)
    assert created.update(THIRD)['Reason'] == 'Files published: 4. Files superseded: 2'
    aws.let_days_pass(11)
    assert aws.files() == {**SECOND, **THIRD, 'config.json': CONFIG_TEXT}, 'the first is gone, the second is not'
    aws.let_days_pass(20)
    assert aws.files() == {**THIRD, 'config.json': CONFIG_TEXT}


def test_a_build_that_is_live_never_expires(created: Handler, aws: Aws) -> None:
    aws.let_days_pass(1000)
    assert aws.files() == {**FIRST, 'config.json': CONFIG_TEXT}


def test_what_comes_back_stays(created: Handler, aws: Aws) -> None:
    created.update(SECOND)
    aws.let_days_pass(29)
    created.update(FIRST)
    assert aws.superseded() == {SCRIPT_2}
    aws.let_days_pass(1000)
    assert aws.files() == {**FIRST, 'config.json': CONFIG_TEXT}


def headers_of(aws: Aws, key: str) -> dict[str, str]:
    return {name: value for name, value in aws.object(key).metadata.items() if name != 'x-amz-content-sha256'}


def test_a_superseded_file_is_served_as_before(created: Handler, aws: Aws) -> None:
    before = headers_of(aws, SCRIPT_1)
    aws.write('by-hand.txt', 'x', **{'content-type': 'text/x-own', 'cache-control': 'max-age=60', 'content-disposition': 'attachment',
                                   'content-language': 'de', 'content-encoding': 'gzip', 'x-amz-meta-who': 'me'})
    created.update(SECOND)
    assert headers_of(aws, SCRIPT_1) == before
    assert {'by-hand.txt', SCRIPT_1} <= aws.superseded()
    kept = aws.object('by-hand.txt').metadata
    names = ('content-type', 'cache-control', 'content-disposition', 'content-language', 'content-encoding', 'x-amz-meta-who')
    assert [kept[name] for name in names] == ['text/x-own', 'max-age=60', 'attachment', 'de', 'gzip', 'me']


def test_only_the_files_whose_content_may_change_are_invalidated(created: Handler, aws: Aws) -> None:
    created.update(SECOND)
    assert aws.invalidations()[-1] == ['/', '/index.html', '/config.json', '/favicon.ico']
    assert 'GetInvalidation' not in aws.calls, 'nobody waits for its end'


def test_each_run_invalidates_anew(created: Handler, aws: Aws) -> None:
    created.update(SECOND)
    created.update(THIRD)
    assert len({call['InvalidationBatch']['CallerReference'] for call in aws.of('CreateInvalidation')}) == 2, 'CloudFront takes a reference it knows for one that is made'


def test_cloudfront_is_told_after_the_switch(created: Handler, aws: Aws) -> None:
    created.update(SECOND)
    last_upload = len(aws.calls) - aws.calls[::-1].index('PutObject')
    assert last_upload <= aws.calls.index('CreateInvalidation') < aws.calls.index('CopyObject')


def test_another_configuration_is_published(created: Handler, aws: Aws) -> None:
    created.update(Config='{"siteName":"Store"}')
    assert aws.text('config.json') == '{"siteName":"Store"}'
    assert aws.superseded() == set()


def test_a_configuration_that_is_taken_away_expires(created: Handler, aws: Aws) -> None:
    created.update(Config=None)
    assert aws.superseded() == {'config.json'}


def test_a_roll_back_brings_the_former_build_back(created: Handler, aws: Aws) -> None:
    aws.upload(SECOND, 'second.zip')
    created.update(SourceKey=aws.source_key)
    aws.let_read_all_builds()
    created.update(SourceKey='second.zip')
    created.update()
    assert {name: aws.files()[name] for name in FIRST} == FIRST
    assert aws.superseded() == {SCRIPT_2}


# --- external ---------------------------------------------------------------------------------------------------------------

def test_of_files_that_somebody_else_publishes_only_the_configuration_is_touched(handler: Handler, aws: Aws) -> None:
    aws.write('index.html', 'theirs')
    answer = handler.create(SourceKey=None, SourceBucket=None)
    assert (answer['Status'], answer['Reason']) == ('SUCCESS', 'config.json was published')
    assert aws.files() == {'index.html': 'theirs', 'config.json': CONFIG_TEXT}
    assert aws.invalidations() == [['/', '/config.json']]
    assert aws.calls == ['PutObject', 'CreateInvalidation']


def test_files_that_somebody_else_publishes_from_now_on_stay(created: Handler, aws: Aws) -> None:
    answer = created.update(SourceKey=None, SourceBucket=None, Config=None)
    assert (answer['Status'], answer['Reason']) == ('SUCCESS', 'Somebody else publishes the files')
    assert aws.calls == [] and FIRST.items() <= aws.files().items() and aws.superseded() == set()


# --- several at once --------------------------------------------------------------------------------------------------------

def test_a_run_that_a_roll_back_overtook_does_not_switch(created: Handler, aws: Aws) -> None:
    """CloudFormation begins to roll back while the handler may still work."""
    late = created.request('Update', {'SourceKey': 'second.zip'})
    aws.upload(SECOND, 'second.zip')
    aws.let_read_all_builds()
    begun = []

    def roll_back(params: dict[str, Any], **_: Any) -> None:
        if params['Key'] == SCRIPT_2 and not begun:
            begun.append(True)
            assert created.update()['Status'] == 'SUCCESS'
    aws.hook('provide-client-params.s3.PutObject', roll_back)
    answer = created.handle(late)
    assert answer['Status'] == 'FAILED'
    assert answer['Reason'] == ('Shop/Files: the files were not published: another deployment, or its roll-back, has begun to publish since. '
                                'Next step: none: the deployment that began last decides.')
    assert aws.text('index.html') == 'first'
    aws.let_days_pass(1000)
    assert FIRST.items() <= aws.files().items(), 'also those that have the same name in both builds'


@pytest.mark.parametrize('moment', ['ListObjectsV2', 'GetObjectTagging', 'HeadObject', 'CopyObject'])
def test_a_run_that_a_roll_back_overtakes_after_the_switch_lets_nothing_expire_that_is_live(
    created: Handler, aws: Aws, monkeypatch: pytest.MonkeyPatch, moment: str,
) -> None:
    # The emulator does not look at the condition and copy in one.
    monkeypatch.setattr('parallel.THREADS', 1)
    late = created.request('Update', {'SourceKey': 'second.zip'})
    aws.upload(SECOND, 'second.zip')
    aws.let_read_all_builds()
    aws.let_days_pass(1)
    begun = []

    def roll_back(**_: Any) -> None:
        if not begun:
            begun.append(True)
            assert created.update()['Status'] == 'SUCCESS'
    aws.hook(f'provide-client-params.s3.{moment}', roll_back)
    created.handle(late)
    assert begun and aws.text('index.html') == 'first'
    aws.let_days_pass(1000)
    assert FIRST.items() <= aws.files().items()


def test_a_file_that_goes_while_it_is_superseded_is_no_error(created: Handler, aws: Aws) -> None:
    for operation in ('GetObjectTagging', 'HeadObject', 'CopyObject'):
        aws.will_answer(operation, '404: Not Found' if operation == 'HeadObject' else 'NoSuchKey: gone')
        assert created.update(SECOND)['Status'] == 'SUCCESS'


def test_the_time_of_each_copy_is_that_of_the_listing(created: Handler, aws: Aws) -> None:
    written = aws.object(SCRIPT_1).last_modified.replace(microsecond=0, tzinfo=datetime.timezone.utc)
    created.update(SECOND)
    [time] = [call['CopySourceIfUnmodifiedSince'] for call in aws.of('CopyObject') if call['Key'] == SCRIPT_1]
    assert time.replace(microsecond=0) == written
