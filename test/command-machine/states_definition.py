"""What the Amazon States Language allows, of the states and fields that the state machine of the commands uses.

Everything else is refused, so that a test never passes because something was ignored. https://states-language.net/spec.html
"""
from __future__ import annotations

import re
from typing import Any, Mapping

import jsonata_strings
from jsonata_strings import InvalidExpression, expressions_in, is_expression

LONGEST_SECONDS = 99_999_999
COMMON = {'Type', 'Comment', 'QueryLanguage'}
FIELDS: Mapping[str, set[str]] = {
    'Task': {'Resource', 'Arguments', 'Output', 'Assign', 'TimeoutSeconds', 'Retry', 'Catch', 'Next', 'End'},
    'Choice': {'Choices', 'Default', 'Output', 'Assign'},
    'Pass': {'Output', 'Assign', 'Next', 'End'},
    'Wait': {'Seconds', 'Timestamp', 'Output', 'Assign', 'Next', 'End'},
    'Succeed': {'Output'},
    'Fail': {'Error', 'Cause'},
}
REQUIRED: Mapping[str, set[str]] = {'Task': {'Resource'}, 'Choice': {'Choices'}, 'Pass': set(), 'Wait': set(), 'Succeed': set(), 'Fail': set()}
#: Where a JSONata string may stand; anywhere else it would be a text.
EVALUATED = {'Arguments', 'Output', 'Assign', 'TimeoutSeconds', 'Condition', 'Seconds', 'Timestamp', 'Error', 'Cause'}
RETRIER = {'ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy', 'Comment'}
CATCHER = {'ErrorEquals', 'Next', 'Output', 'Assign', 'Comment'}
RULE = {'Condition', 'Next', 'Output', 'Assign', 'Comment'}


class InvalidDefinition(Exception):
    """What Step Functions refuses when the state machine is made, or what this interpreter does not know."""


def check(definition: Mapping[str, Any]) -> None:
    """Refuses a definition that is not legal, or not known."""
    _only(definition, {'Comment', 'StartAt', 'States', 'QueryLanguage', 'TimeoutSeconds', 'Version'}, 'the state machine')
    if definition.get('QueryLanguage') != 'JSONata':
        raise InvalidDefinition('only JSONata is known')
    if definition.get('Version', '1.0') != '1.0':
        raise InvalidDefinition('only version 1.0 is known')
    if 'TimeoutSeconds' in definition:
        raise InvalidDefinition('the timeout of a whole execution is not known')
    for name, state in definition['States'].items():
        try:
            _check_state(name, state)
        except (InvalidDefinition, InvalidExpression) as error:
            raise InvalidDefinition(f'{name}: {error}') from error
    _check_transitions(definition['StartAt'], definition['States'])


def _check_transitions(start: str, states: Mapping[str, Mapping[str, Any]]) -> None:
    reached, queue = set(), [start]
    while queue:
        name = queue.pop()
        if name not in states:
            raise InvalidDefinition(f'there is no state {name!r}')
        if name not in reached:
            reached.add(name)
            queue += targets(states[name])
    if reached != states.keys():
        raise InvalidDefinition(f'never reached: {sorted(states.keys() - reached)}')
    if not any(state['Type'] in ('Succeed', 'Fail') or state.get('End') for state in states.values()):
        raise InvalidDefinition('nothing ends it')


def targets(state: Mapping[str, Any]) -> list[str]:
    """The names of the states that may follow."""
    return [item['Next'] for item in (state, *state.get('Choices', ()), *state.get('Catch', ())) if 'Next' in item] + (
        [state['Default']] if 'Default' in state else [])


def _check_state(name: str, state: Mapping[str, Any]) -> None:
    kind = state.get('Type')
    if kind not in FIELDS:
        raise InvalidDefinition(f'unknown type of state: {kind}')
    if not 1 <= len(name) <= 80:
        raise InvalidDefinition('a name has 1 to 80 characters')
    if state.get('QueryLanguage', 'JSONata') != 'JSONata':
        raise InvalidDefinition('a state of a machine in JSONata cannot go back to JSONPath')
    _only(state, COMMON | FIELDS[kind], 'the state')
    if not REQUIRED[kind] <= state.keys():
        raise InvalidDefinition(f'lacks {sorted(REQUIRED[kind] - state.keys())}')
    if {'Next', 'End'} <= FIELDS[kind] and ('Next' in state) == (state.get('End') is True):
        raise InvalidDefinition("needs one of 'Next' and 'End': true")
    _check_expressions(state)
    for retrier in _ordered(state.get('Retry', [])):
        _check_retrier(retrier)
    for catcher in _ordered(state.get('Catch', [])):
        _only(catcher, CATCHER, 'a catcher')
        _check_expressions(catcher)
    if kind == 'Choice':
        if not state['Choices']:
            raise InvalidDefinition('needs a choice')
        for rule in state['Choices']:
            _only(rule, RULE, 'a choice')
            if not {'Condition', 'Next'} <= rule.keys():
                raise InvalidDefinition("a choice needs 'Condition' and 'Next'")
            if not isinstance(rule['Condition'], bool) and not is_expression(rule['Condition']):
                raise InvalidDefinition("'Condition' must be a boolean or a JSONata string")
            _check_expressions(rule)
    if kind == 'Task':
        _positive_integer(state.get('TimeoutSeconds', LONGEST_SECONDS), 'TimeoutSeconds')
    if kind == 'Wait' and ('Seconds' in state) == ('Timestamp' in state):
        raise InvalidDefinition("needs one of 'Seconds' and 'Timestamp'")


def _check_expressions(fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        for location, text in expressions_in(value if name not in ('Choices', 'Retry', 'Catch') else None, name):
            if name not in EVALUATED:
                raise InvalidDefinition(f'{location} does not take JSONata')
            jsonata_strings.compiled(text)
            allowed = {'input', 'context', *({'result'} if fields.get('Type') == 'Task' and name in ('Output', 'Assign') else ()),
                       *({'errorOutput'} if 'ErrorEquals' in fields else ())}
            used = set(re.findall(r'\$states\s*\.\s*`?(\w+)', text))
            if not used <= allowed:
                raise InvalidDefinition(f'{location} must not refer to {sorted(used - allowed)} of $states: {text}')
    for name in fields.get('Assign', {}):
        if name == 'states' or not name.isidentifier() or len(name) > 80:
            raise InvalidDefinition(f'no name for a variable: {name}')


def _ordered(items: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Retriers or catchers, of which only the last may be for everything."""
    for index, item in enumerate(items):
        names = item.get('ErrorEquals')
        if not names or not all(isinstance(name, str) for name in names):
            raise InvalidDefinition("'ErrorEquals' must name errors")
        if 'States.ALL' in names and (len(names) > 1 or index < len(items) - 1):
            raise InvalidDefinition('States.ALL must stand alone, and last')
    return items


def _check_retrier(retrier: Mapping[str, Any]) -> None:
    _only(retrier, RETRIER, 'a retrier')
    for name in ('IntervalSeconds', 'MaxDelaySeconds'):
        if name in retrier:
            _positive_integer(retrier[name], name)
    attempts, rate = retrier.get('MaxAttempts', 3), retrier.get('BackoffRate', 2.0)
    if type(attempts) is not int or not 0 <= attempts <= LONGEST_SECONDS or isinstance(rate, bool) or not rate >= 1:
        raise InvalidDefinition(f'no legal retrier: {retrier}')
    if retrier.get('MaxDelaySeconds', LONGEST_SECONDS) <= retrier.get('IntervalSeconds', 1):
        raise InvalidDefinition("'MaxDelaySeconds' must be greater than 'IntervalSeconds'")
    if retrier.get('JitterStrategy', 'NONE') not in ('NONE', 'FULL'):
        raise InvalidDefinition('unknown JitterStrategy')


def _only(fields: Mapping[str, Any], known: set[str], what: str) -> None:
    if not isinstance(fields, Mapping) or not fields.keys() <= known:
        raise InvalidDefinition(f'{what} has fields that are not known: {sorted(set(fields) - known)}')


def _positive_integer(value: Any, name: str) -> None:
    if not is_expression(value) and (type(value) is not int or not 1 <= value <= LONGEST_SECONDS):
        raise InvalidDefinition(f'{name} must be a positive integer: {value}')
