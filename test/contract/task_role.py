"""What the role of a task may do, according to the policies that the template attaches to it."""
from __future__ import annotations

import hashlib
import re
from typing import Any, Iterator, Mapping

from stand_ins import StandIns


class TaskRole:
    """A role of the template, with access keys as the Fargate agent hands them out."""

    def __init__(self, stand_ins: StandIns, logical_id: str):
        self.logical_id = logical_id
        digest = hashlib.sha256(logical_id.encode()).hexdigest().upper()
        self.access_key = f'ASIA{digest[:16]}'
        self.credentials: Mapping[str, str] = {'AccessKeyId': self.access_key, 'SecretAccessKey': digest[16:56], 'Token': f'session-{digest[:8]}'}
        self._statements = [stand_ins.resolver.resolve(statement) for statement in _statements(stand_ins, logical_id)]

    def allows(self, action: str, resource: str) -> bool:
        """IAM's decision: an explicit Deny wins, and what nothing allows is denied. A conditional Allow counts as one, a conditional Deny does not."""
        concerned = [s for s in self._statements if _applies(s, action, resource)]
        denied = any(s['Effect'] == 'Deny' and not s.get('Condition') for s in concerned)
        return not denied and any(s['Effect'] == 'Allow' for s in concerned)


def _statements(stand_ins: StandIns, role: str) -> Iterator[Mapping[str, Any]]:
    template = stand_ins.template
    for properties in template.of_type('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy').values():
        if role in template.references(properties.get('Roles', [])):
            yield from _listed(properties['PolicyDocument']['Statement'])
    for policy in template.of_type('AWS::IAM::Role')[role].get('Policies', []):
        yield from _listed(policy['PolicyDocument']['Statement'])


def _applies(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    if 'Action' in statement:
        action_matches = _matches(statement['Action'], action, ignore_case=True)
    else:
        action_matches = not _matches(statement['NotAction'], action, ignore_case=True)
    if 'NotResource' in statement:
        return action_matches and not _matches(statement['NotResource'], resource)
    return action_matches and _matches(statement['Resource'], resource)


def _matches(patterns: Any, value: str, *, ignore_case: bool = False) -> bool:
    """IAM's wildcards: `*` is anything, `?` one character, nothing else is special."""
    for pattern in _listed(patterns):
        expression = ''.join({'*': '.*', '?': '.'}.get(character, re.escape(character)) for character in pattern)
        if re.fullmatch(expression, value, re.DOTALL | (re.IGNORECASE if ignore_case else 0)):
            return True
    return False


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
