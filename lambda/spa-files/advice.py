"""What went wrong and what to do about it."""
from __future__ import annotations

from explanation import explained

THEN = ', then deploy again'
NEXT_STEPS = (
    (r'another deployment', 'none: the deployment that began last decides'),
    (r'has no index\.html', f'give the directory that the build writes{THEN}'),
    (r'names that are not allowed', f'rename them: plain paths without "..", "\\" and control characters{THEN}'),
    (r'too large', f'keep films and the like in a bucket of their own: about 500 MB can be published{THEN}'),
    (r'no archive|is not there', f'let the CDK CLI upload it again: change a file of the build{THEN}'),
    (r'reading the build', f"let the role of the handler read it (s3:GetObject, kms:Decrypt where CDK's bucket of assets has a key of yours){THEN}"),
    (r'NoSuchBucket', 'the bucket is gone: remove the construct that made it from the stack, deploy, and add it again'),
    (r'AccessDenied|not authorized|\(403\)',
     f'see which policy denies it, that of the role, of its permissions boundary, of the bucket or of the organization{THEN}'),
    (r'', f'wait until the cause is gone{THEN}'),
)


def explain(error: Exception) -> str:
    """The cause, the next step and the log."""
    return explained(error, NEXT_STEPS)
