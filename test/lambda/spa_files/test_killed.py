"""Lambda may stop the function at any moment: what is served is whole, and a second attempt ends where an undisturbed one does."""
from __future__ import annotations

from typing import Any, Callable

import pytest
from doubles import Clock, CloudFormation

from .aws import Aws, Killed, Template
from .conftest import FIRST, SCRIPT_1, SECOND, THIRD, Handler, emulated

BUILDS = {'first': FIRST, 'second': SECOND, 'third': THIRD}


def state_of(aws: Aws) -> dict[str, Any]:
    return {'files': aws.files(), 'superseded': aws.superseded()}


def is_whole(aws: Aws) -> bool:
    """Whether the start page finds what it names, also when nothing is deployed any more."""
    if 'index.html' not in aws.files():
        return True
    build = BUILDS[aws.text('index.html')]
    hashed = {name: content for name, content in build.items() if name.startswith('assets/')}
    return hashed.items() <= aws.files().items() and not aws.superseded() & (build.keys() | {'config.json'})


def create(handler: Handler) -> None:
    handler.create()


def second(handler: Handler) -> None:
    handler.update(SECOND)


def third(handler: Handler) -> None:
    handler.update(THIRD)


def back(handler: Handler) -> None:
    handler.update(FIRST)


def configure(handler: Handler) -> None:
    handler.update(Config='{"siteName":"Store"}')


# What happens, and what has happened before.
SCENARIOS: dict[str, tuple[Callable[[Handler], None], list[Callable[[Handler], None]]]] = {
    'create': (create, []),
    'update': (second, [create]),
    'second update': (third, [create, second]),
    'former build': (back, [create, second]),
    'configuration': (configure, [create]),
}


@pytest.fixture(autouse=True)
def one_call_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that each number is that of the same call."""
    monkeypatch.setattr('parallel.THREADS', 1)


@pytest.mark.parametrize('name', SCENARIOS)
@pytest.mark.parametrize('moment', ['before', 'after'])
def test_and_a_second_attempt_ends_where_an_undisturbed_one_does(template: Template, monkeypatch: pytest.MonkeyPatch, name: str, moment: str) -> None:
    act, history = SCENARIOS[name]

    def end(kill_at: int | None) -> tuple[dict[str, Any], bool]:
        """The state in the end, and whether the function was stopped on the way."""
        with monkeypatch.context() as patch, emulated(template, patch) as aws:
            handler = deployed(aws, template, history)
            aws.kill_at = (kill_at, moment) if kill_at else None
            try:
                act(handler)
                return state_of(aws), False
            except Killed:
                assert is_whole(aws), f'killed {moment} call {kill_at}'
                aws.kill_at = None
                act(handler)
                return state_of(aws), True
            finally:
                handler.cloudformation.close()

    undisturbed, _ = end(None)
    number, killed = 0, True
    while killed:
        number += 1
        state, killed = end(number)
        assert state == undisturbed, f'killed {moment} call {number}'
    assert number > 6, 'it died at each call'


@pytest.mark.parametrize('moment', ['before', 'after'])
def test_and_a_roll_back_ends_with_the_former_build_alone(template: Template, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    number, killed = 0, True
    while killed:
        number += 1
        with monkeypatch.context() as patch, emulated(template, patch) as aws:
            handler = deployed(aws, template, [create])
            before = state_of(aws)
            aws.kill_at = (number, moment)
            killed = False
            try:
                second(handler)
            except Killed:
                killed = True
            aws.kill_at = None
            back(handler)
            handler.cloudformation.close()
            aws.let_days_pass(31)
            assert state_of(aws) == before, f'killed {moment} call {number}'
    assert number > 12, 'it died at each call'


@pytest.mark.parametrize('moment', ['before', 'after'])
def test_and_a_second_delete_leaves_nothing(template: Template, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    number, killed = 0, True
    while killed:
        number += 1
        with monkeypatch.context() as patch, emulated(template, patch) as aws:
            handler = deployed(aws, template, [create])
            aws.kill_at = (number, moment)
            killed = False
            try:
                handler.delete()
            except Killed:
                killed = True
            aws.kill_at = None
            assert handler.delete()['Status'] == 'SUCCESS'
            handler.cloudformation.close()
            assert aws._objects == {}
    assert number > 6, 'it died at each call'


def test_the_check_finds_what_is_not_whole(created: Handler, aws: Aws) -> None:
    assert is_whole(aws)
    del aws._objects[SCRIPT_1]
    assert not is_whole(aws)


def deployed(aws: Aws, template: Template, history: list[Callable[[Handler], None]]) -> Handler:
    """The handler after what has happened before."""
    handler = Handler(aws, Clock(300), CloudFormation('Custom::SpaFiles', 'FilesPublished5EDB4747', template.one('Custom::SpaFiles')))
    aws.upload(FIRST)
    for step in history:
        step(handler)
    aws.calls.clear()
    aws.parameters.clear()
    return handler
