"""The password that SES derives from a secret access key."""
from __future__ import annotations

import base64
import subprocess

import pytest
from smtp_password import smtp_password


# The vectors of terraform-provider-aws (internal/service/iam/access_key_test.go, TestSESSMTPPasswordFromSecretKeySigV4): AWS publishes none.
@pytest.mark.parametrize(('region', 'secret', 'password'), [
    ('eu-central-1', 'some+secret+key', 'BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2'),
    ('eu-central-1', 'another+secret+key', 'BBbphbrQmrKMx42d1N6+C7VINYEBGI5v9VsZeTxwskfh'),
    ('us-west-1', 'some+secret+key', 'BH+jbMzper5WwlwUar9E1ySBqHa9whi0GPo+sJ0mVYJj'),
    ('us-west-1', 'another+secret+key', 'BKVmjjMDFk/qqw8EROW99bjCS65PF8WKvK5bSr4Y6EqF'),
])
def test_is_the_known_one(region: str, secret: str, password: str) -> None:
    assert smtp_password(secret, region) == password


@pytest.mark.parametrize('region', ['us-east-1', 'eu-west-1', 'us-gov-west-1', 'ap-southeast-3'])
def test_is_what_openssl_computes_from_the_documented_steps(region: str) -> None:
    secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
    key = f'AWS4{secret}'.encode()
    for message in ('11111111', region, 'ses', 'aws4_request', 'SendRawEmail'):
        key = subprocess.run(['openssl', 'dgst', '-sha256', '-mac', 'HMAC', '-macopt', f'hexkey:{key.hex()}', '-binary'],
                             input=message.encode(), capture_output=True, check=True).stdout
    assert smtp_password(secret, region) == base64.b64encode(b'\x04' + key).decode()


def test_is_of_version_4_and_short_enough_for_every_mail_client() -> None:
    password = smtp_password('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'us-east-1')
    assert len(password) == 44
    assert base64.b64decode(password)[0] == 4


def test_is_good_in_one_region_only() -> None:
    assert smtp_password('same', 'eu-west-1') != smtp_password('same', 'eu-west-2')
