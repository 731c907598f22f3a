"""Entry point of the Lambda function: whatever happens, CloudFormation gets an answer."""
from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# The folder is one of two in the asset; the other is what the handlers share.
sys.path[:0] = [str(HERE), str(HERE.parent / 'common')]

from answer import Answer, failed, send  # noqa: E402

logging.getLogger().setLevel(logging.INFO)
log = logging.getLogger(__name__)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Serves CloudFormation, and Secrets Manager when it rotates the secret."""
    try:
        # Inside, so that even a module that cannot be imported becomes an answer.
        from deadline import Deadline
        from rotation import rotate
        from services import Services
        from smtp_request import handle_request

        if 'RequestType' in event:
            return handle_request(event, Services.create(), Deadline.of(context))
        if 'Step' in event:
            rotate(event, Services.create(), Deadline.of(context))
            return {}
        raise ValueError(f'unknown event with the keys {sorted(event)}')
    except Exception as error:
        log.exception('The event could not be handled')
        if 'RequestType' not in event:
            raise  # Secrets Manager tries again
        send(event, answer_to(event, error))
        return {'answered': True}


def answer_to(event: dict[str, Any], error: Exception) -> Answer:
    """The answer for an error that nobody foresaw."""
    properties = event.get('ResourceProperties', {})
    path = properties.get('ConstructPath', event['LogicalResourceId'])
    physical_id = event.get('PhysicalResourceId') if event['RequestType'] == 'Delete' else properties.get('UserName')
    return failed(f'{path}: {type(error).__name__}: {error}. The log group of the handler has the details.', physical_id)
