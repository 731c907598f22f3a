"""The definition and the rights of the template as a whole: nothing in them is dead, and nothing is missing."""
from __future__ import annotations

import json
from typing import Any

import access_policies
import fargate
import pytest
from access_policies import allows
from command_world import MakeWorld, World
from deployed_template import Deployed, machine_of
from fargate import NeverStarts, Runs
from states_language import StateError

CLEANUP = ['python', 'manage.py', 'cleanup']
FAILS = 'raise SystemExit(1)'
HANGS = 'import time; time.sleep(60)'


def everything(world: World) -> None:
    """What can happen to a runner: a deployment that succeeds, one that fails, one that is stopped, runs that wait, give way, are tried again and fail."""
    assert world.handler
    world.handler.deploy('Create', number=1)
    world.start('Cleanup-1', name='Cleanup', command=CLEANUP, exclusive='Cleanup', heartbeat=True)
    world.run(until=10)
    world.start('Cleanup-2', name='Cleanup', command=CLEANUP, exclusive='Cleanup', heartbeat=True)
    world.start('Cleanup-3', name='Cleanup', command=CLEANUP, exclusive='Cleanup', whenRunning='WAIT', heartbeat=True)
    world.run()
    world.fargate.program(FAILS)
    world.handler.deploy(number=2)
    world.start('Report-1', name='Report', command=CLEANUP, retryAttempts=1)
    world.run()
    world.fargate.program(HANGS)
    world.fargate.behaviours.append(Runs(seconds=fargate.ENDLESS))
    world.handler.deploy(number=3)
    world.run()
    world.fargate.behaviours.append(Runs(seconds=fargate.ENDLESS))
    world.handler.deploy(number=4)
    world.run(until=100)
    world.handler.deploy('Delete', number=5)
    world.run()


class TestTheDefinition:
    @pytest.mark.parametrize('name', ['whole', 'least'])
    def test_is_legal(self, templates: dict[str, Deployed], name: str) -> None:
        definition = templates[name].properties(templates[name].one('AWS::StepFunctions::StateMachine'))['DefinitionString']
        assert machine_of(templates[name]).states.keys() == json.loads(definition)['States'].keys()

    def test_has_no_state_that_is_never_entered(self, world: World) -> None:
        everything(world)
        visited = {name for execution in world.executions.all for name in execution.visited}
        assert visited == world.executions.machine.states.keys()

    def test_leaves_no_run_without_an_end(self, world: World) -> None:
        everything(world)
        assert {execution.status for execution in world.executions.all} == {'SUCCEEDED', 'FAILED', 'ABORTED'}
        assert not world.fargate.running()


class TestTheRights:
    def test_of_the_state_machine_are_what_it_needs(self, world: World) -> None:
        everything(world)
        assert world.used == actions(world.machine_statements)

    def test_of_the_handler_are_what_it_needs(self, world: World) -> None:
        everything(world)
        assert world.handler
        # Lambda itself writes the log.
        assert world.handler.used | {'logs:CreateLogStream', 'logs:PutLogEvents'} == actions(world.handler.statements)

    @pytest.mark.parametrize(('action', 'resource', 'context'), [
        ('ecs:RunTask', 'arn:aws:ecs:eu-west-1:123456789012:task-definition/Other:1', {'ecs:cluster': 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop'}),
        ('ecs:StopTask', 'arn:aws:ecs:eu-west-1:123456789012:task/other/1', {}),
        ('iam:PassRole', 'arn:aws:iam::123456789012:role/Admin', {'iam:PassedToService': 'ecs-tasks.amazonaws.com'}),
        ('cloudwatch:PutMetricData', '*', {'cloudwatch:namespace': 'AWS/Billing'}),
        ('sns:Publish', 'arn:aws:sns:eu-west-1:123456789012:Other', {}),
        ('states:ListExecutions', 'arn:aws:states:eu-west-1:123456789012:stateMachine:Other', {}),
        ('states:StopExecution', 'arn:aws:states:eu-west-1:123456789012:execution:Commands:a', {}),
    ])
    def test_of_the_state_machine_end_there(self, world: World, action: str, resource: str, context: dict[str, str]) -> None:
        assert not allows(world.machine_statements, action, resource, context)

    def test_of_a_process_that_was_not_added_end_in_a_reason(self, world: World) -> None:
        world.machine_statements = [statement for statement in world.machine_statements if 'ecs:RunTask' not in access_policies.listed(statement['Action'])]
        execution = world.start('by-hand', name='Cleanup', command=CLEANUP)
        world.run()
        assert execution.cause and 'is not authorized to perform: ecs:RunTask' in execution.cause
        assert world.fargate.tasks == []


class TestThePolicies:
    STATEMENTS = [
        {'Effect': 'Allow', 'Action': 'ecs:RunTask', 'Resource': 'arn:task-definition/Shop:*', 'Condition': {'ArnEquals': {'ecs:cluster': 'arn:cluster/shop'}}},
        {'Effect': 'Allow', 'Action': ['s3:Get*'], 'Resource': ['arn:bucket/a', 'arn:bucket/b?']},
    ]

    @pytest.mark.parametrize(('action', 'resource', 'context', 'allowed'), [
        ('ecs:RunTask', 'arn:task-definition/Shop:7', {'ecs:cluster': 'arn:cluster/shop'}, True),
        ('ECS:runtask', 'arn:task-definition/Shop:7', {'ecs:cluster': 'arn:cluster/shop'}, True),
        ('ecs:RunTask', 'arn:task-definition/Shop:7', {'ecs:cluster': 'arn:cluster/other'}, False),
        ('ecs:RunTask', 'arn:task-definition/Shop:7', {}, False),
        ('ecs:RunTask', 'arn:task-definition/Shopper:7', {'ecs:cluster': 'arn:cluster/shop'}, False),
        ('ecs:StopTask', 'arn:task-definition/Shop:7', {'ecs:cluster': 'arn:cluster/shop'}, False),
        ('s3:GetObject', 'arn:bucket/b1', {}, True), ('s3:GetObject', 'arn:bucket/b', {}, False), ('s3:PutObject', 'arn:bucket/a', {}, False),
    ])
    def test_are_evaluated_as_iam_does(self, action: str, resource: str, context: dict[str, str], allowed: bool) -> None:
        assert allows(self.STATEMENTS, action, resource, context) is allowed

    @pytest.mark.parametrize('change', [{'Effect': 'Deny'}, {'NotAction': 'a'}, {'Condition': {'IpAddress': {'aws:SourceIp': '10.0.0.0/8'}}}])
    def test_that_are_not_known_are_refused(self, change: dict[str, Any]) -> None:
        with pytest.raises(AssertionError):
            allows([{**self.STATEMENTS[1], **change}], 's3:GetObject', 'arn:bucket/a')


class TestTheTask:
    """The stand-in says what AWS says."""

    def test_that_ended_has_the_form_of_a_recorded_one(self, world: World) -> None:
        world.start('by-hand', command=CLEANUP)
        world.run()
        (task,) = world.fargate.tasks
        described = task.description(world.fargate.cluster)
        assert (described['StopCode'], described['StoppedReason']) == ('EssentialContainerExited', 'Essential container in task exited')
        assert described['Containers'][0]['ExitCode'] == 0
        assert {'TaskArn', 'TaskDefinitionArn', 'ClusterArn', 'Overrides', 'LastStatus', 'Cpu', 'Memory', 'StartedBy'} <= described.keys()

    def test_that_never_started_has_no_exit_code(self, world: World) -> None:
        world.fargate.behaviours.append(NeverStarts('CannotPullContainerError: x'))
        world.start('by-hand', command=CLEANUP)
        world.run()
        (task,) = world.fargate.tasks
        described = task.description(world.fargate.cluster)
        assert (described['StopCode'], described['Containers'][0]['Reason']) == ('TaskFailedToStart', 'CannotPullContainerError: x')
        assert 'ExitCode' not in described['Containers'][0]

    @pytest.mark.parametrize(('program', 'code'), [('raise SystemExit(3)', 3), ('import os; os.kill(os.getppid(), 9)', 137), ('import os; os.abort()', 134)])
    def test_has_the_exit_code_of_its_process(self, world: World, program: str, code: int) -> None:
        world.fargate.program(program)
        world.start('by-hand', command=CLEANUP)
        world.run()
        assert [task.exit_code for task in world.fargate.tasks] == [code]

    def test_is_refused_with_arguments_that_ecs_does_not_know(self, world: World) -> None:
        steps = world.fargate.run_task({'Cluster': 'c', 'TaskDefinition': 't', 'TaskDefinitionArn': 'x'}, world.authorize, lambda _: None, 'e')
        with pytest.raises(StateError, match="RunTask has no \\['TaskDefinitionArn'\\]"):
            list(steps)


def test_a_runner_alone_runs_without_a_handler(make_world: MakeWorld) -> None:
    world = make_world('least')
    assert world.handler is None
    world.start('by-hand', name='Cleanup', command=CLEANUP, **world.process_input())
    world.run()
    assert [execution.status for execution in world.executions.all] == ['SUCCEEDED']


def actions(statements: list[dict[str, Any]]) -> set[str]:
    return {action for statement in statements for action in access_policies.listed(statement['Action'])}
