"""CloudFormation asks for the end of the files."""
from __future__ import annotations

import pytest

from .aws import BUCKET, Aws
from .conftest import Handler


def test_delete_empties_a_bucket_that_goes(created: Handler, aws: Aws) -> None:
    answer = created.delete()
    assert (answer['Status'], answer['Reason'], answer['PhysicalResourceId']) == ('SUCCESS', 'Files deleted: 7', BUCKET)
    assert aws._objects == {}


def test_delete_leaves_the_files_of_a_bucket_that_stays(created: Handler, aws: Aws) -> None:
    del created.cloudformation.properties['EmptyOnDelete']
    before = aws.files()
    assert created.delete()['Reason'] == 'The files stay'
    assert aws.calls == [] and aws.files() == before


def test_delete_leaves_the_files_of_a_bucket_that_stays_since_the_same_deployment(created: Handler, aws: Aws) -> None:
    aws.remove_tag_of_bucket()
    before = aws.files()
    answer = created.delete()
    assert (answer['Status'], answer['Reason']) == ('SUCCESS', 'The files stay, as the bucket does')
    assert aws.files() == before


def test_delete_of_a_bucket_that_is_gone_succeeds(created: Handler, aws: Aws) -> None:
    aws.remove_bucket()
    assert created.delete()['Status'] == 'SUCCESS'


def test_delete_that_arrives_twice_succeeds(created: Handler, aws: Aws) -> None:
    created.delete()
    assert created.delete()['Reason'] == 'Files deleted: 0'


def test_delete_of_many_files(created: Handler, aws: Aws) -> None:
    aws.list_at_once(2)
    assert created.delete()['Reason'] == 'Files deleted: 7'
    assert aws._objects == {}


@pytest.mark.parametrize('foreign', ['somebody-elses', 'Shop-Other-1TMHUPUK6RV8T', '2026/11/21/[$LATEST]abcdef', 'none'])
def test_delete_of_a_foreign_id_succeeds_and_touches_nothing(created: Handler, aws: Aws, foreign: str) -> None:
    answer = created.delete(foreign)
    assert (answer['Status'], answer['PhysicalResourceId']) == ('SUCCESS', foreign)
    assert aws.calls == []


# CloudFormation makes up an id when it stops a Create before its answer, e.g. because another resource failed.
@pytest.mark.parametrize('made_up', ['Shop-FilesPublished5EDB4747-1TMHUPUK6RV8T', 'FilesPublished5EDB4747'])
def test_delete_after_a_create_that_was_not_answered_removes_what_it_left(created: Handler, aws: Aws, made_up: str) -> None:
    assert created.delete(made_up)['Status'] == 'SUCCESS'
    assert aws._objects == {}


def test_delete_after_a_create_that_failed_removes_what_it_left(handler: Handler, aws: Aws) -> None:
    aws.will_answer('PutObject', None, None, 'InvalidRequest: no')
    failed = handler.create()
    assert failed['Status'] == 'FAILED' and aws._objects
    assert handler.delete(failed['PhysicalResourceId'])['Status'] == 'SUCCESS'
    assert aws._objects == {}


def test_delete_without_properties_succeeds(handler: Handler, aws: Aws) -> None:
    assert handler.delete(ResourceProperties={})['Status'] == 'SUCCESS'
    assert aws.calls == []
