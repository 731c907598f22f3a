"""The processes that the template defines, resolved to what ECS would start."""
from __future__ import annotations

import dataclasses
import re
from typing import Any, Mapping

from stand_ins import StandIns


@dataclasses.dataclass(frozen=True)
class Container:
    """A container of a task definition, with everything that ECS resolves before it starts one."""

    task_definition: str
    name: str
    image: str
    entry_point: tuple[str, ...]
    command: tuple[str, ...]
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    port: int | None
    stop_timeout: int
    task_role: str | None

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of everything that the library gives to the process."""
        return (*self.environment, *self.secrets)

    def without(self, variable: str) -> Container:
        """The same container, had the library called this variable something else."""
        assert variable in self.variables, variable
        return dataclasses.replace(self, environment=_renamed(self.environment, variable), secrets=_renamed(self.secrets, variable))

    def on_port(self, port: int) -> Container:
        """The same container listening elsewhere, for when its own port is taken on this machine."""
        if port == self.port:
            return self
        old = re.compile(rf'(^|:){self.port}(?!\d)')

        def move(text: str) -> str:
            return old.sub(rf'\g<1>{port}', text)

        return dataclasses.replace(self, port=port, command=tuple(map(move, self.command)), entry_point=tuple(map(move, self.entry_point)),
                                   environment={name: move(value) for name, value in self.environment.items()})


@dataclasses.dataclass(frozen=True)
class Balancing:
    """What the target group, the load balancer and the service say about how tasks come and go, in seconds; AWS's defaults where they say nothing."""

    interval: float
    timeout: float
    healthy_count: int
    unhealthy_count: int
    deregistration_delay: float
    idle_timeout: float
    tasks: int
    minimum_healthy_percent: int
    maximum_percent: int
    grace_period: float


@dataclasses.dataclass(frozen=True)
class WebService:
    """The container behind the load balancer and how the load balancer sees it."""

    logical_id: str
    container: Container
    health_check_path: str
    health_check_codes: frozenset[int]
    host: str
    https: bool
    balancing: Balancing

    @property
    def scheme(self) -> str:
        return 'https' if self.https else 'http'

    @property
    def threads(self) -> int:
        """The requests that one worker serves at once."""
        option = re.search(r'--threads[ =](\d+)', ' '.join([*self.container.environment.values(), *self.container.command]))
        return int(option.group(1)) if option else 1

    def on_port(self, port: int) -> WebService:
        """The same service whose container listens elsewhere."""
        return dataclasses.replace(self, container=self.container.on_port(port))

    def without(self, variable: str) -> WebService:
        """The same service, had the library called this variable something else."""
        return dataclasses.replace(self, container=self.container.without(variable))


@dataclasses.dataclass(frozen=True)
class DeployCommand:
    """A command that CloudFormation runs during a deployment, and whether the new web tasks wait for it."""

    logical_id: str
    container: Container
    command: tuple[str, ...]
    before_service: bool
    timeout: float


def web_service(stand_ins: StandIns) -> WebService:
    """The one service with a load balancer."""
    services = [(name, properties) for name, properties in stand_ins.template.of_type('AWS::ECS::Service').items() if properties.get('LoadBalancers')]
    if len(services) != 1:
        raise LookupError(f'expected one ECS service with a load balancer, the template has {[name for name, _ in services]}')
    (name, properties), target = services[0], services[0][1]['LoadBalancers'][0]
    group = stand_ins.template.of_type('AWS::ElasticLoadBalancingV2::TargetGroup')[_single_reference(stand_ins, target['TargetGroupArn'])]
    container = container_of(stand_ins, properties['TaskDefinition'], stand_ins.text(target['ContainerName']))
    port = int(stand_ins.text(target['ContainerPort']))
    assert container.port == port, f'the load balancer talks to port {port}, the container has {container.port}'
    listeners = stand_ins.template.of_type('AWS::ElasticLoadBalancingV2::Listener').values()
    return WebService(
        logical_id=name,
        container=container,
        health_check_path=stand_ins.text(group.get('HealthCheckPath', '/')),
        health_check_codes=_codes(stand_ins.text(group.get('Matcher', {}).get('HttpCode', '200'))),
        host=public_host(stand_ins),
        https=any(listener.get('Certificates') for listener in listeners),
        balancing=_balancing(stand_ins, name, properties, group),
    )


def deploy_commands(stand_ins: StandIns, web: WebService) -> list[DeployCommand]:
    """The commands of custom resources, in the order in which CloudFormation runs them: what prepares the database, the release, the check."""
    template, commands = stand_ins.template, []
    before = template.dependencies(web.logical_id)
    for name in template.creation_order():
        resource = template.resources[name]
        properties = resource.get('Properties', {})
        if not resource['Type'].startswith(('Custom::', 'AWS::CloudFormation::CustomResource')) or 'TaskDefinition' not in properties:
            continue
        container = container_of(stand_ins, properties['TaskDefinition'], stand_ins.text(properties['Container']))
        command = tuple(stand_ins.text(item) for item in properties['Command'])
        timeout = float(stand_ins.text(properties.get('TimeoutSeconds', 900)))
        commands.append(DeployCommand(name, container, command, before_service=name in before, timeout=timeout))
    return commands


def container_of(stand_ins: StandIns, task_definition: Any, name: str) -> Container:
    """A container of the task definition that a property refers to."""
    logical_id = _single_reference(stand_ins, task_definition)
    task = stand_ins.template.of_type('AWS::ECS::TaskDefinition')[logical_id]
    definition = next((item for item in task['ContainerDefinitions'] if item['Name'] == name), None)
    if definition is None:
        raise LookupError(f"task definition '{logical_id}' has no container '{name}'")
    ports = [int(stand_ins.text(mapping['ContainerPort'])) for mapping in definition.get('PortMappings', [])]
    return Container(
        task_definition=logical_id,
        name=name,
        image=stand_ins.text(definition['Image']),
        entry_point=tuple(stand_ins.text(item) for item in definition.get('EntryPoint', [])),
        command=tuple(stand_ins.text(item) for item in definition.get('Command', [])),
        environment=_pairs(stand_ins, definition.get('Environment', []), 'Value'),
        secrets=_pairs(stand_ins, definition.get('Secrets', []), 'ValueFrom'),
        port=ports[0] if ports else None,
        stop_timeout=int(stand_ins.text(definition.get('StopTimeout', 30))),
        task_role=_single_reference(stand_ins, task['TaskRoleArn']) if 'TaskRoleArn' in task else None,
    )


def _balancing(stand_ins: StandIns, service: str, properties: Mapping[str, Any], group: Mapping[str, Any]) -> Balancing:
    template = stand_ins.template

    def attribute(attributes: list[Mapping[str, Any]], key: str, default: float) -> float:
        return float(next((stand_ins.text(item['Value']) for item in attributes if item['Key'] == key), default))

    balancer = next(iter(template.of_type('AWS::ElasticLoadBalancingV2::LoadBalancer').values()), {})
    scaling = [p for p in template.of_type('AWS::ApplicationAutoScaling::ScalableTarget').values() if service in template.references(p['ResourceId'])]
    rollout = properties.get('DeploymentConfiguration', {})
    return Balancing(
        interval=float(group.get('HealthCheckIntervalSeconds', 30)),
        timeout=float(group.get('HealthCheckTimeoutSeconds', 5)),
        healthy_count=int(group.get('HealthyThresholdCount', 5)),
        unhealthy_count=int(group.get('UnhealthyThresholdCount', 2)),
        deregistration_delay=attribute(group.get('TargetGroupAttributes', []), 'deregistration_delay.timeout_seconds', 300),
        idle_timeout=attribute(balancer.get('LoadBalancerAttributes', []), 'idle_timeout.timeout_seconds', 60),
        tasks=int(properties.get('DesiredCount', scaling[0]['MinCapacity'] if scaling else 1)),
        minimum_healthy_percent=int(rollout.get('MinimumHealthyPercent', 100)),
        maximum_percent=int(rollout.get('MaximumPercent', 200)),
        grace_period=float(properties.get('HealthCheckGracePeriodSeconds', 0)),
    )


def _pairs(stand_ins: StandIns, pairs: list[Mapping[str, Any]], value: str) -> dict[str, str]:
    names = [pair['Name'] for pair in pairs]
    assert len(names) == len(set(names)), f'a variable is given twice: {sorted(names)}'
    return {pair['Name']: stand_ins.text(pair[value]) for pair in pairs}


def _renamed(variables: Mapping[str, str], old: str) -> dict[str, str]:
    return {f'{name}_RENAMED' if name == old else name: value for name, value in variables.items()}


def _single_reference(stand_ins: StandIns, value: Any) -> str:
    references = stand_ins.template.references(value)
    if len(references) != 1:
        raise LookupError(f'expected a reference to one resource of the template, got {value}')
    return references.pop()


def _codes(matcher: str) -> frozenset[int]:
    """'200,300-302' as numbers."""
    codes: set[int] = set()
    for part in matcher.split(','):
        first, _, last = part.partition('-')
        codes |= set(range(int(first), int(last or first) + 1))
    return frozenset(codes)


def public_host(stand_ins: StandIns) -> str:
    """The name under which users know the site: what points at the load balancer or at CloudFront before it, else their own name."""
    template = stand_ins.template
    balancers = list(template.of_type('AWS::ElasticLoadBalancingV2::LoadBalancer'))
    distributions = [name for name in template.of_type('AWS::CloudFront::Distribution') if template.dependencies(name) & set(balancers)]
    for targets in (balancers, distributions):
        for properties in template.of_type('AWS::Route53::RecordSet').values():
            if template.references(properties.get('AliasTarget', {})) & set(targets):
                return stand_ins.text(properties['Name']).rstrip('.')
    if not balancers:
        raise LookupError('the template has neither a DNS record nor a load balancer')
    return stand_ins.text({'Fn::GetAtt': [distributions[0], 'DomainName'] if distributions else [balancers[0], 'DNSName']})
