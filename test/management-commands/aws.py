"""Stands in for version 2 of the AWS CLI: knows the parameters of each operation from AWS's own models, records how it was called, answers as a test wants.

The folder in STAND_IN has `answers.json`: for each `<service> <operation>` a list of answers, of which the last is for good. An answer is the output of
the operation, or a text, with which it fails.
"""
from __future__ import annotations

import json
import os
import pathlib
import sys
from typing import Any, NoReturn

import jmespath
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel

FOLDER = pathlib.Path(os.environ['STAND_IN'])
#: What the CLI does by programs of its own, and what they take.
CUSTOM = {'logs tail': {'--follow', '--since', '--format', '--log-stream-names', '--log-stream-name-prefix', '--filter-pattern'}}
GLOBAL = {'--region', '--output', '--query', '--profile'}
SWITCHES = {'--follow', '--interactive'}


def fail(text: str, code: int) -> NoReturn:
    print(text, file=sys.stderr)
    sys.exit(code)


def main(words: list[str]) -> None:
    service, operation, *rest = words
    command = f'{service} {operation}'
    positional, options = parse(rest)
    given = {name for name in options if name not in GLOBAL}
    if command in CUSTOM:
        expect(given <= CUSTOM[command] and len(positional) == 1, f'Unknown options: {given} {positional}')
    else:
        shape = model_of(service, operation).input_shape
        known = {'--' + xform_name(name, '-'): name for name in shape.members}
        missing = {'--' + xform_name(name, '-') for name in shape.required_members} - given
        expect(not positional, f'Unknown options: {positional}')
        expect(not given - set(known), f'Unknown options: {given - set(known)}')
        expect(not missing, f'the following arguments are required: {missing}')
        expect(all(text != '' for text in options.values()), 'Parameter validation failed: Invalid length for parameter')
    with (FOLDER / 'calls.jsonl').open('a') as calls:
        print(json.dumps({'command': command, 'words': positional, **options, 'region': options.get('--region') or os.environ.get('AWS_REGION')}), file=calls)
    answer(command, service, operation, options)


def expect(condition: bool, text: str) -> None:
    if not condition:
        fail(f'aws: [ERROR]: {text}', 252)


def parse(words: list[str]) -> tuple[list[str], dict[str, str]]:
    positional, options, rest = [], {}, list(words)
    while rest:
        word = rest.pop(0)
        if word in SWITCHES:
            options[word] = 'yes'
        elif word.startswith('--'):
            expect(bool(rest), f'argument {word}: expected one argument')
            options[word] = rest.pop(0)
        else:
            positional.append(word)
    return positional, options


def model_of(service: str, operation: str) -> Any:
    model = ServiceModel(Loader().load_service_model(service, 'service-2'))
    names = {xform_name(name, '-'): name for name in model.operation_names}
    expect(operation in names, f"argument operation: Found invalid choice '{operation}'")
    return model.operation_model(names[operation])


def answer(command: str, service: str, operation: str, options: dict[str, str]) -> None:
    state = FOLDER / 'answers.json'
    answers = json.loads(state.read_text())
    expect(command in answers, f'no answer for {command}')
    given = answers[command].pop(0) if len(answers[command]) > 1 else answers[command][0]
    state.write_text(json.dumps(answers))
    if isinstance(given, str):
        fail(given, 254)
    if command in CUSTOM:
        print(given['text'])
        return
    unknown = set(given) - set(model_of(service, operation).output_shape.members)
    assert not unknown, f'AWS does not answer {unknown}'
    expect(options.get('--output', 'json') in ('json', 'text'), 'argument --output: Found invalid choice')
    selected = jmespath.search(options['--query'], given) if '--query' in options else given
    print_text(selected) if options.get('--output') == 'text' else print(json.dumps(selected, indent=4))


def print_text(value: Any) -> None:
    """Scalars of a list on one line, nested lists on lines of their own; nothing is `None`."""
    if isinstance(value, list):
        scalars = [scalar_of(element) for element in value if not isinstance(element, list)]
        if scalars:
            print('\t'.join(scalars))
        for element in value:
            if isinstance(element, list):
                print_text(element)
    else:
        print(scalar_of(value))


def scalar_of(value: Any) -> str:
    assert not isinstance(value, dict), 'a line should not select objects as text'
    return 'None' if value is None else str(value)


main(sys.argv[1:])
