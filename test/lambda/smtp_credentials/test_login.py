"""A login as a process would do it."""
from __future__ import annotations

import smtplib
import socket
import ssl

import pytest
from deadline import OutOfTime
from doubles import Clock
from login import prove_login
from servers.smtp import SmtpServer


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch):
    with SmtpServer(lambda user, password: (user, password) == ('AKIA', 'right')) as server:
        monkeypatch.setenv('SSL_CERT_FILE', str(server.ca_file))
        yield server


def content_for(server: SmtpServer, password: str = 'right') -> dict[str, object]:
    return {'username': 'AKIA', 'password': password, 'host': server.host, 'port': server.port}


def test_succeeds_with_the_right_password(trusted: SmtpServer, clock: Clock) -> None:
    prove_login(content_for(trusted), clock.deadline)
    assert trusted.logins == [('AKIA', True)]


@pytest.mark.parametrize('port', [465, 2465])
def test_speaks_tls_at_once_on_the_ports_for_it(monkeypatch: pytest.MonkeyPatch, clock: Clock, port: int) -> None:
    with SmtpServer(lambda *_: True, implicit_tls=True) as server:
        monkeypatch.setenv('SSL_CERT_FILE', str(server.ca_file))
        connect = socket.create_connection
        monkeypatch.setattr(socket, 'create_connection', lambda address, *rest: connect((address[0], server.port), *rest))
        prove_login({**content_for(server), 'port': port}, clock.deadline)
        assert server.logins == [('AKIA', True)]


def test_of_a_server_with_a_certificate_that_nobody_knows_fails_at_once(trusted: SmtpServer, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv('SSL_CERT_FILE')
    with pytest.raises(ssl.SSLCertVerificationError, match='CERTIFICATE_VERIFY_FAILED'):
        prove_login(content_for(trusted), clock.deadline)
    assert trusted.logins == [] and clock.pauses == []


def test_of_a_server_with_the_certificate_of_another_fails_at_once(trusted: SmtpServer, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.create_connection
    monkeypatch.setattr(socket, 'create_connection', lambda address, *rest: connect(('127.0.0.1', address[1]), *rest))
    with pytest.raises(ssl.SSLCertVerificationError, match='not valid for'):
        prove_login({**content_for(trusted), 'host': 'email-smtp.eu-west-1.amazonaws.com'}, clock.deadline)
    assert trusted.logins == []


def test_never_sends_a_password_without_tls(clock: Clock, trusted: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = []
    monkeypatch.setattr(smtplib.SMTP, 'has_extn', lambda self, name: name != 'starttls')
    monkeypatch.setattr(smtplib.SMTP, 'send', lambda self, text, send=smtplib.SMTP.send: (sent.append(text), send(self, text))[1])
    with pytest.raises(smtplib.SMTPNotSupportedError, match='STARTTLS'):
        prove_login(content_for(trusted), clock.deadline)
    assert sent and not any('AUTH' in text for text in sent)


@pytest.mark.parametrize('port', [1])
def test_of_a_server_that_does_not_answer_is_tried_until_the_time_is_up(clock: Clock, port: int) -> None:
    with pytest.raises(OutOfTime, match='timed out while logging in to 127.0.0.1:1: ConnectionRefusedError'):
        prove_login({'username': 'AKIA', 'password': 'right', 'host': '127.0.0.1', 'port': port}, clock.deadline)
    assert len(clock.pauses) > 40
    assert 25 < clock.seconds < 30


def test_error_does_not_hold_the_password(trusted: SmtpServer, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level('DEBUG')
    with pytest.raises(OutOfTime) as error:
        prove_login(content_for(trusted, 'wrong-and-secret'), clock.deadline)
    assert '535' in str(error.value)
    assert 'wrong-and-secret' not in caplog.text + str(error.value)
