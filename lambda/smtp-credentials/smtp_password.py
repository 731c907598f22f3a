"""What SES takes as the password of an access key."""
from __future__ import annotations

import base64
import hmac

VERSION = b'\x04'
# The region stands between the first and the second. The date is fixed by AWS.
DATE, REST = '11111111', ('ses', 'aws4_request', 'SendRawEmail')


def smtp_password(secret_access_key: str, region: str) -> str:
    """The SMTP password of an access key, good in this region only. Nothing leads back to the key.

    @see https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html
    """
    signature = f'AWS4{secret_access_key}'.encode()
    for message in (DATE, region, *REST):
        signature = hmac.digest(signature, message.encode(), 'sha256')
    return base64.b64encode(VERSION + signature).decode()
