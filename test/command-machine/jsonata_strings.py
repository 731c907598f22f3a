"""JSONata as Step Functions has it: version 2.0.6, without an input document, with functions of its own, and nothing that JSON cannot say.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html and the chapter 'JSONata Concepts' of the Amazon States Language.
"""
from __future__ import annotations

import datetime
import functools
import hashlib
import json
import math
import random
import re
import uuid
from typing import Any, Callable, Iterator, Mapping

from jsonata import Functions, Jsonata, JException, Parser, Utils

BEGIN, END = '{%', '%}'
#: What JSONata got after 2.0.6; Step Functions refuses it.
LATER_OPERATORS = ('??', '?:')
ISO = re.compile(r'(?P<date>\d{4}-\d\d-\d\d)(T(?P<time>\d\d:\d\d:\d\d)(\.(?P<fraction>\d+))?)?(?P<zone>Z|[+-]\d\d:\d\d)?')
HASHES = {'MD5': 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512'}


class InvalidExpression(Exception):
    """What Step Functions refuses when the state machine is made."""


class QueryEvaluationError(Exception):
    """`States.QueryEvaluationError`."""


def is_expression(value: Any) -> bool:
    """Whether a value of a definition is a JSONata string. One that only begins like it is no legal definition."""
    if not isinstance(value, str) or not value.startswith(BEGIN):
        return False
    if not value.endswith(END) or len(value) < len(BEGIN) + len(END):
        raise InvalidExpression(f'begins with {BEGIN} and does not end with {END}: {value}')
    return True


def expressions_in(value: Any, location: str = '') -> Iterator[tuple[str, str]]:
    """All JSONata strings in a JSON text, each with its place."""
    if is_expression(value):
        yield location, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from expressions_in(item, f'{location}/{key}')


@functools.cache
def compiled(text: str) -> Jsonata:
    """The expression of a JSONata string, refused where Step Functions would refuse it."""
    expression = text[len(BEGIN):-len(END)].strip()
    for operator in LATER_OPERATORS:
        Jsonata.get_parser().symbol_table.pop(operator, None)
    try:
        made = Jsonata(expression)
    except (JException, KeyError) as error:
        raise InvalidExpression(f'{error}: {expression}') from error
    if made.errors:
        raise InvalidExpression(f'{made.errors}: {expression}')
    _check(made.ast, expression, top=True)
    made.set_output_convert_nulls(False)
    return made


def _check(node: Any, expression: str, top: bool) -> None:
    """No field and no `$` of an input document, which there is not; inside of paths and predicates both mean what the path has reached."""
    if isinstance(node, (list, tuple)):
        for item in node:
            _check(item, expression, top)
        return
    if not isinstance(node, Parser.Symbol):
        return
    kind, value = node.type, node.value
    if kind == 'variable' and value == '$':
        raise InvalidExpression(f'$$ is the input document, and there is none: {expression}')
    if top and (kind in ('name', 'wildcard', 'descendant', 'parent') or kind == 'variable' and value == ''):
        raise InvalidExpression(f'{"$" if value == "" else value} at the top refers to an input document, and there is none: {expression}')
    if kind == 'path':
        _check(node.steps[0], expression, top)
        _check(node.steps[1:], expression, top=False)
    for part in ('arguments', 'procedure', 'expressions', 'expression', 'lhs', 'rhs', 'condition', 'then', '_else', 'lhs_object', 'rhs_object', 'body'):
        if not (part == 'arguments' and kind == 'lambda'):  # there they are the names of parameters
            _check(getattr(node, part, None), expression, top)
    for part in ('predicate', 'stages', 'group', 'terms', 'expr', 'pattern', 'update', 'delete'):
        _check(getattr(node, part, None), expression, top=False)


def evaluate(value: Any, variables: Mapping[str, Any], now: float, location: str) -> Any:
    """A JSON text with every JSONata string in it replaced by its result."""
    if isinstance(value, list):
        return [evaluate(item, variables, now, f'{location}[{index}]') for index, item in enumerate(value)]
    if isinstance(value, dict):
        return {key: evaluate(item, variables, now, f'{location}/{key}') for key, item in value.items()}
    return _evaluate(value, variables, now, location) if is_expression(value) else value


def _evaluate(text: str, variables: Mapping[str, Any], now: float, location: str) -> Any:
    bindings = {**_functions(now), **{name: Utils.NULL_VALUE if value is None else value for name, value in variables.items()}}
    try:
        result = compiled(text).evaluate(None, bindings)
    except (JException, ArithmeticError, TypeError, ValueError) as error:
        raise QueryEvaluationError(f"The JSONata expression '{text}' specified for the field '{location}' threw an error: {error}") from error
    if result is None:
        raise QueryEvaluationError(f"The JSONata expression '{text}' specified for the field '{location}' returned nothing (undefined).")
    try:
        return json_of(result)
    except TypeError as error:
        raise QueryEvaluationError(f"The JSONata expression '{text}' specified for the field '{location}' returned {error}.") from None


def json_of(value: Any) -> Any:
    """The value as JSON has it: numbers without a needless fraction, no functions."""
    if value is Utils.NULL_VALUE or value is None or isinstance(value, (str, bool, int)):
        return None if value is Utils.NULL_VALUE else value
    if isinstance(value, float) and math.isfinite(value):
        return int(value) if value.is_integer() else value
    if isinstance(value, (list, range)):
        return [json_of(item) for item in value]
    if isinstance(value, dict):
        return {str(key): json_of(item) for key, item in value.items()}
    raise TypeError('what is no JSON, e.g. a function')


# --- functions ------------------------------------------------------------------------------------------------------------

def _functions(now: float) -> dict[str, Any]:
    """What Step Functions adds, what it takes away, and the time, which in a test passes as the test wants it."""
    millis = int(now * 1000)
    functions: dict[str, Callable[..., Any]] = {
        'partition': _partition, 'range': _range, 'hash': _hash, 'random': _random, 'uuid': lambda: str(uuid.uuid4()), 'parse': _parse, 'eval': _no_eval,
        'toMillis': _to_millis, 'millis': lambda: millis, 'now': lambda picture=None, timezone=None: Functions.datetime_from_millis(millis, picture, timezone),
    }
    return {name: Jsonata.JLambda(function) for name, function in functions.items()}


def _partition(items: list[Any] | None, size: float) -> list[list[Any]] | None:
    if items is None:
        return None
    if isinstance(size, bool) or not isinstance(size, (int, float)) or int(size) < 1:
        raise ValueError('$partition: the size must be a positive number')
    return [list(items[start:start + int(size)]) for start in range(0, len(items), int(size))]


def _range(first: float, last: float, step: float) -> list[float]:
    if step == 0:
        raise ValueError('$range: the step must not be 0')
    count = math.floor((last - first) / step) + 1
    if count > 1000:
        raise ValueError('$range: more than 1000 items')
    return [first + step * index for index in range(max(0, count))]


def _hash(text: str | None, algorithm: str) -> str | None:
    if algorithm not in HASHES:
        raise ValueError(f'$hash: unknown algorithm {algorithm}')
    return None if text is None else hashlib.new(HASHES[algorithm], text.encode()).hexdigest()


def _random(seed: float | None = None) -> float:
    return random.Random(seed).random()


def _parse(text: str | None) -> Any:
    if text is None:
        return None
    if not isinstance(text, str):
        raise TypeError('$parse: not a text')
    value = json.loads(text)
    return Utils.NULL_VALUE if value is None else value


def _to_millis(text: str | None, picture: str | None = None) -> int | None:
    """That of the package reads few forms of ISO 8601 before Python 3.11."""
    if text is None or picture is not None:
        return Functions.datetime_to_millis(text, picture)
    parts = ISO.fullmatch(text)
    if parts is None:
        raise ValueError(f'$toMillis: {text} is not in the form of ISO 8601')
    moment = datetime.datetime.fromisoformat(f'{parts["date"]}T{parts["time"] or "00:00:00"}{(parts["zone"] or "Z").replace("Z", "+00:00")}')
    return int(moment.timestamp()) * 1000 + int(f'{parts["fraction"] or 0:0<3}'[:3])


def _no_eval(*_: Any) -> Any:
    raise ValueError('Attempted to invoke a non-function: Step Functions has no $eval')
