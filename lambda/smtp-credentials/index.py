"""Entry point of the Lambda function: whatever happens, CloudFormation gets an answer."""
from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# The folder is one of two in the asset; the other is what the handlers share.
sys.path[:0] = [str(HERE), str(HERE.parent / 'common')]

from answer import send, unforeseen  # noqa: E402
from named_resource import id_of  # noqa: E402

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
        send(event, unforeseen(event, error, id_of(event, 'UserName')))
        return {'answered': True}
