"""The entry point: whatever happens, CloudFormation gets an answer."""
from __future__ import annotations

import sys
import types
from typing import Any

import pytest
from conftest import HANDLER, Aws, CloudFormation
from doubles import Context, entry_point


@pytest.fixture
def index() -> types.ModuleType:
    return entry_point(HANDLER)


def test_starts_a_run(index: types.ModuleType, aws: Aws, cloudformation: CloudFormation) -> None:
    # The function makes its own clients: without a stack of that name the emulator refuses, and that is an answer, too.
    assert index.handler(cloudformation.request(), Context()) == {'answered': True}
    assert cloudformation.answer['Reason'].startswith('Shop/Release: the command was not started: An error occurred (ValidationError)')


def test_an_error_that_nobody_foresaw_is_answered(index: types.ModuleType, aws: Aws, cloudformation: CloudFormation) -> None:
    request = cloudformation.request()
    request['ResourceProperties'] = {'ConstructPath': 'Shop/Release', 'StateMachine': None}
    del request['StackId']
    request['StackId'] = 5  # type: ignore[assignment]
    assert index.handler(request, Context()) == {'answered': True}
    assert cloudformation.answer['Status'] == 'FAILED'
    assert cloudformation.answer['Reason'].startswith('Shop/Release: ParamValidationError')
    assert cloudformation.answer['Reason'].endswith('The log group of the handler has the details.')


@pytest.mark.parametrize('module', ['dispatch', 'deployment', 'outcome', 'clients', 'deadline', 'task_failure', 'task_log'])
def test_a_module_that_cannot_be_imported_is_answered(
    index: types.ModuleType, cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch, module: str,
) -> None:
    for name in ('dispatch', 'deployment', 'outcome', 'clients', 'deadline', 'task_failure', 'task_log'):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    assert index.handler(cloudformation.request(), Context()) == {'answered': True}
    assert cloudformation.answer['Status'] == 'FAILED'
    assert f'import of {module} halted' in cloudformation.answer['Reason']


def test_the_function_that_has_no_time_left_answers(index: types.ModuleType, aws: Aws, cloudformation: CloudFormation) -> None:
    index.handler(cloudformation.request(), Context(9_000))
    assert cloudformation.answer['Status'] == 'FAILED'
    assert 'timed out while reading the status of the stack' in cloudformation.answer['Reason']


@pytest.mark.parametrize('event', [{'surprise': True}, {'run': {'name': 'x'}, 'execution': 'arn'}])
def test_an_error_of_any_other_event_is_raised_so_that_its_sender_tries_again(
    index: types.ModuleType, aws: Aws, event: dict[str, Any],
) -> None:
    with pytest.raises((ValueError, KeyError)):
        index.handler(event, Context())
