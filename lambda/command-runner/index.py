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

logging.getLogger().setLevel(logging.INFO)
log = logging.getLogger(__name__)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Serves CloudFormation, the last step of the state machine, and EventBridge."""
    try:
        # Inside, so that even a module that cannot be imported becomes an answer.
        from clients import Clients
        from deadline import Deadline
        from dispatch import dispatch

        return dispatch(event, Clients.create(), Deadline.of(context))
    except Exception as error:
        log.exception('The event could not be handled')
        if 'RequestType' not in event:
            raise  # Step Functions and EventBridge try again
        send(event, unforeseen(event, error))
        return {'answered': True}
