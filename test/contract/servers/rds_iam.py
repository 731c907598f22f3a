"""What Amazon RDS does before PostgreSQL when a user has the role `rds_iam`: it asks for a token of IAM instead of a password."""
from __future__ import annotations

import hashlib
import hmac
import select
import socket
import socketserver
import ssl
import struct
import tempfile
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable, Mapping, Protocol
from urllib.parse import parse_qsl, quote, urlsplit

import psycopg

from .postgres import GATE_IP, PostgresServer
from .process import free_port

_SSL_REQUEST, _GSS_REQUEST, _CANCEL_REQUEST = 80877103, 80877104, 80877102
_USABLE_MEMBER = """
    SELECT pg_has_role(u.oid, r.oid, 'USAGE') OR pg_has_role(u.oid, r.oid, 'SET')
    FROM pg_roles u, pg_roles r WHERE u.rolname = %s AND r.rolname = 'rds_iam' AND NOT u.rolsuper"""


class Identity(Protocol):
    """A role of IAM with its access keys."""

    credentials: Mapping[str, str]

    def allows(self, action: str, resource: str) -> bool: ...


class RdsIamGate:
    """The only way in to a `PostgresServer` whose template asks for IAM authentication.

    TLS ends here, with the server's own certificate. Who may use the role `rds_iam`, by inheritance or SET ROLE, is asked for a token in
    clear text, as RDS does by PAM, and then logs in to the real server by a certificate; a password does not help, even the master user's.
    Everybody else is passed on to the server byte by byte. The token's signature, host, region, user and time are checked against SigV4,
    and the right `rds-db:connect` against the policies of the template's roles. What it does not prove is how RDS itself words a refusal.
    """

    def __init__(self, postgres: PostgresServer, *, region: str, resource: str, roles: Mapping[str, Identity],
                 now: Callable[[], datetime] = lambda: datetime.now(timezone.utc)):
        """`resource`: the ARN of the database's users, without the last part; `roles`: by access key."""
        self._postgres, self._region, self._resource, self._roles = postgres, region, resource, roles
        #: The server's clock.
        self.now = now
        self.host, self.port = '127.0.0.1', free_port()
        #: Why tokens were refused, for the test to show: the client is told nothing, as on RDS.
        self.refused: list[str] = []
        #: The users that came in by a token.
        self.admitted: list[str] = []
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

    def __enter__(self) -> RdsIamGate:
        certificate, key = self._postgres.certificate
        self._context.load_cert_chain(certificate, key)
        gate = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                try:
                    gate._serve(self.request)
                except (OSError, EOFError):
                    pass  # somebody hung up

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads, allow_reuse_address, request_queue_size = True, True, 50

        self._server = Server((self.host, self.port), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def problem(self, token: str, user: str) -> str | None:
        """Why RDS would refuse this token."""
        url = urlsplit('https://' + token)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        key, _, scope = query.get('X-Amz-Credential', '').partition('/')
        role = self._roles.get(key)
        if role is None:
            return 'not the token of a task role: ' + (token[:20] if key == '' else key)
        if query.get('X-Amz-Security-Token') != role.credentials['Token']:
            return 'without the session token of its credentials'
        if query.get('X-Amz-Signature') != _signature(url.netloc, query, scope, role.credentials['SecretAccessKey']):
            return 'the signature is wrong'
        if url.netloc != f'{self.host}:{self.port}':
            return f'for the server {url.netloc}'
        if query.get('DBUser') != user or query.get('Action') != 'connect':
            return f'for the user {query.get("DBUser")}'
        begin = datetime.strptime(query['X-Amz-Date'], '%Y%m%dT%H%M%SZ').replace(tzinfo=timezone.utc)
        if scope != f'{begin:%Y%m%d}/{self._region}/rds-db/aws4_request':
            return f'for {scope}'
        if not begin - timedelta(minutes=5) <= self.now() < begin + timedelta(seconds=min(int(query['X-Amz-Expires']), 900)):
            return f'of {begin}, and it is {self.now()}'
        if not role.allows('rds-db:connect', f'{self._resource}/{user}'):
            return f'its role may not rds-db:connect on {self._resource}/{user}'
        return None

    def _serve(self, client: socket.socket) -> None:
        code, rest = _startup(client)
        if code == _GSS_REQUEST:
            client.sendall(b'N')
            code, rest = _startup(client)
        if code == _CANCEL_REQUEST:
            with socket.create_connection((self._postgres.host, self._postgres.port)) as server:
                server.sendall(struct.pack('!II', len(rest) + 8, code) + rest)
            return
        if code != _SSL_REQUEST:
            return _refuse(client, '28000', 'no pg_hba.conf entry for host, no encryption')
        client.sendall(b'S')
        with self._context.wrap_socket(client, server_side=True) as client:
            code, rest = _startup(client)
            fields = rest.rstrip(b'\0').split(b'\0')
            user = dict(zip(fields[::2], fields[1::2])).get(b'user', b'').decode()
            needs_token = self._needs_token(user)
            if needs_token:
                client.sendall(b'R' + struct.pack('!II', 8, 3))
                problem = self._admit(client, user)
                if problem:
                    self.refused.append(f'{user}: {problem}')
                    return _refuse(client, '28000', f'PAM authentication failed for user "{user}"')
                self.admitted.append(user)
            with self._connect(user if needs_token else None) as server:
                server.sendall(struct.pack('!II', len(rest) + 8, code) + rest)
                _splice(client, server)

    def _admit(self, client: socket.socket, user: str) -> str | None:
        kind, length = struct.unpack('!cI', _exactly(client, 5))
        password = _exactly(client, length - 4).rstrip(b'\0').decode(errors='replace')
        return self.problem(password, user) if kind == b'p' else 'no password message'

    def _needs_token(self, user: str) -> bool:
        server = self._postgres
        with psycopg.connect(server.dsn(user=server.superuser, password=server.superuser_password)) as connection:
            row = connection.execute(_USABLE_MEMBER, [user]).fetchone()
            return bool(row and row[0])

    def _connect(self, user: str | None) -> ssl.SSLSocket:
        plain = socket.create_connection((self._postgres.host, self._postgres.port), source_address=(GATE_IP, 0) if user else None)
        plain.sendall(struct.pack('!II', 8, _SSL_REQUEST))
        assert _exactly(plain, 1) == b'S'
        return self._client_context(user).wrap_socket(plain, server_hostname=self._postgres.host)

    def _client_context(self, user: str | None) -> ssl.SSLContext:
        with self._lock:
            if (user or '') not in self._contexts:
                context = ssl.create_default_context(cafile=str(self._postgres.ca_file))
                if user:
                    with tempfile.TemporaryDirectory() as folder:
                        file = Path(folder) / 'user.pem'
                        self._postgres.client_certificate(user).private_key_and_cert_chain_pem.write_to_path(str(file))
                        context.load_cert_chain(file)
                self._contexts[user or ''] = context
            return self._contexts[user or '']


def _startup(client: socket.socket) -> tuple[int, bytes]:
    length, code = struct.unpack('!II', _exactly(client, 8))
    return code, _exactly(client, length - 8)


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b''
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def _refuse(client: socket.socket, code: str, message: str) -> None:
    fields = b''.join(kind + text.encode() + b'\0' for kind, text in ((b'S', 'FATAL'), (b'V', 'FATAL'), (b'C', code), (b'M', message)))
    client.sendall(b'E' + struct.pack('!I', len(fields) + 5) + fields + b'\0')


def _splice(client: ssl.SSLSocket, server: ssl.SSLSocket) -> None:
    """Carries what either says to the other. In one thread, since OpenSSL allows no two on one connection."""
    other = {client: server, server: client}
    while True:
        for end in [end for end in other if end.pending()] or select.select(list(other), [], [])[0]:
            end.settimeout(0)
            try:
                data = end.recv(65536)
            except ssl.SSLWantReadError:
                continue  # TLS itself, e.g. a session ticket
            finally:
                end.settimeout(None)
            if not data:
                return
            other[end].sendall(data)


def _signature(host: str, query: Mapping[str, Any], scope: str, secret: str) -> str:
    """What SigV4 demands of a presigned URL.

    @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    signed = '&'.join(f'{quote(name, safe="-_.~")}={quote(value, safe="-_.~")}' for name, value in sorted(query.items()) if name != 'X-Amz-Signature')
    request = '\n'.join(['GET', '/', signed, f'host:{host}', '', 'host', hashlib.sha256(b'').hexdigest()])
    text = '\n'.join(['AWS4-HMAC-SHA256', query.get('X-Amz-Date', ''), scope, hashlib.sha256(request.encode()).hexdigest()])
    key = b'AWS4' + secret.encode()
    for part in scope.split('/'):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
