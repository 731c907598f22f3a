"""Who called, and what they want."""
from __future__ import annotations

from typing import Any

from clients import Clients
from deadline import Deadline
from deployment import handle_request
from outcome import report_run, report_status_change


def dispatch(event: dict[str, Any], clients: Clients, deadline: Deadline) -> dict[str, Any]:
    """Hands an event to the one who knows it."""
    if 'RequestType' in event:
        return handle_request(event, clients, deadline)
    if 'run' in event:
        return report_run(event['run'], event['execution'], clients, deadline)
    if event.get('detail-type') == 'Step Functions Execution Status Change':
        return report_status_change(event['detail']['executionArn'], clients, deadline)
    raise ValueError(f'unknown event with the keys {sorted(event)}')
