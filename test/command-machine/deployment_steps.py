"""What tests of deployments share: what ECS says of tasks that do not start, and a deployment from its request to its answer."""
from __future__ import annotations

from command_world import World

MIGRATE = 'python manage.py migrate --noinput'
TRACEBACK = 'raise SystemExit("Traceback (most recent call last):\\ndjango.db.utils.ProgrammingError: column already exists")'
NO_TAG = ('CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref docker.io/shop/backend:1: '
          'docker.io/shop/backend:1: not found')
NO_NETWORK = ('CannotPullContainerError: The task cannot pull shop/backend:1 from the registry. There is a connection issue between the task and the '
              'registry: dial tcp 10.0.0.1:443: i/o timeout')
NO_FIELD = ('ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: '
            'service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key password')
NO_RIGHT_YET = ('ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr '
                'registry auth: service call has been retried 3 time(s): AccessDeniedException: User is not authorized to perform: ecr:GetAuthorizationToken')
NO_ENI = 'Timeout waiting for network interface provisioning to complete.'


def reason_of_failure(world: World, number: int = 1) -> str:
    """Deploys, and gives the reason that CloudFormation shows."""
    assert world.handler
    deployment = world.handler.deploy(number=number)
    world.run()
    answer = world.handler.answer(deployment)
    assert answer['Status'] == 'FAILED', answer
    assert not world.fargate.running()
    return answer['Reason']


def deploys(world: World, number: int = 1, kind: str = 'Update') -> str:
    """Deploys with success, and gives what CloudFormation is told."""
    assert world.handler
    deployment = world.handler.deploy(kind, number=number)
    world.run()
    answer = world.handler.answer(deployment)
    assert answer['Status'] == 'SUCCESS', answer
    assert not world.fargate.running()
    return answer['Reason']
