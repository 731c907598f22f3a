"""The interpreter, against the examples of the Amazon States Language (https://states-language.net/spec.html)."""
from __future__ import annotations

import itertools
import random
from typing import Any, Union

import pytest
from states_definition import InvalidDefinition
from states_language import ExecutionFailed, Run, StateError, StateMachine, Steps
from virtual_time import BEGINNING, Timeline

#: What the external code of a task gives: a result, an error, or the seconds that it takes before the result 'slow'.
Answer = Union[StateError, float, dict[str, Any], str]


class Machine:
    """A state machine whose tasks give what a test wants."""

    def __init__(self, states: dict[str, Any], *answers: Answer, **top: Any) -> None:
        self.timeline, self.answers = Timeline(), list(answers)
        self.arguments: list[Any] = []
        self.moments: list[float] = []
        self.stopped: list[float] = []
        self.machine = StateMachine({'QueryLanguage': 'JSONata', 'StartAt': next(iter(states)), 'States': states, **top})
        context = {'Execution': {'Id': 'arn:execution', 'StartTime': '2026-03-01T12:00:00.000Z'}, 'ElapsedTime': 7}
        self.run = Run(context, lambda: self.timeline.now, self._perform, random.Random(1))

    def _perform(self, _: str, arguments: Any) -> Steps:
        self.arguments.append(arguments)
        self.moments.append(self.timeline.elapsed)
        answer = self.answers.pop(0)
        yield from ()
        if isinstance(answer, StateError):
            raise answer
        if isinstance(answer, (int, float)):
            try:
                yield answer
            except GeneratorExit:
                self.stopped.append(self.timeline.elapsed)
                raise
            return 'slow'
        return answer

    def execute(self, given: Any = None) -> Any:
        ended: list[tuple[Any, BaseException | None]] = []
        self.timeline.drive(self.machine.execute({} if given is None else given, self.run), lambda output, error: ended.append((output, error)))
        self.timeline.run()
        ((output, error),) = ended
        if error:
            raise error
        return output

    @property
    def pauses(self) -> list[float]:
        return [later - earlier for earlier, later in itertools.pairwise(self.moments)]


def task(**fields: Any) -> dict[str, Any]:
    return {'Type': 'Task', 'Resource': 'arn:aws:states:us-east-1:123456789012:task:X', 'End': True, **fields}


DONE = {'Type': 'Succeed'}


class TestVariables:
    def test_are_seen_by_later_states(self) -> None:
        assert Machine({
            'FirstState': {'Type': 'Pass', 'Assign': {'make': 'Infiniti', 'model': 'G35', 'year': 2006}, 'Next': 'SecondState'},
            'SecondState': {'Type': 'Pass', 'Output': "{% $year & ' ' & $make & ' ' & $model %}", 'End': True},
        }).execute() == '2006 Infiniti G35'

    def test_have_their_new_value_only_in_the_next_state(self) -> None:
        assert Machine({
            'Before': {'Type': 'Pass', 'Assign': {'x': 5}, 'Next': 'Assigning'},
            'Assigning': {'Type': 'Pass', 'Assign': {'x': 42, 'newOrOld': '{% $x %}'}, 'Output': '{% $x %}', 'Next': 'Referencing'},
            'Referencing': {'Type': 'Succeed', 'Output': ['{% $x %}', '{% $newOrOld %}', '{% $states.input %}']},
        }).execute() == [42, 5, 5]

    def test_are_not_assigned_inside_of_an_expression(self) -> None:
        with pytest.raises(ExecutionFailed, match=r'States.QueryEvaluationError.*returned nothing \(undefined\)'):
            Machine({'A': {'Type': 'Pass', 'Output': '{% ($x := 1; $x) %}', 'Next': 'B'}, 'B': {'Type': 'Succeed', 'Output': '{% $x %}'}}).execute()


class TestATask:
    def test_gets_its_arguments_and_gives_its_output(self) -> None:
        machine = Machine({
            'GetSampleData': {'Type': 'Pass', 'Next': 'A Task', 'Assign': {
                'student': {'name': 'Scotland', 'course': [{'grade': 34}, {'grade': 99}, {'grade': 76}, {'grade': 96}]},
                'class': {'teacher': 'Bert'}, 'two': 'the number 2'}},
            'A Task': task(Arguments={'student': '{% $student.name %}', 'classInfo': {'teacher': '{% $class.teacher %}'}, 'values': [1, '{% $two %}', 'three']},
                           Output="{% { 'avg': $average($student.course.grade), 'num': $count($student.course) }  %}"),
        }, {'status': 'ok'})
        assert machine.execute() == {'avg': 76.25, 'num': 4}
        assert machine.arguments == [{'student': 'Scotland', 'classInfo': {'teacher': 'Bert'}, 'values': [1, 'the number 2', 'three']}]

    MY_TASK = task(
        Output={'customer': '{% $states.input.customer %}', 'resultStatus': '{% $states.result.status %}', 'elapsedTime': '{% $states.context.ElapsedTime %}'},
        Catch=[{'ErrorEquals': ['States.ALL'], 'Output': {'errorDetails': '{% $states.errorOutput %}', 'input': '{% $states.input %}'},
                'Next': 'Handle Error'}])

    def test_that_succeeds_has_its_result(self) -> None:
        assert Machine({'My Task': self.MY_TASK, 'Handle Error': DONE}, {'status': 'fine'}).execute({'customer': 'C'}) == {
            'customer': 'C', 'resultStatus': 'fine', 'elapsedTime': 7}

    def test_that_fails_has_its_error(self) -> None:
        assert Machine({'My Task': self.MY_TASK, 'Handle Error': DONE}, StateError('Bad', 'luck')).execute({'customer': 'C'}) == {
            'errorDetails': {'Error': 'Bad', 'Cause': 'luck'}, 'input': {'customer': 'C'}}

    def test_without_arguments_and_output_passes_input_and_result_on(self) -> None:
        machine = Machine({'A': task()}, {'b': 1})
        assert (machine.execute({'a': 1}), machine.arguments) == ({'b': 1}, [{'a': 1}])

    def test_that_is_not_caught_fails_the_execution(self) -> None:
        with pytest.raises(ExecutionFailed) as caught:
            Machine({'A': task()}, StateError('Bad', 'luck')).execute()
        assert (caught.value.error, caught.value.cause) == ('Bad', 'luck')

    @pytest.mark.parametrize(('seconds', 'limit', 'ends'), [
        (300, 300, True), (301, 300, False), (5, '{% $states.input.limit %}', True), (61, '{% $states.input.limit %}', False),
    ])
    def test_that_takes_longer_than_its_timeout_is_stopped(self, seconds: float, limit: Any, ends: bool) -> None:
        machine = Machine({'A': task(TimeoutSeconds=limit)}, seconds)
        if ends:
            assert machine.execute({'limit': 60}) == 'slow'
            return
        with pytest.raises(ExecutionFailed) as caught:
            machine.execute({'limit': 60})
        assert (caught.value.error, caught.value.cause, machine.stopped) == ('States.Timeout', None, [seconds - 1])

    @pytest.mark.parametrize('limit', ["{% 'a name' %}", '{% 1.5 %}', '{% 0 %}', '{% -1 %}', '{% $states.input.absent %}', '{% true %}'])
    def test_with_a_timeout_that_is_no_positive_integer_fails(self, limit: str) -> None:
        with pytest.raises(ExecutionFailed, match='States.QueryEvaluationError'):
            Machine({'A': task(TimeoutSeconds=limit)}, 5).execute()

    def test_whose_expression_fails_is_caught(self) -> None:
        catch = [{'ErrorEquals': ['States.QueryEvaluationError'], 'Next': 'B'}]
        output = Machine({'A': task(Arguments='{% $states.input.absent %}', Catch=catch), 'B': DONE}).execute()
        assert output['Error'] == 'States.QueryEvaluationError'
        assert "the state 'A'" in output['Cause'] and "'Arguments' returned nothing (undefined)" in output['Cause']

    def test_sees_when_it_was_entered_and_how_often_it_was_tried(self) -> None:
        machine = Machine({
            'Wait': {'Type': 'Wait', 'Seconds': 90, 'Next': 'A'},
            'A': task(Arguments='{% $states.context.State %}', Retry=[{'ErrorEquals': ['States.ALL'], 'IntervalSeconds': 5}])}, StateError('Bad'), 'ok')
        machine.execute()
        assert machine.arguments == [{'Name': 'A', 'EnteredTime': '2026-03-01T12:01:30.000Z', 'RetryCount': count} for count in (0, 1)]

    def test_with_more_data_than_there_may_be_fails_and_is_not_caught_with_all_the_rest(self) -> None:
        states = {'A': task(Catch=[{'ErrorEquals': ['States.ALL'], 'Next': 'B'}]), 'B': DONE}
        with pytest.raises(ExecutionFailed, match='States.DataLimitExceeded'):
            Machine(states, 'x' * 262_144).execute()
        assert Machine(states, 'x' * 262_142).execute()


class TestRetries:
    def test_come_at_growing_intervals(self) -> None:
        machine = Machine({'A': task(Retry=[{'ErrorEquals': ['States.Timeout'], 'IntervalSeconds': 3, 'MaxAttempts': 2, 'BackoffRate': 2.0}])},
                          *[StateError('States.Timeout')] * 3)
        with pytest.raises(ExecutionFailed, match='States.Timeout'):
            machine.execute()
        assert machine.pauses == [3, 6]

    def test_come_at_intervals_that_have_a_limit(self) -> None:
        retrier = {'ErrorEquals': ['States.Timeout'], 'IntervalSeconds': 3, 'MaxAttempts': 2, 'BackoffRate': 2.0, 'MaxDelaySeconds': 4}
        machine = Machine({'A': task(Retry=[retrier])}, StateError('States.Timeout'), StateError('States.Timeout'), 'ok')
        assert machine.execute() == 'ok'
        assert machine.pauses == [3, 4]

    def test_have_defaults(self) -> None:
        machine = Machine({'A': task(Retry=[{'ErrorEquals': ['States.Timeout'], 'MaxAttempts': 0}, {'ErrorEquals': ['States.ALL']}])},
                          *[StateError('Bad')] * 3, 'ok')
        assert machine.execute() == 'ok'
        assert machine.pauses == [1, 2, 4]

    def test_may_be_none(self) -> None:
        retry = [{'ErrorEquals': ['States.Timeout'], 'MaxAttempts': 0}, {'ErrorEquals': ['States.ALL']}]
        machine = Machine({'A': task(Retry=retry)}, StateError('States.Timeout'))
        with pytest.raises(ExecutionFailed, match='States.Timeout'):
            machine.execute()
        assert len(machine.moments) == 1

    def test_are_counted_by_each_retrier_on_its_own(self) -> None:
        machine = Machine({
            'X': task(Retry=[{'ErrorEquals': ['ErrorA', 'ErrorB'], 'IntervalSeconds': 1, 'BackoffRate': 2, 'MaxAttempts': 2},
                             {'ErrorEquals': ['ErrorC'], 'IntervalSeconds': 5}], Catch=[{'ErrorEquals': ['States.ALL'], 'Next': 'Z'}]),
            'Z': DONE,
        }, *(StateError(name) for name in ('ErrorA', 'ErrorB', 'ErrorC', 'ErrorB')))
        assert machine.execute() == {'Error': 'ErrorB'}
        assert machine.pauses == [1, 2, 5]

    def test_begin_anew_when_the_state_is_entered_again(self) -> None:
        machine = Machine({
            'X': task(Retry=[{'ErrorEquals': ['Bad'], 'MaxAttempts': 1}], Catch=[{'ErrorEquals': ['States.ALL'], 'Assign': {'again': True}, 'Next': 'Again?'}]),
            'Again?': {'Type': 'Choice', 'Choices': [{'Condition': '{% $exists($second) %}', 'Next': 'End'}], 'Default': 'Once more'},
            'Once more': {'Type': 'Pass', 'Assign': {'second': 1}, 'Next': 'X'}, 'End': DONE,
        }, *[StateError('Bad')] * 4)
        machine.execute()
        assert len(machine.moments) == 4

    def test_with_jitter_come_at_random_before_their_time(self) -> None:
        retrier = {'ErrorEquals': ['Bad'], 'IntervalSeconds': 100, 'BackoffRate': 1, 'MaxAttempts': 50, 'JitterStrategy': 'FULL'}
        machine = Machine({'A': task(Retry=[retrier])}, *[StateError('Bad')] * 50, 'ok')
        machine.execute()
        assert all(0 <= pause <= 100 for pause in machine.pauses) and max(machine.pauses) - min(machine.pauses) > 50


class TestErrorNames:
    @pytest.mark.parametrize(('name', 'error', 'caught'), [
        ('States.ALL', 'Anything', True), ('States.ALL', 'States.Timeout', True),
        ('States.ALL', 'States.DataLimitExceeded', False), ('States.ALL', 'States.Runtime', False),
        ('States.TaskFailed', 'ECS.AmazonECSException', True), ('States.TaskFailed', 'States.Timeout', False), ('States.TaskFailed', 'States.TaskFailed', True),
        ('States.Timeout', 'States.Timeout', True), ('ECS', 'ECS.AmazonECSException', False), ('States.DataLimitExceeded', 'States.DataLimitExceeded', True),
    ])
    def test_are_matched(self, name: str, error: str, caught: bool) -> None:
        machine = Machine({'A': task(Catch=[{'ErrorEquals': [name], 'Next': 'B'}]), 'B': DONE}, StateError(error))
        if caught:
            assert machine.execute() == {'Error': error}
        else:
            with pytest.raises(ExecutionFailed):
                machine.execute()

    CATCH = [
        {'ErrorEquals': ['java.lang.Exception'], 'Output': "{% $merge([ $states.input, {'error-info': $states.errorOutput} ]) %}", 'Next': 'RecoveryState'},
        {'ErrorEquals': ['States.ALL'], 'Assign': {'isCritical': '{% $contains($lowercase($states.errorOutput.Error), /.*fatal.*/)  %}'},
         'Next': 'EndMachine'},
    ]

    @pytest.mark.parametrize(('error', 'output'), [
        ('java.lang.Exception', {'a': 1, 'error-info': {'Error': 'java.lang.Exception', 'Cause': 'c'}}),
        ('FatalError', ['FatalError', True]), ('Other', ['Other', False]),
    ])
    def test_choose_the_first_catcher_that_fits(self, error: str, output: Any) -> None:
        states = {'A': task(Catch=self.CATCH), 'RecoveryState': DONE,
                  'EndMachine': {'Type': 'Succeed', 'Output': ['{% $states.input.Error %}', '{% $isCritical %}']}}
        assert Machine(states, StateError(error, 'c')).execute({'a': 1}) == output


class TestAChoice:
    STATES = {
        'Begin': {'Type': 'Pass', 'Assign': {'value': '{% $states.input.value %}', 'range': 'none'}, 'Next': 'DispatchEvent'},
        'DispatchEvent': {
            'Type': 'Choice',
            'Choices': [
                {'Condition': "{% $states.input.type != 'Private' %}", 'Next': 'Public'},
                {'Condition': "{% $exists($value) and $type($value)='number' and $value>=20 and $value<30 %}", 'Assign': {'range': 'twenties'},
                 'Next': 'ValueInTwenties'},
                {'Condition': '{% $states.input.rating >= $states.input.auditThreshold %}',
                 'Output': {'excess': '{% $states.input.rating - $states.input.auditThreshold %}'}, 'Next': 'StartAudit'},
            ],
            'Default': 'RecordEvent', 'Assign': {'range': 'default'},
        },
        **{name: {'Type': 'Succeed', 'Output': [name, '{% $states.input %}', '{% $range %}']}
           for name in ('Public', 'ValueInTwenties', 'StartAudit', 'RecordEvent')},
    }

    @pytest.mark.parametrize(('given', 'name', 'passed', 'assigned'), [
        ({'type': 'Other', 'value': 1}, 'Public', None, 'none'),
        ({'type': 'Private', 'value': 23}, 'ValueInTwenties', None, 'twenties'),
        ({'type': 'Private', 'value': 1, 'rating': 7, 'auditThreshold': 5}, 'StartAudit', {'excess': 2}, 'none'),
        ({'type': 'Private', 'value': 1, 'rating': 3, 'auditThreshold': 5}, 'RecordEvent', None, 'default'),
    ])
    def test_takes_the_first_rule_that_holds(self, given: Any, name: str, passed: Any, assigned: str) -> None:
        assert Machine(self.STATES).execute(given) == [name, passed or given, assigned]

    @pytest.mark.parametrize('condition', ["{% 'true' %}", '{% 1 %}', '{% null %}', '{% $states.input.absent %}'])
    def test_needs_a_boolean(self, condition: str) -> None:
        with pytest.raises(ExecutionFailed, match='States.QueryEvaluationError'):
            Machine({'A': {'Type': 'Choice', 'Choices': [{'Condition': condition, 'Next': 'B'}], 'Default': 'B'}, 'B': DONE}).execute()

    def test_without_a_default_fails_when_nothing_holds(self) -> None:
        with pytest.raises(ExecutionFailed, match='States.NoChoiceMatched'):
            Machine({'A': {'Type': 'Choice', 'Choices': [{'Condition': False, 'Next': 'B'}]}, 'B': DONE}).execute()


class TestAWait:
    @pytest.mark.parametrize(('fields', 'elapsed'), [
        ({'Seconds': 10}, 10), ({'Seconds': '{% $states.input.pause %}'}, 15), ({'Timestamp': '2026-03-01T13:00:00Z'}, 3600),
        ({'Timestamp': '{% $states.input.expirydate %}'}, 86_400), ({'Timestamp': '2016-03-14T01:59:00Z'}, 0), ({'Seconds': '{% 0 %}'}, 0),
    ])
    def test_takes_its_time(self, fields: dict[str, Any], elapsed: float) -> None:
        machine = Machine({'wait': {'Type': 'Wait', **fields, 'Next': 'NextState'}, 'NextState': DONE})
        given = {'pause': 15, 'expirydate': '2026-03-02T14:00:00+02:00'}
        assert machine.execute(given) == given
        assert machine.timeline.now == BEGINNING + elapsed

    @pytest.mark.parametrize('fields', [{'Seconds': '{% 1.5 %}'}, {'Seconds': '{% -1 %}'}, {'Seconds': "{% '5' %}"}, {'Timestamp': "{% 'tomorrow' %}"}])
    def test_of_no_time_fails(self, fields: dict[str, Any]) -> None:
        with pytest.raises(ExecutionFailed, match='States.QueryEvaluationError'):
            Machine({'wait': {'Type': 'Wait', **fields, 'End': True}}).execute()


class TestAFailure:
    @pytest.mark.parametrize(('fields', 'error', 'cause'), [
        ({'Error': 'ErrorA', 'Cause': 'Kaiju attack'}, 'ErrorA', 'Kaiju attack'), ({}, None, None),
        ({'Comment': 'my error comment', 'Error': '{% $states.input.Error %}', 'Cause': '{% $states.input.Cause %}'}, 'E', 'C'),
        ({'Error': '{% $states.input.number %}'}, 'States.QueryEvaluationError', ...),
    ])
    def test_has_its_error_and_cause(self, fields: dict[str, str], error: str, cause: Any) -> None:
        with pytest.raises(ExecutionFailed) as caught:
            Machine({'FailState': {'Type': 'Fail', **fields}}).execute({'Error': 'E', 'Cause': 'C', 'number': 5})
        assert caught.value.error == error
        assert cause is ... or caught.value.cause == cause


class TestWhatIsNotKnown:
    @pytest.mark.parametrize('states', [
        {'A': {'Type': 'Map', 'End': True}}, {'A': {'Type': 'Parallel', 'End': True}}, {'A': {'End': True}},
        {'A': {'Type': 'Pass', 'End': True, 'Result': 1}}, {'A': {'Type': 'Pass', 'End': True, 'Parameters': {}}},
        {'A': {'Type': 'Pass', 'End': True, 'ResultPath': '$'}},
        {'A': task(HeartbeatSeconds=5)}, {'A': task(TimeoutSecondsPath='$.x')}, {'A': task(InputPath='$')},
        {'A': task(ResultSelector={})}, {'A': task(Credentials={})},
        {'A': {**task(), 'QueryLanguage': 'JSONPath'}}, {'A': {'Type': 'Task', 'End': True}},
        {'A': {'Type': 'Succeed', 'End': True}}, {'A': {'Type': 'Succeed', 'Assign': {}}},
        {'A': {'Type': 'Fail', 'Output': 1}}, {'A': {'Type': 'Fail', 'CausePath': '$'}},
        {'A': {'Type': 'Pass'}}, {'A': {'Type': 'Pass', 'End': True, 'Next': 'A'}}, {'A': {'Type': 'Pass', 'Next': 'B'}},
        {'A': {'Type': 'Pass', 'End': True}, 'B': DONE}, {'A': {'Type': 'Pass', 'Next': 'A'}}, {'x' * 81: DONE},
        {'A': {'Type': 'Wait', 'End': True}}, {'A': {'Type': 'Wait', 'Seconds': 1, 'Timestamp': '2026-03-01T13:00:00Z', 'End': True}},
        {'A': {'Type': 'Choice', 'Choices': []}}, {'A': {'Type': 'Choice', 'Choices': [{'Condition': True}]}},
        {'A': {'Type': 'Choice', 'Choices': [{'Condition': 'true', 'Next': 'B'}]}, 'B': DONE},
        {'A': {'Type': 'Choice', 'Choices': [{'Variable': '$.x', 'IsPresent': True, 'Next': 'B'}]}, 'B': DONE},
        {'A': task(Retry=[{'ErrorEquals': []}])}, {'A': task(Retry=[{'ErrorEquals': ['States.ALL', 'Bad']}])},
        {'A': task(Retry=[{'ErrorEquals': ['States.ALL']}, {'ErrorEquals': ['Bad']}])}, {'A': task(Retry=[{'ErrorEquals': ['Bad'], 'IntervalSeconds': 0}])},
        {'A': task(Retry=[{'ErrorEquals': ['Bad'], 'BackoffRate': 0.5}])}, {'A': task(Retry=[{'ErrorEquals': ['Bad'], 'MaxAttempts': '{% 1 %}'}])},
        {'A': task(Retry=[{'ErrorEquals': ['Bad'], 'JitterStrategy': 'SAMPLE'}])}, {'A': task(Retry=[{'ErrorEquals': ['Bad'], 'Seconds': 1}])},
        {'A': task(Retry=[{'ErrorEquals': ['Bad'], 'IntervalSeconds': 5, 'MaxDelaySeconds': 5}])},
        {'A': task(Catch=[{'ErrorEquals': ['Bad'], 'ResultPath': '$', 'Next': 'B'}]), 'B': DONE}, {'A': task(Resource='{% $x %}')},
        {'A': {'Type': 'Pass', 'Assign': {'states': 1}, 'End': True}}, {'A': {'Type': 'Pass', 'Assign': {'a-b': 1}, 'End': True}},
        {'A': {'Type': 'Pass', 'Output': '{% $states.result %}', 'End': True}}, {'A': task(Arguments='{% $states.result %}')},
        {'A': task(Output='{% $states.errorOutput %}')}, {'A': {'Type': 'Pass', 'Output': '{% 1 + %}', 'End': True}}, {'A': task(TimeoutSeconds=0)},
    ])
    def test_is_refused(self, states: dict[str, Any]) -> None:
        with pytest.raises(InvalidDefinition):
            Machine(states)

    @pytest.mark.parametrize('top', [{'QueryLanguage': 'JSONPath'}, {'Version': '2.0'}, {'ProcessorConfig': {}}, {'TimeoutSeconds': 60}, {'StartAt': 'B'}])
    def test_is_refused_at_the_top_too(self, top: dict[str, Any]) -> None:
        with pytest.raises(InvalidDefinition):
            Machine({'A': DONE}, **top)
