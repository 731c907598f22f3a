"""JSONata as the tests have it, against what is documented. What it makes of plain expressions was compared with the npm package jsonata 2.0.6."""
from __future__ import annotations

from typing import Any

import jsonata_strings
import pytest
from jsonata_strings import InvalidExpression, QueryEvaluationError
from virtual_time import BEGINNING

STATES = {'input': {'title': 'Hello', 'items': [{'price': 5}, {'price': 12}], 'nothing': None}}


def evaluate(value: Any, **variables: Any) -> Any:
    return jsonata_strings.evaluate(value, {'states': STATES, **variables}, BEGINNING, 'Output')


class TestTheFunctionsThatStepFunctionsAdds:
    """Examples of https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html"""

    @pytest.mark.parametrize(('expression', 'result'), [
        ('$partition([1, 2, 3, 4], 2)', [[1, 2], [3, 4]]),
        ('$partition([1, 2, 3], 2)', [[1, 2], [3]]),
        ('$range(0, 10, 2)', [0, 2, 4, 6, 8, 10]),
        ('$range(1, 9, 2)', [1, 3, 5, 7, 9]),
        ('$range(3, 1, -1)', [3, 2, 1]),
        ("$hash('abc', 'MD5')", '900150983cd24fb0d6963f7d28e17f72'),
        ("$hash('abc', 'SHA-1')", 'a9993e364706816aba3e25717850c26c9cd0d89d'),
        ("$hash('abc', 'SHA-256')", 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'),
        ('$random(5) = $random(5)', True),
        ('$length($uuid())', 36),
        ("$parse('{\"a\": [1, null]}')", {'a': [1, None]}),
        ('$exists($parse($states.input.absent))', False),
    ])
    def test_give_what_is_documented(self, expression: str, result: Any) -> None:
        assert evaluate(f'{{% {expression} %}}') == result

    @pytest.mark.parametrize('expression', [
        '$partition([1], 0)', '$range(0, 1, 0)', '$range(0, 5000, 1)', "$hash('a', 'CRC32')", "$parse('no JSON')", "$eval('1')",
    ])
    def test_refuse_what_is_not(self, expression: str) -> None:
        with pytest.raises(QueryEvaluationError):
            evaluate(f'{{% {expression} %}}')

    @pytest.mark.parametrize(('text', 'millis'), [
        ('2026-03-01T12:00:00Z', 1_772_366_400_000), ('2026-03-01T12:00:00.5Z', 1_772_366_400_500), ('2026-03-01T12:00:00.123456Z', 1_772_366_400_123),
        ('2026-03-01T14:00:00.000+02:00', 1_772_366_400_000), ('2026-03-01', 1_772_323_200_000),
    ])
    def test_read_times(self, text: str, millis: int) -> None:
        assert evaluate(f"{{% $toMillis('{text}') %}}") == millis

    def test_tell_the_virtual_time(self) -> None:
        assert evaluate('{% $now() %}') == '2026-03-01T12:00:00.000Z'
        assert evaluate('{% $millis() = $toMillis($now()) %}') is True


class TestTheInputDocument:
    """'JSONata Restrictions' of the Amazon States Language."""

    @pytest.mark.parametrize('expression', [
        '$', '$.total', 'total', 'total.sum', '$$', '$order[$$.total > 10]', '*', "'a' & name", '{"a": name}', '$count(name)',
    ])
    def test_does_not_exist(self, expression: str) -> None:
        with pytest.raises(InvalidExpression):
            evaluate(f'{{% {expression} %}}')

    @pytest.mark.parametrize(('expression', 'result'), [
        ('$states.input.items[$.price > 10].price', 12), ('$states.input.items[price > 10].price', 12), ('$states.input.items.(price * 2)', [10, 24]),
        ('$states.input.items^(>price).price', [12, 5]), ('$map($states.input.items, function($item) { $item.price })', [5, 12]),
    ])
    def test_is_what_a_path_has_reached_inside_of_it(self, expression: str, result: Any) -> None:
        assert evaluate(f'{{% {expression} %}}') == result


class TestAValue:
    @pytest.mark.parametrize(('value', 'result'), [
        ('plain', 'plain'), (7, 7), (None, None), (True, True), ('$states.input.title', '$states.input.title'), (' {% 1 %}', ' {% 1 %}'),
        ('{% $states.input.title %}', 'Hello'), ('{%1+1%}', 2),
        ({'a': ['{% $states.input.title %}', {'b': '{% 2 * 2 %}'}], 'c': 'c'}, {'a': ['Hello', {'b': 4}], 'c': 'c'}),
        ('{% $states.input.nothing %}', None), ("{% {'a': $states.input.nothing} %}", {'a': None}), ("{% {'a': $states.input.absent} %}", {}),
        ('{% 10 / 4 %}', 2.5), ('{% 10 / 5 %}', 2), ('{% [$states.input.absent] %}', []), ('{% $x.y %}', 5),
    ])
    def test_is_evaluated_where_it_is_a_jsonata_string(self, value: Any, result: Any) -> None:
        got = evaluate(value, x={'y': 5})
        assert got == result and type(got) is type(result)

    @pytest.mark.parametrize(('expression', 'words'), [
        ('$states.input.absent', 'returned nothing (undefined)'), ('$data.thisFieldDoesNotExist', 'returned nothing (undefined)'),
        ("1 + 'a'", 'threw an error'), ("'a' < 1", 'threw an error'), ('$noSuchFunction()', 'threw an error'), ("$error('no')", 'threw an error'),
        ('function($x) { $x }', 'no JSON'), ('/a/', 'no JSON'), ('[function() { 1 }]', 'no JSON'),
    ])
    def test_that_gives_no_json_is_an_error(self, expression: str, words: str) -> None:
        with pytest.raises(QueryEvaluationError, match="specified for the field 'Output'") as caught:
            evaluate(f'{{% {expression} %}}')
        assert words in str(caught.value)

    @pytest.mark.parametrize('value', ['{% 1', '{%', '{% 1 % }', '{% 1 + %}', '{% $x ?? 1 %}', '{% $x ?: 1 %}', '{% ( %}'])
    def test_that_is_no_jsonata_2_0_6_is_refused(self, value: str) -> None:
        with pytest.raises(InvalidExpression):
            evaluate(value, x=1)
