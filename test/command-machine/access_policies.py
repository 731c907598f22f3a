"""What the policies of a synthesized role allow. Refuses what it does not know instead of guessing."""
from __future__ import annotations

import fnmatch
from typing import Any, Mapping


class Denied(Exception):
    """The role may not do it."""


def allows(statements: list[dict[str, Any]], action: str, resource: str, context: Mapping[str, str] | None = None) -> bool:
    """Whether one of the statements allows an action on a resource."""
    for statement in statements:
        unknown = statement.keys() - {'Sid', 'Effect', 'Action', 'Resource', 'Condition'}
        assert not unknown and statement['Effect'] == 'Allow', f'a statement that this test does not know: {statement}'
    return any(_fits(statement['Action'], action.lower(), str.lower) and _fits(statement['Resource'], resource)
               and all(_holds(operator, conditions, context or {}) for operator, conditions in statement.get('Condition', {}).items())
               for statement in statements)


def require(statements: list[dict[str, Any]], action: str, resource: str, context: Mapping[str, str] | None = None) -> None:
    if not allows(statements, action, resource, context):
        raise Denied(f'is not authorized to perform: {action} on resource: {resource} with {context or {}}')


def _fits(patterns: Any, value: str, prepared: Any = str) -> bool:
    return any(fnmatch.fnmatchcase(value, prepared(pattern).replace('[', '[[]')) for pattern in listed(patterns))


def _holds(operator: str, conditions: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    """A condition on a key that the call does not have does not hold."""
    if operator == 'StringEquals':
        return all(context.get(key) in listed(values) for key, values in conditions.items())
    if operator in ('ArnEquals', 'ArnLike', 'StringLike'):
        return all(key in context and _fits(values, context[key]) for key, values in conditions.items())
    raise AssertionError(f'a condition that this test does not know: {operator}')


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements_of(resources: Mapping[str, Any], role: str) -> list[dict[str, Any]]:
    """The statements of a role of the template, unresolved: its own and those of policies that name it."""
    documents = [policy['PolicyDocument'] for policy in resources[role]['Properties'].get('Policies', [])]
    documents += [item['Properties']['PolicyDocument'] for item in resources.values()
                  if item['Type'] == 'AWS::IAM::Policy' and {'Ref': role} in item['Properties'].get('Roles', [])]
    assert not resources[role]['Properties'].get('ManagedPolicyArns'), 'a managed policy, which this test cannot read'
    return [statement for document in documents for statement in document['Statement']]
