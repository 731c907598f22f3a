"""The stand-ins are as strict as what they stand for; otherwise the contract would pass for the wrong reason."""
from __future__ import annotations

import json
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Iterator, Mapping
from unittest import mock

import boto3
import psycopg
import pytest

from cloudfront import CloudFront
from ecs import Image
from servers import EcsMetadataServer, PostgresServer, RdsIamGate, S3Emulator
from stand_ins import StandIns
from task_definitions import Container, public_host
from task_role import TaskRole
from template import Template

RESOURCES: dict[str, Any] = {
    'Database': {'Type': 'AWS::RDS::DBInstance', 'Properties': {'DBName': 'shop', 'MasterUsername': 'owner', 'MasterUserPassword': {
        'Fn::Join': ['', ['{{resolve:secretsmanager:', {'Ref': 'Password'}, ':SecretString:password::}}']]}}},
    'Password': {'Type': 'AWS::SecretsManager::Secret', 'Properties': {'GenerateSecretString': {
        'SecretStringTemplate': '{"username":"owner"}', 'GenerateStringKey': 'password', 'ExcludePunctuation': True, 'PasswordLength': 20}}},
    'Attachment': {'Type': 'AWS::SecretsManager::SecretTargetAttachment', 'Properties': {'SecretId': {'Ref': 'Password'}, 'TargetId': {'Ref': 'Database'}}},
    'Url': {'Type': 'AWS::SecretsManager::Secret', 'Properties': {'SecretString': {'Fn::Join': ['', [
        'postgres://owner:{{resolve:secretsmanager:', {'Ref': 'Password'}, ':SecretString:password::}}@', {'Fn::GetAtt': ['Database', 'Endpoint.Address']}, '/shop']]}}},
    'Written': {'Type': 'AWS::SecretsManager::Secret', 'Properties': {'GenerateSecretString': {}}},
    'Writer': {'Type': 'Custom::SesSmtpCredentials', 'Properties': {'SecretArn': {'Ref': 'Written'}}},
    'Sender': {'Type': 'AWS::IAM::Policy', 'Properties': {'Users': ['user'], 'PolicyDocument': {'Statement': [
        {'Effect': 'Allow', 'Action': 'ses:SendRawEmail', 'Resource': '*', 'Condition': {'StringEquals': {'ses:FromAddress': 'shop@example.com'}}}]}}},
    'Bucket': {'Type': 'AWS::S3::Bucket'},
    'Role': {'Type': 'AWS::IAM::Role', 'Properties': {'Policies': [{'PolicyDocument': {'Statement': [
        {'Effect': 'Allow', 'Action': ['s3:GetObject*', 's3:putobject'], 'Resource': {'Fn::Join': ['', [{'Fn::GetAtt': ['Bucket', 'Arn']}, '/media/*']]}},
        {'Effect': 'Deny', 'Action': 's3:*', 'Resource': '*/secret'}]}}]}},
    'First': {'Type': 'Custom::Step', 'Properties': {}},
    'Second': {'Type': 'Custom::Step', 'DependsOn': 'First', 'Properties': {}},
}


NOW = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


class TaskRoleDouble:
    """May log in to the database as `app`, and nothing else."""

    credentials = {'AccessKeyId': 'ASIAX', 'SecretAccessKey': 'secret', 'Token': 'to/ken+='}

    def allows(self, action: str, resource: str) -> bool:
        return (action, resource) == ('rds-db:connect', 'arn:aws:rds-db:eu-central-1:1:dbuser:db-X/app')


@pytest.fixture
def stand_ins() -> StandIns:
    return StandIns(Template({
        'Resources': RESOURCES,
        'Parameters': {'Size': {'Type': 'String', 'Default': 'big'}, 'Bare': {'Type': 'String'}},
        'Conditions': {'IsBig': {'Fn::Equals': [{'Ref': 'Size'}, 'big']}, 'IsSmall': {'Fn::Not': [{'Condition': 'IsBig'}]}},
        'Mappings': {'Map': {'eu-central-1': {'account': '054676820928'}}},
    }))


@pytest.mark.parametrize('value, expected', [
    ({'Ref': 'AWS::Region'}, 'eu-central-1'),
    ({'Ref': 'Size'}, 'big'),
    ({'Ref': 'Bucket'}, 'contract-bucket'),
    ({'Fn::GetAtt': ['Bucket', 'Arn']}, 'arn:aws:s3:::contract-bucket'),
    ({'Fn::GetAtt': 'Database.Endpoint.Port'}, '6543'),
    ({'Fn::Join': ['-', ['a', {'Ref': 'Size'}]]}, 'a-big'),
    ({'Fn::Sub': '${Size}-${Bucket.Arn}-${!Literal}'}, 'big-arn:aws:s3:::contract-bucket-${Literal}'),
    ({'Fn::Sub': ['${x}', {'x': {'Ref': 'Size'}}]}, 'big'),
    ({'Fn::Select': [1, {'Fn::Split': [':', 'a:b:c']}]}, 'b'),
    ({'Fn::Select': ['0', {'Fn::GetAZs': ''}]}, 'eu-central-1a'),
    ({'Fn::Select': [4, {'Fn::Split': ['-', {'Fn::Select': [2, {'Fn::Split': ['/', {'Ref': 'AWS::StackId'}]}]}]}]}, 'a4b5c6d7e8f9'),
    ({'Fn::If': ['IsBig', 'yes', 'no']}, 'yes'),
    ({'Fn::If': ['IsSmall', 'yes', 'no']}, 'no'),
    ({'Fn::FindInMap': ['Map', {'Ref': 'AWS::Region'}, 'account']}, '054676820928'),
    ({'Fn::GetStackOutput': {'StackName': 'Other', 'OutputName': 'Arn', 'Region': 'us-east-1'}}, 'Other.Arn'),
    (True, 'true'),
    (8000, '8000'),
])
def test_evaluates_intrinsic_functions(stand_ins: StandIns, value: Any, expected: str) -> None:
    stand_ins.serve('database', '127.0.0.1', 6543)
    assert stand_ins.text(value) == expected


@pytest.mark.parametrize('value, error', [
    ({'Ref': 'Gone'}, KeyError),
    ({'Ref': 'Bare'}, KeyError),
    ({'Fn::GetAtt': ['Bucket', 'Colour']}, NotImplementedError),
    ({'Fn::ImportValue': 'x'}, NotImplementedError),
    ({'Fn::GetAtt': ['Database', 'Endpoint.Address']}, LookupError),
    ({'Fn::Split': [',', 'a,b']}, TypeError),
])
def test_refuses_to_guess(stand_ins: StandIns, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        stand_ins.text(value)


def test_injects_secrets_as_ecs_does(stand_ins: StandIns) -> None:
    arn = stand_ins.text({'Ref': 'Attachment'})
    _, user, password = stand_ins.database()
    stand_ins.serve('database', '127.0.0.1', 6543)
    assert (stand_ins.secret(f'{arn}:username::'), stand_ins.secret(f'{arn}:password::')) == (user, password)
    assert json.loads(stand_ins.secret(arn)) == {
        'username': 'owner', 'password': password, 'engine': 'postgres', 'host': '127.0.0.1', 'port': 6543, 'dbname': 'shop'}
    assert password.isalnum() and len(password) == 20
    with pytest.raises(LookupError, match="did not contain json key 'pasword'"):
        stand_ins.secret(f'{arn}:pasword::')
    with pytest.raises(LookupError, match='find the specified secret'):
        stand_ins.secret(f'{arn}X')


def test_knows_secrets_that_are_made_of_others(stand_ins: StandIns) -> None:
    stand_ins.serve('database', '127.0.0.1', 6543)
    assert stand_ins.secret(stand_ins.text({'Ref': 'Url'})) == f'postgres://owner:{stand_ins.database()[2]}@127.0.0.1/shop'


def test_knows_what_others_write_into_secrets_and_parameters(stand_ins: StandIns) -> None:
    arn, parameter = stand_ins.text({'Ref': 'Written'}), 'arn:aws:ssm:eu-central-1:123456789012:parameter/shop/token'
    login = stand_ins.smtp_login()
    assert login == (stand_ins.secret(f'{arn}:username::'), stand_ins.secret(f'{arn}:password::'))
    assert (stand_ins.writer(arn), stand_ins.writer(stand_ins.text({'Ref': 'Password'}))) == ('Writer', None)
    with pytest.raises(LookupError):
        stand_ins.secret(parameter)
    stand_ins.set_secret(parameter, 'token')
    assert stand_ins.secret(parameter) == 'token'


def test_knows_who_may_send(stand_ins: StandIns) -> None:
    assert stand_ins.may_send('shop@example.com')
    assert not stand_ins.may_send('webmaster@localhost')


def test_knows_what_cloudformation_makes_first(stand_ins: StandIns) -> None:
    order = stand_ins.template.creation_order()
    assert order.index('First') < order.index('Second')
    assert stand_ins.template.dependencies('Attachment') == {'Password', 'Database'}


@pytest.mark.parametrize('record, target, host', [
    (True, 'Balancer', 'shop.example.com'),
    (True, 'Site', 'shop.example.com'),
    (True, 'Files', 'd'),
    (False, 'Site', 'd'),
])
def test_knows_under_which_name_people_know_a_site_behind_cloudfront(record: bool, target: str, host: str) -> None:
    def distribution(domain: Any, *behaviours: Mapping[str, str]) -> dict[str, Any]:
        origins = [{'Id': 'own', 'DomainName': domain}, {'Id': 'static', 'DomainName': {'Fn::GetAtt': ['Bucket', 'RegionalDomainName']}}]
        return {'Type': 'AWS::CloudFront::Distribution', 'Properties': {'DistributionConfig': {
            'Aliases': ['shop.example.com'], 'Origins': origins, 'CacheBehaviors': list(behaviours), 'DefaultCacheBehavior': {'TargetOriginId': 'own'}}}}

    attribute = 'DNSName' if target == 'Balancer' else 'DomainName'
    stand_ins = StandIns(Template({'Resources': {
        'Bucket': {'Type': 'AWS::S3::Bucket'},
        'Balancer': {'Type': 'AWS::ElasticLoadBalancingV2::LoadBalancer'},
        'Site': distribution({'Fn::GetAtt': ['Balancer', 'DNSName']}, {'PathPattern': '/static/*', 'TargetOriginId': 'static'}, {
            'PathPattern': '/api/*', 'TargetOriginId': 'own'}),
        'Files': distribution('elsewhere'),
        **({'Record': {'Type': 'AWS::Route53::RecordSet', 'Properties': {
            'Name': 'shop.example.com.', 'AliasTarget': {'DNSName': {'Fn::GetAtt': [target, attribute]}}}}} if record else {}),
    }}))
    assert public_host(stand_ins).startswith(host)


def test_knows_what_cloudfront_takes_from_buckets() -> None:
    origins = [{'Id': 'app', 'DomainName': 'app.example.com'}, {'Id': 'static', 'DomainName': {'Fn::GetAtt': ['Bucket', 'RegionalDomainName']}}]
    site = StandIns(Template({'Resources': {'Bucket': {'Type': 'AWS::S3::Bucket'}, 'Site': {
        'Type': 'AWS::CloudFront::Distribution', 'Properties': {'DistributionConfig': {
            'Aliases': ['shop.example.com'], 'Origins': origins, 'DefaultCacheBehavior': {'TargetOriginId': 'static'}, 'CacheBehaviors': [
                {'PathPattern': '/static/*', 'TargetOriginId': 'static'}, {'PathPattern': '/api/*', 'TargetOriginId': 'app'}]}}}}}))
    with S3Emulator(region='eu-central-1') as s3:
        cloudfront = CloudFront(site, s3)
        paths = ['/static/a.css', '/api/a', '/']
        assert [cloudfront.serves(f'https://shop.example.com{path}') for path in paths] == [True, False, False]
        assert not cloudfront.serves('https://other.example.com/static/a.css')


@pytest.mark.parametrize('action, arn, allowed', [
    ('s3:GetObject', 'arn:aws:s3:::contract-bucket/media/a', True),
    ('s3:PutObject', 'arn:aws:s3:::contract-bucket/media/a/b', True),
    ('s3:GetObject', 'arn:aws:s3:::contract-bucket/static/a', False),
    ('s3:DeleteObject', 'arn:aws:s3:::contract-bucket/media/a', False),
    ('s3:GetObject', 'arn:aws:s3:::contract-bucket/media/secret', False),
    ('s3:ListBucket', 'arn:aws:s3:::contract-bucket', False),
])
def test_decides_as_iam_does(stand_ins: StandIns, action: str, arn: str, allowed: bool) -> None:
    assert TaskRole(stand_ins, 'Role').allows(action, arn) is allowed


def test_moves_a_port_only_where_it_is_one() -> None:
    environment = {'PORT': '8000', 'ARGS': '--bind=[::]:8000 --max-requests=8000', 'ID': '80001'}
    container = Container('Task', 'web', 'image', (), ('serve', '0.0.0.0:8000'), environment, {}, port=8000, stop_timeout=30, task_role=None)
    moved = container.on_port(9)
    assert (moved.command, moved.environment, moved.port) == (
        ('serve', '0.0.0.0:9'), {'PORT': '9', 'ARGS': '--bind=[::]:9 --max-requests=8000', 'ID': '80001'}, 9)


def test_an_entry_point_silences_the_images_command(tmp_path: Path) -> None:
    (tmp_path / 'Dockerfile').write_text('FROM a AS b\nCMD ["wrong"]\nFROM c\nENTRYPOINT ["start"]\nCMD ["serve", "all"]\n')
    image = Image(tmp_path, {})
    assert image.arguments((), ()) == ['start', 'serve', 'all']
    assert image.arguments((), ('migrate',)) == ['start', 'migrate']
    assert image.arguments(('python', '-c', 'x'), ()) == ['python', '-c', 'x']


class TestPostgres:
    def test_refuses_connections_without_tls(self, postgres: PostgresServer) -> None:
        with pytest.raises(psycopg.OperationalError, match='no encryption'):
            psycopg.connect(postgres.dsn(sslmode='disable'))

    def test_refuses_a_wrong_password(self, postgres: PostgresServer) -> None:
        with pytest.raises(psycopg.OperationalError, match='password authentication failed'):
            psycopg.connect(postgres.dsn(user=postgres.user, password='wrong'))

    def test_master_user_owns_its_database_but_is_no_superuser(self, postgres: PostgresServer) -> None:
        with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
            row = connection.execute('SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user').fetchone()
            assert row == (False, True, True)
            connection.execute('CREATE TABLE public.mine (id int)')
            connection.execute('DROP TABLE public.mine')
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute('CREATE ROLE another SUPERUSER')

    def test_leaves_nothing_behind(self) -> None:
        with PostgresServer(database='a-b', user="o'user", password="pass'word") as server:
            files = server.ca_file.parent
            psycopg.connect(host=server.host, port=server.port, dbname='a-b', user="o'user", password="pass'word", sslmode='require').close()
        assert not files.exists()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(host=server.host, port=server.port, dbname='a-b', user="o'user", password="pass'word", sslmode='require')


@pytest.fixture(scope='module')
def gate() -> Iterator[RdsIamGate]:
    with PostgresServer(database='shop', user='master', password='secret') as postgres:
        with RdsIamGate(postgres, region='eu-central-1', resource='arn:aws:rds-db:eu-central-1:1:dbuser:db-X', roles={'ASIAX': TaskRoleDouble()},
                        now=lambda: NOW) as gate:
            with TestRdsIamGate.login(gate, 'master', 'secret') as connection:
                connection.execute('CREATE ROLE app LOGIN')
                connection.execute('CREATE ROLE other LOGIN')
                connection.execute('GRANT rds_iam TO app, other')
            yield gate


class TestRdsIamGate:
    @staticmethod
    def login(gate: RdsIamGate, user: str, password: str) -> psycopg.Connection[Any]:
        return psycopg.connect(host=gate.host, port=gate.port, dbname='shop', user=user, password=password, sslmode='require', autocommit=True)

    def token(self, gate: RdsIamGate, *, user: str = 'app', host: str = '', region: str = 'eu-central-1', keys: Mapping[str, str] = {}, minutes: int = 0) -> str:
        credentials = {'AccessKeyId': 'ASIAX', 'SecretAccessKey': 'secret', 'Token': 'to/ken+=', **keys}
        client = boto3.client('rds', region_name=region, aws_access_key_id=credentials['AccessKeyId'],
                              aws_secret_access_key=credentials['SecretAccessKey'], aws_session_token=credentials['Token'])
        with mock.patch('botocore.auth.get_current_datetime', return_value=NOW.replace(tzinfo=None) - timedelta(minutes=minutes)):
            return client.generate_db_auth_token(DBHostname=host or gate.host, Port=gate.port, DBUsername=user)

    def test_lets_in_who_has_a_token_and_the_right(self, gate: RdsIamGate) -> None:
        with self.login(gate, 'app', self.token(gate)) as connection:
            assert connection.execute('SELECT current_user, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()').fetchone() == ('app', True)
            assert len(connection.execute("SELECT repeat('x', 1000000)").fetchone()[0]) == 1000000
        with self.login(gate, 'app', self.token(gate, minutes=14)):
            pass

    @pytest.mark.parametrize('changes, reason', [
        ({'user': 'other'}, 'for the user other'),
        ({'host': 'elsewhere'}, 'for the server elsewhere'),
        ({'region': 'us-east-1'}, 'for 20260101/us-east-1/rds-db'),
        ({'minutes': 16}, 'of 2026-01-01 11:44'),
        ({'minutes': -16}, 'of 2026-01-01 12:16'),
        ({'keys': {'AccessKeyId': 'ASIAY'}}, 'not the token of a task role'),
        ({'keys': {'SecretAccessKey': 'guessed'}}, 'the signature is wrong'),
        ({'keys': {'Token': 'older'}}, 'without the session token'),
    ])
    def test_refuses_every_other_token(self, gate: RdsIamGate, changes: Mapping[str, Any], reason: str) -> None:
        with pytest.raises(psycopg.OperationalError, match='PAM authentication failed for user "app"'):
            self.login(gate, 'app', self.token(gate, **changes))
        assert reason in gate.refused[-1]

    def test_refuses_a_role_without_the_right(self, gate: RdsIamGate) -> None:
        with pytest.raises(psycopg.OperationalError, match='PAM authentication failed'):
            self.login(gate, 'other', self.token(gate, user='other'))
        assert 'dbuser:db-X/other' in gate.refused[-1]

    def test_asks_others_for_their_password(self, gate: RdsIamGate) -> None:
        with pytest.raises(psycopg.OperationalError, match='password authentication failed'):
            self.login(gate, 'master', 'wrong')
        with pytest.raises(psycopg.OperationalError, match='no encryption'):
            psycopg.connect(host=gate.host, port=gate.port, dbname='shop', user='master', password='secret', sslmode='disable')

    def test_locks_the_master_user_out_that_is_a_member_of_an_iam_user(self, gate: RdsIamGate) -> None:
        with self.login(gate, 'master', 'secret') as connection:
            connection.execute('GRANT app TO master')
            with pytest.raises(psycopg.OperationalError, match='PAM authentication failed'):
                self.login(gate, 'master', 'secret')
            connection.execute('REVOKE app FROM master')
        self.login(gate, 'master', 'secret').close()


def test_s3_hides_and_refuses_what_the_role_may_not_see() -> None:
    with S3Emulator(region='eu-central-1', authorise=lambda key, action, arn: (key, action) == ('KEY', 's3:GetObject')) as s3:
        s3.create_bucket('harness')
        s3.client.put_object(Bucket='harness', Key='there', Body=b'content')
        task = boto3.client('s3', endpoint_url=s3.url, region_name='eu-central-1', aws_access_key_id='KEY', aws_secret_access_key='x')
        assert task.get_object(Bucket='harness', Key='there')['Body'].read() == b'content'
        assert urllib.request.urlopen(task.generate_presigned_url('get_object', {'Bucket': 'harness', 'Key': 'there'})).read() == b'content'
        with pytest.raises(task.exceptions.ClientError, match='s3:PutObject on resource'):
            task.put_object(Bucket='harness', Key='new', Body=b'')
        with pytest.raises(task.exceptions.ClientError, match='403'):
            task.head_object(Bucket='harness', Key='missing')
        assert s3.denied == ['s3:PutObject on arn:aws:s3:::harness/new', 's3:ListBucket on arn:aws:s3:::harness']


def test_the_agent_answers_as_on_fargate() -> None:
    keys = {'AccessKeyId': 'A', 'SecretAccessKey': 'B', 'Token': 'C'}
    with EcsMetadataServer(task_ip='127.0.0.77', region='us-east-1', credentials={'Role': keys}) as agent:
        environment = agent.environment('Role')
        metadata = json.load(urllib.request.urlopen(environment['ECS_CONTAINER_METADATA_URI_V4']))
        assert metadata['Networks'][0]['IPv4Addresses'] == ['127.0.0.77'] and metadata['Networks'][0]['NetworkMode'] == 'awsvpc'
        assert json.load(urllib.request.urlopen(environment['AWS_CONTAINER_CREDENTIALS_FULL_URI']))['AccessKeyId'] == 'A'
        assert environment['HOSTNAME'] == 'ip-127-0-0-77.ec2.internal'
        assert 'AWS_CONTAINER_CREDENTIALS_FULL_URI' not in agent.environment()
