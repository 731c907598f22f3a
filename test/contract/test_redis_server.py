"""What the contract test may rely on: the stand-in for ElastiCache is as strict as ElastiCache."""
from __future__ import annotations

import socket
import threading
from typing import Callable, Iterator

import pytest
import redis

from servers.redis import RedisServer

PASSWORD = 'correct0horse1battery2staple3'


@pytest.fixture(scope='module')
def server() -> Iterator[RedisServer]:
    with RedisServer(password=PASSWORD) as server:
        yield server


def client(server: RedisServer, **overrides: object) -> redis.Redis:
    return redis.Redis(**{'host': server.host, 'port': server.port, 'password': server.password, 'ssl': True, 'ssl_ca_certs': str(server.ca_file),
                          'socket_timeout': 5, 'protocol': 2, 'retry': None, **overrides})


def test_takes_the_url_that_the_library_hands_over(server: RedisServer) -> None:
    url = f'rediss://:{PASSWORD}@{server.host}:{server.port}/0?ssl_cert_reqs=required'
    with redis.Redis.from_url(url, ssl_ca_certs=str(server.ca_file), socket_timeout=5) as connected:
        connected.set('greeting', 'hello', ex=60)
        assert connected.get('greeting') == b'hello'


@pytest.mark.parametrize('change, database', [
    (lambda url: url.replace('/0?', '/1?'), 1),
    (lambda url: url.split('/0?')[0] + '/1', 1),
    (lambda url: url.split('/0?')[0], 0),
])
def test_takes_the_other_databases_that_the_docs_name(server: RedisServer, change: Callable[[str], str], database: int) -> None:
    url = change(f'rediss://:{PASSWORD}@{server.host}:{server.port}/0?ssl_cert_reqs=required')
    with redis.Redis.from_url(url, ssl_ca_certs=str(server.ca_file), socket_timeout=5) as connected:
        assert connected.ping() and connected.connection_pool.connection_kwargs.get('db', 0) == database
    with redis.Redis.from_url(url, socket_timeout=5, retry=None) as unknowing, pytest.raises(redis.exceptions.ConnectionError, match='CERTIFICATE_VERIFY_FAILED'):
        unknowing.ping()


def test_a_path_after_the_query_is_refused_by_the_client_as_the_docs_say(server: RedisServer) -> None:
    url = f'rediss://:{PASSWORD}@{server.host}:{server.port}/0?ssl_cert_reqs=required/1'
    with pytest.raises(redis.exceptions.RedisError, match='Invalid SSL Certificate Requirements Flag: required/1'):
        redis.Redis.from_url(url).ping()


def test_a_database_beside_the_url_counts_for_nothing() -> None:
    assert redis.Redis.from_url('rediss://cache/0?ssl_cert_reqs=required', db=1).connection_pool.connection_kwargs['db'] == 0


def test_refuses_connections_without_tls(server: RedisServer) -> None:
    with pytest.raises(redis.exceptions.ConnectionError):
        client(server, ssl=False).ping()


def test_has_no_other_way_in(server: RedisServer) -> None:
    with socket.create_connection((server.host, server.port), timeout=5) as plain:
        plain.sendall(b'PING\r\n')
        assert not plain.recv(100).startswith(b'+PONG')


@pytest.mark.parametrize('wrong', [{'password': 'wrong'}, {'username': 'nobody'}])
def test_refuses_who_cannot_prove_who_it_is(server: RedisServer, wrong: dict[str, str]) -> None:
    with pytest.raises(redis.exceptions.AuthenticationError, match='invalid username-password pair'):
        client(server, **wrong).ping()


def test_demands_a_password(server: RedisServer) -> None:
    with pytest.raises(redis.exceptions.AuthenticationError, match='Authentication required'):
        client(server, password=None).ping()


def test_proves_itself_by_its_certificate(server: RedisServer) -> None:
    with pytest.raises(redis.exceptions.ConnectionError, match='CERTIFICATE_VERIFY_FAILED'):
        client(server, ssl_ca_certs=None).ping()


def test_keeps_the_administrators_commands_back(server: RedisServer) -> None:
    with pytest.raises(redis.exceptions.NoPermissionError):
        client(server).config_get('maxmemory')
    with pytest.raises(redis.exceptions.NoPermissionError):
        client(server).shutdown()
    assert client(server, decode_responses=True).acl_whoami() == 'default'


def test_carries_large_values_and_many_connections(server: RedisServer) -> None:
    large = b'x' * 2_000_000
    answers = {}

    def carry(number: int) -> None:
        with client(server) as connected:
            connected.set(f'large-{number}', large)
            answers[number] = connected.get(f'large-{number}') == large

    threads = [threading.Thread(target=carry, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == {number: True for number in range(8)}


def test_publishes_to_who_waits(server: RedisServer) -> None:
    with client(server) as connected, connected.pubsub(ignore_subscribe_messages=True) as waiting:
        waiting.subscribe('news')
        waiting.get_message(timeout=5)
        connected.publish('news', 'hello')
        message = waiting.get_message(timeout=5)
        assert message and message['data'] == b'hello'


def test_can_have_a_user_of_its_own_and_leaves_nothing_behind() -> None:
    with RedisServer(user='shop', password="pass word'#1") as server:
        files = server.ca_file.parent
        assert client(server, username='shop', decode_responses=True).acl_whoami() == 'shop'
        with pytest.raises(redis.exceptions.AuthenticationError):
            client(server).ping()
    assert not files.exists()
    with pytest.raises(redis.exceptions.ConnectionError):
        redis.Redis(host=server.host, port=server.port, ssl=True, ssl_cert_reqs='none', retry=None).ping()
