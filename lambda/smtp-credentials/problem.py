"""What went wrong and what to do about it."""
from __future__ import annotations

from explanation import explained

THEN = ', then try again'
GONE = 'is gone: remove the construct that made it from the stack, deploy, and add it again'
NEXT_STEPS = (
    (r'for deletion|marked deleted', f'restore it with `aws secretsmanager restore-secret`{THEN}'),
    (r'overtaken|not being rotated', 'none: Secrets Manager begins anew at the next rotation'),
    (r'no credentials', f'deploy the stack that makes them{THEN}'),
    (r'kms|EncryptionFailure|DecryptionFailure',
     f"let the role of the handler use the secret's key (kms:Decrypt, kms:GenerateDataKey), and see that the key is enabled{THEN}"),
    (r'AccessDenied|not authorized',
     f'see which policy denies it, that of the role, of its permissions boundary, of the secret or of the organization{THEN}'),
    (r'ResourceNotFoundException', f'the secret {GONE}'),
    (r'NoSuchEntity', f'the IAM user {GONE}'),
    (r'CERTIFICATE_VERIFY_FAILED', f'the certificate is not for this host: correct the host{THEN}'),
    (r'Authentication', f"see that the user's key is active and the host is the endpoint of the region{THEN}"),
    (r'STARTTLS|SMTP AUTH', f'the host or port is not an SMTP endpoint of SES: correct it{THEN}'),
    (r'', f'wait until the cause is gone{THEN}'),
)


def explain(error: Exception) -> str:
    """The cause, the next step and the log."""
    return explained(error, NEXT_STEPS)
