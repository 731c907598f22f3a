"""An SMTP server that behaves like the endpoint of Amazon SES: TLS before anything else, a password before any mail."""
from __future__ import annotations

import asyncio
import dataclasses
import email.message
import email.policy
import ssl
import tempfile
import threading
import warnings
from pathlib import Path
from typing import Any, Callable, Sequence

import trustme
from aiosmtpd.handlers import Message
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

#: Decides whether this user may log in with this password.
Check = Callable[[str, str], bool]


@dataclasses.dataclass(frozen=True)
class Received:
    """A mail as the server took it."""

    user: str
    sender: str
    recipients: list[str]
    message: email.message.EmailMessage


class SmtpServer:
    """An SMTP server on loopback with STARTTLS and AUTH, or with TLS from the first byte (`implicit_tls`, as on port 465).

    `check` is asked for each login, so that a password can become good or bad while the server runs. `names`: what clients may call it
    besides `localhost` and its address.
    """

    def __init__(self, check: Check, *, host: str = '127.0.0.1', names: Sequence[str] = (), implicit_tls: bool = False):
        self.host, self.port = host, 0
        #: The mails, in the order in which they came.
        self.messages: list[Received] = []
        #: Each login: the user, and whether the server took the password.
        self.logins: list[tuple[str, bool]] = []
        self._check, self._names, self._implicit_tls = check, names, implicit_tls
        self._folder = tempfile.TemporaryDirectory(prefix='contract-smtp-')
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> SmtpServer:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.ca_file))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert('localhost', self.host, *self._names).configure_cert(context)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(context), self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._folder.cleanup()

    @property
    def ca_file(self) -> Path:
        """The certificate authority that signed the server's certificate: what `SSL_CERT_FILE` wants."""
        return Path(self._folder.name) / 'ca.pem'

    async def _listen(self, context: ssl.SSLContext) -> asyncio.Server:
        tls = {} if self._implicit_tls else {'tls_context': context, 'require_starttls': True}

        def session() -> SMTP:
            with warnings.catch_warnings():
                # It does not know that there is TLS around it already.
                warnings.simplefilter('ignore')
                return SMTP(_Mailbox(self.messages), authenticator=self._authenticate, auth_required=True, auth_require_tls=not self._implicit_tls,
                            hostname='localhost', loop=self._loop, **tls)

        return await self._loop.create_server(session, self.host, 0, ssl=context if self._implicit_tls else None)

    async def _close(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _authenticate(self, _server: SMTP, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
        user = data.login.decode()
        passed = self._check(user, data.password.decode())
        self.logins.append((user, passed))
        return AuthResult(success=passed, handled=passed, message=None if passed else '535 Authentication Credentials Invalid', auth_data=data)


class _Mailbox(Message):
    def __init__(self, messages: list[Received]):
        super().__init__(email.message.EmailMessage)
        self._messages = messages

    def prepare_message(self, session: Any, envelope: Any) -> Any:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self._messages.append(Received(session.auth_data.login.decode(), envelope.mail_from, list(envelope.rcpt_tos), message))
        return message

    def handle_message(self, message: Any) -> None:
        """Kept already."""
