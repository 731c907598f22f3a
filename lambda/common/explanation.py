"""What a failure tells people: the cause, what to do, and where to read more."""
from __future__ import annotations

import os
import re
from typing import Iterable


def explained(error: Exception, next_steps: Iterable[tuple[str, str]]) -> str:
    """'<cause>. Next step: <what to do>.' and the log; the steps are (what the error says, what to do), of which the first that fits counts."""
    cause = ' '.join(str(error).split()).rstrip('. ')
    step = next(step for pattern, step in next_steps if re.search(pattern, cause, re.IGNORECASE))
    group, stream = os.environ.get('AWS_LAMBDA_LOG_GROUP_NAME'), os.environ.get('AWS_LAMBDA_LOG_STREAM_NAME')
    return f'{cause}. Next step: {step}.' + (f' Log group: {group}, stream: {stream}.' if group else '')
