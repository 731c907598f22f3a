"""CloudFormation asks for SMTP credentials, or for their end."""
from __future__ import annotations

import logging
from typing import Any, Mapping

from access_keys import AccessKeys
from answer import Answer, failed, send, succeeded
from botocore.exceptions import ClientError
from credentials import provide
from deadline import Deadline, OutOfTime
from named_resource import id_of, is_ours
from problem import explain
from services import Services
from smtp_secret import Server, SmtpSecret, Unusable

log = logging.getLogger(__name__)

VERBS = {'Create': 'made', 'Update': 'updated', 'Delete': 'deleted'}


def handle_request(request: Mapping[str, Any], services: Services, deadline: Deadline) -> dict[str, Any]:
    """Does what CloudFormation asks for and answers. The answer holds no part of the credentials."""
    try:
        answer = _delete(request, services, deadline) if request['RequestType'] == 'Delete' else _provide(request, services, deadline)
    except (ClientError, OutOfTime, Unusable) as error:
        log.error('The request failed: %s', error)
        path = request['ResourceProperties'].get('ConstructPath', request['LogicalResourceId'])
        verb = VERBS.get(request['RequestType'], 'touched')
        answer = failed(f'{path}: the SMTP credentials were not {verb}: {explain(error)}', id_of(request, 'UserName'))
    return {'answered': send(request, answer)}


def _provide(request: Mapping[str, Any], services: Services, deadline: Deadline) -> Answer:
    properties = request['ResourceProperties']
    server = Server(properties['Region'], properties['Host'], int(properties['Port']))
    keys = AccessKeys(services.iam, properties['UserName'], deadline)
    return succeeded(provide(server, keys, SmtpSecret(services.secrets, properties['SecretArn'], deadline)), id_of(request, 'UserName'))


def _delete(request: Mapping[str, Any], services: Services, deadline: Deadline) -> Answer:
    user = request['ResourceProperties'].get('UserName')
    if not user or not is_ours(request, user):
        return succeeded('There is nothing to delete')
    number = AccessKeys(services.iam, user, deadline).delete_all()
    return succeeded(f'Access keys deleted: {number}')
