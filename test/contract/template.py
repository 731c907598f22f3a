"""A synthesized CloudFormation template, read the way CloudFormation reads it."""
from __future__ import annotations

import graphlib
import json
import re
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping

#: What `Ref` (attribute None) and `Fn::GetAtt` of a resource give: (logical id, attribute) → value.
Values = Callable[[str, 'str | None'], Any]
#: The output of another stack: (name of the stack, name of the output) → value.
Outputs = Callable[[str, str], Any]


class Template:
    """The resources of a template, found by type and by what refers to them, never by logical id."""

    def __init__(self, body: Mapping[str, Any]):
        self.body = body
        self.resources: Mapping[str, Mapping[str, Any]] = {
            name: resource for name, resource in body.get('Resources', {}).items() if resource.get('Type') != 'AWS::CDK::Metadata'}
        self._direct: dict[str, set[str]] = {}
        for name, resource in self.resources.items():
            depends_on = resource.get('DependsOn', [])
            explicit = {depends_on} if isinstance(depends_on, str) else set(depends_on)
            self._direct[name] = (explicit & self.resources.keys()) | self.references(resource.get('Properties', {}))

    @staticmethod
    def load(path: Path) -> Template:
        return Template(json.loads(path.read_text()))

    def of_type(self, *types: str) -> dict[str, Mapping[str, Any]]:
        """Logical id → properties of all resources of these types."""
        return {name: resource.get('Properties', {}) for name, resource in self.resources.items() if resource['Type'] in types}

    def references(self, value: Any) -> set[str]:
        """The logical ids that a value refers to directly."""
        return {name for name in _references(value) if name in self.resources}

    def dependencies(self, name: str) -> set[str]:
        """Everything that CloudFormation makes before this resource."""
        seen: set[str] = set()
        queue = [name]
        while queue:
            new = self._direct[queue.pop()] - seen
            seen |= new
            queue.extend(new)
        return seen

    def creation_order(self) -> list[str]:
        """All logical ids in an order in which CloudFormation may make them."""
        return list(graphlib.TopologicalSorter(self._direct).static_order())


class Resolver:
    """Evaluates intrinsic functions; refuses what it does not know instead of guessing."""

    def __init__(self, template: Template, values: Values, *, pseudo: Mapping[str, str], outputs: Outputs | None = None,
                 zones: tuple[str, ...] = ('a', 'b', 'c')):
        self._template, self._values, self._pseudo, self._outputs = template, values, pseudo, outputs or made_up_output
        self._zones = [pseudo['AWS::Region'] + zone for zone in zones]

    def resolve(self, value: Any) -> Any:
        """The value with every intrinsic function in it evaluated."""
        if isinstance(value, list):
            return [item for item in (self.resolve(item) for item in value) if item is not _NO_VALUE]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            (function, argument), = value.items()
            if function == 'Ref':
                return self._ref(argument)
            if function.startswith('Fn::') or function == 'Condition':
                evaluate = self._FUNCTIONS.get(function)
                if evaluate is None:
                    raise NotImplementedError(f'the contract does not know the intrinsic function {function}: {json.dumps(value)}')
                return evaluate(self, argument)
        resolved = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not _NO_VALUE}

    def text(self, value: Any) -> str:
        """The value as ECS gets it: a string. CloudFormation turns numbers and booleans into strings."""
        resolved = self.resolve(value)
        if isinstance(resolved, bool):
            return str(resolved).lower()
        if isinstance(resolved, (str, int, float)):
            return str(resolved)
        raise TypeError(f'expected a string, CloudFormation would get {json.dumps(resolved)} from {json.dumps(value)}')

    def _ref(self, name: str) -> Any:
        if name == 'AWS::NoValue':
            return _NO_VALUE
        if name in self._pseudo:
            return self._pseudo[name]
        parameter = self._template.body.get('Parameters', {}).get(name)
        if parameter is not None:
            if 'Default' not in parameter:
                raise KeyError(f"parameter '{name}' has no default, so the contract cannot know its value")
            return parameter['Default']
        return self._values(self._known(name), None)

    def _get_att(self, argument: Any) -> Any:
        name, attribute = argument.split('.', 1) if isinstance(argument, str) else argument
        return self._values(self._known(name), self.text(attribute))

    def _known(self, name: str) -> str:
        if name not in self._template.resources:
            raise KeyError(f"the template refers to '{name}', which it does not contain")
        return name

    def _join(self, argument: Any) -> str:
        separator, items = argument
        return separator.join(self.text(item) for item in self.resolve(items))

    def _split(self, argument: Any) -> list[str]:
        separator, source = argument
        return self.text(source).split(separator)

    def _select(self, argument: Any) -> Any:
        index, items = argument
        return self.resolve(items)[int(self.text(index))]

    def _sub(self, argument: Any) -> str:
        pattern, variables = (argument, {}) if isinstance(argument, str) else argument

        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            if name.startswith('!'):
                return '${' + name[1:] + '}'
            if name in variables:
                return self.text(variables[name])
            return self.text({'Fn::GetAtt': name} if '.' in name else {'Ref': name})

        return re.sub(r'\$\{([^}]+)\}', value, pattern)

    def _condition(self, name: Any) -> bool:
        return bool(self.resolve(self._template.body['Conditions'][name]))

    def _if(self, argument: Any) -> Any:
        condition, yes, no = argument
        return self.resolve(yes if self._condition(condition) else no)

    def _find_in_map(self, argument: Any) -> Any:
        mapping, first, second = (self.text(item) for item in argument[:3])
        return self._template.body['Mappings'][mapping][first][second]

    def _get_stack_output(self, argument: Any) -> Any:
        return self._outputs(self.text(argument['StackName']), self.text(argument['OutputName']))

    _FUNCTIONS: dict[str, Callable[['Resolver', Any], Any]] = {
        'Fn::GetAtt': _get_att,
        'Fn::Join': _join,
        'Fn::Split': _split,
        'Fn::Select': _select,
        'Fn::Sub': _sub,
        'Fn::If': _if,
        'Condition': _condition,
        'Fn::Equals': lambda self, argument: self.resolve(argument[0]) == self.resolve(argument[1]),
        'Fn::Not': lambda self, argument: not self.resolve(argument[0]),
        'Fn::And': lambda self, argument: all(self.resolve(item) for item in argument),
        'Fn::Or': lambda self, argument: any(self.resolve(item) for item in argument),
        'Fn::FindInMap': _find_in_map,
        'Fn::GetStackOutput': _get_stack_output,
        'Fn::GetAZs': lambda self, _argument: list(self._zones),
    }


def made_up_output(stack: str, output: str) -> str:
    """What another stack has made, for those who do not look into it."""
    return f'{stack}.{output}'


_NO_VALUE = object()


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, Mapping):
        if len(value) == 1:
            (function, argument), = value.items()
            if function == 'Ref' and isinstance(argument, str):
                yield argument
            elif function == 'Fn::GetAtt':
                yield argument.split('.')[0] if isinstance(argument, str) else argument[0]
            elif function == 'Fn::Sub':
                for name in re.findall(r'\$\{([^!}][^}]*)\}', argument if isinstance(argument, str) else argument[0]):
                    yield name.split('.')[0]
        for item in value.values():
            yield from _references(item)
