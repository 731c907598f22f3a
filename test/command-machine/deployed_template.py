"""The synthesized templates, with what CloudFormation would give for their references."""
from __future__ import annotations

import functools
import json
import os
import pathlib
import subprocess
import sys
from typing import Any, Mapping

ROOT = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ('lambda/command-runner', 'lambda/common', 'test/lambda', 'test/contract')]

from access_policies import statements_of  # noqa: E402
from doubles import ACCOUNT, PSEUDO, REGION  # noqa: E402
from states_language import StateMachine  # noqa: E402
from template import Resolver, Template  # noqa: E402


def synthesize() -> dict[str, Template]:
    """The templates that `synthesize.ts` prints."""
    printed = subprocess.run(['node', '--import', 'tsx', str(pathlib.Path(__file__).with_name('synthesize.ts'))], cwd=ROOT, capture_output=True,
                             text=True, check=False, env={**os.environ, 'TSX_TSCONFIG_PATH': 'tsconfig.dev.json', 'CDK_VALIDATION': 'false'})
    assert printed.returncode == 0, printed.stderr
    return {name: Template(body) for name, body in json.loads(printed.stdout).items()}


def arn(service: str, rest: str) -> str:
    return f'arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}'


MACHINE = arn('states', 'stateMachine:Commands')


class Deployed:
    """A template with what CloudFormation would give for its references."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.resolver = Resolver(template, self._value, pseudo={**PSEUDO, 'AWS::StackName': 'Shop'})

    def one(self, kind: str) -> str:
        """The logical id of the only resource of a type."""
        (name,) = self.template.of_type(kind)
        return name

    def properties(self, name: str) -> dict[str, Any]:
        return self.resolver.resolve(self.template.resources[name]['Properties'])

    def ref(self, name: str) -> str:
        return self.resolver.text({'Ref': name})

    def attribute(self, name: str, attribute: str) -> str:
        return self.resolver.text({'Fn::GetAtt': [name, attribute]})

    def role_of(self, name: str, field: str) -> str:
        """The logical id of the role that a resource has."""
        role: str = self.template.resources[name]['Properties'][field]['Fn::GetAtt'][0]
        return role

    def statements(self, role: str) -> list[dict[str, Any]]:
        return self.resolver.resolve(statements_of(self.template.resources, role))

    def _value(self, name: str, attribute: str | None) -> Any:
        kind = self.template.resources[name]['Type']
        known: Mapping[str, Mapping[str | None, str]] = {
            'AWS::StepFunctions::StateMachine': {None: MACHINE, 'Arn': MACHINE, 'Name': 'Commands'},
            'AWS::ECS::Cluster': {None: 'shop', 'Arn': arn('ecs', 'cluster/shop')},
            'AWS::ECS::TaskDefinition': {None: arn('ecs', f'task-definition/{self._family(name)}:7')},
            'AWS::Logs::LogGroup': {None: f'/shop/{name}', 'Arn': arn('logs', f'log-group:/shop/{name}:*')},
            'AWS::SQS::Queue': {None: f'https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}', 'Arn': arn('sqs', name), 'QueueName': name},
            'AWS::SNS::Topic': {None: arn('sns', name), 'TopicArn': arn('sns', name)},
            'AWS::Lambda::Function': {None: name, 'Arn': arn('lambda', f'function:{name}')},
            'AWS::Events::Rule': {None: name, 'Arn': arn('events', f'rule/{name}')},
            'AWS::IAM::Role': {None: name, 'Arn': f'arn:aws:iam::{ACCOUNT}:role/{name}'},
            'AWS::EC2::SecurityGroup': {None: f'sg-{name.lower()}', 'GroupId': f'sg-{name.lower()}'},
            'AWS::EC2::Subnet': {None: f'subnet-{name.lower()}', 'SubnetId': f'subnet-{name.lower()}'},
            'AWS::EC2::VPC': {None: f'vpc-{name.lower()}', 'VpcId': f'vpc-{name.lower()}'},
        }
        if attribute in known.get(kind, {}):
            return known[kind][attribute]
        raise NotImplementedError(f'this test does not know {attribute} of {kind}')

    def _family(self, name: str) -> str:
        return self.template.resources[name]['Properties']['Family'] if self.template.resources[name]['Type'] == 'AWS::ECS::TaskDefinition' else ''


@functools.cache
def machine_of(deployed: Deployed) -> StateMachine:
    definition = deployed.properties(deployed.one('AWS::StepFunctions::StateMachine'))['DefinitionString']
    return StateMachine(json.loads(definition))
