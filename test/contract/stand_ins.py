"""What each resource of the template is in the test: the real PostgreSQL for the DB instance, the emulator's bucket for the bucket."""
from __future__ import annotations

import hashlib
import json
import random
import re
import string
from typing import Any, Mapping

from template import Resolver, Template

#: Which attributes of which types lead to a running server: type → attribute → (kind of server, 0 for its host or 1 for its port).
_ENDPOINTS: Mapping[str, Mapping[str, tuple[str, int]]] = {
    'AWS::RDS::DBInstance': {'Endpoint.Address': ('database', 0), 'Endpoint.Port': ('database', 1)},
    'AWS::RDS::DBCluster': {'Endpoint.Address': ('database', 0), 'ReadEndpoint.Address': ('database', 0), 'Endpoint.Port': ('database', 1)},
    'AWS::RDS::DBProxy': {'Endpoint': ('database', 0)},
    'AWS::ElastiCache::ReplicationGroup': {
        'PrimaryEndPoint.Address': ('cache', 0), 'PrimaryEndPoint.Port': ('cache', 1),
        'ConfigurationEndPoint.Address': ('cache', 0), 'ConfigurationEndPoint.Port': ('cache', 1)},
    'AWS::ElastiCache::ServerlessCache': {'Endpoint.Address': ('cache', 0), 'Endpoint.Port': ('cache', 1)},
}
_DATABASES = ('AWS::RDS::DBInstance', 'AWS::RDS::DBCluster')
_DYNAMIC_REFERENCE = re.compile(r'\{\{resolve:secretsmanager:(arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:[^:}]+):SecretString:([^:}]*)[^}]*\}\}')
_SECRET_ARN = re.compile(r'(arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:[^:]+)(?::([^:]*):([^:]*):([^:]*))?')


class StandIns:
    """The account in which the template is deployed, for the length of a test."""

    def __init__(self, template: Template, *, region: str = 'eu-central-1', account: str = '123456789012'):
        self.template, self.region, self.account = template, region, account
        self._servers: dict[str, tuple[str, int]] = {}
        self._secrets: dict[str, str] = {}
        self.resolver = Resolver(template, self._value, pseudo={
            'AWS::Region': region, 'AWS::AccountId': account, 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com', 'AWS::StackName': 'Contract',
            'AWS::StackId': f'arn:aws:cloudformation:{region}:{account}:stack/Contract/0a1b2c3d', 'AWS::NotificationARNs': '',
        })

    def serve(self, kind: str, host: str, port: int) -> None:
        """Says where the server of a kind ('database', 'cache') listens."""
        self._servers[kind] = (host, port)

    def server(self, kind: str) -> tuple[str, int]:
        """Host and port of the server of a kind."""
        if kind not in self._servers:
            raise LookupError(f"the template needs a {kind}, and the test runs none: start one and say where with serve('{kind}', host, port)")
        return self._servers[kind]

    def buckets(self) -> set[str]:
        """The names of all buckets."""
        return {self.text({'Ref': name}) for name in self.template.of_type('AWS::S3::Bucket')}

    # --- secrets --------------------------------------------------------------------------------

    def secret(self, value_from: str) -> str:
        """What ECS injects for `Secrets[].ValueFrom`: the whole secret, or the JSON key that follows its ARN."""
        match = _SECRET_ARN.fullmatch(value_from)
        if not match:
            raise LookupError(f'ResourceInitializationError: not the ARN of a secret: {value_from}')
        arn, key = match.group(1), match.group(2)
        if key is None or key == '':
            return self._secret_string(arn)
        content = json.loads(self._secret_string(arn))
        if key not in content:
            raise LookupError(f"ResourceInitializationError: retrieved secret {arn} did not contain json key '{key}', it has {sorted(content)}")
        return str(content[key])

    def set_secret(self, arn: str, value: str) -> None:
        """Stores what something outside the template writes into a secret."""
        self._secrets[arn] = value

    def text(self, value: Any) -> str:
        """Resolves to a string, dynamic references to secrets included."""
        return _DYNAMIC_REFERENCE.sub(lambda match: self.secret(f'{match.group(1)}:{match.group(2)}::'), self.resolver.text(value))

    def _secret_string(self, arn: str) -> str:
        for name, properties in self.template.of_type('AWS::SecretsManager::Secret').items():
            if self._arn('secretsmanager', f'secret:{name}-AbCdEf') == arn:
                value = self._secrets.setdefault(arn, _initial_secret(self, name, properties))
                return self._with_attachment(arn, value)
        if arn in self._secrets:
            return self._secrets[arn]
        raise LookupError(f"ResourceInitializationError: Secrets Manager can't find the specified secret: {arn}")

    def _with_attachment(self, arn: str, value: str) -> str:
        """Once there is a database, CloudFormation's attachment writes into the secret where it is."""
        for properties in self.template.of_type('AWS::SecretsManager::SecretTargetAttachment').values():
            if 'database' in self._servers and self.resolver.text(properties['SecretId']) == arn:
                host, port = self._servers['database']
                database, _, _ = self._database_properties()
                value = json.dumps({**json.loads(value), 'engine': 'postgres', 'host': host, 'port': port, 'dbname': database})
        return value

    # --- the database ---------------------------------------------------------------------------

    def database(self) -> tuple[str, str, str]:
        """Name, master user and master password of the template's database."""
        database, user, password = self._database_properties()
        return database, self.text(user), self.text(password)

    def _database_properties(self) -> tuple[str, Any, Any]:
        for kind in reversed(_DATABASES):
            for name, properties in self.template.of_type(kind).items():
                database = properties.get('DBName') or properties.get('DatabaseName')
                if not database:
                    continue  # a read replica, or an instance of a cluster
                if properties.get('ManageMasterUserPassword'):
                    arn = self._managed_secret(name)
                    self._secrets.setdefault(arn, json.dumps({'username': self.text(properties['MasterUsername']), 'password': f'managed-{name}'}))
                    return self.text(database), properties['MasterUsername'], self.secret(f'{arn}:password::')
                return self.text(database), properties['MasterUsername'], properties['MasterUserPassword']
        raise LookupError('the template has no database with a name')

    def _managed_secret(self, name: str) -> str:
        return self._arn('secretsmanager', f'secret:rds!db-{name.lower()}-AbCdEf')

    # --- what Ref and Fn::GetAtt give -----------------------------------------------------------

    def _value(self, name: str, attribute: str | None) -> Any:
        resource = self.template.resources[name]
        kind, properties = resource['Type'], resource.get('Properties', {})
        if attribute in _ENDPOINTS.get(kind, {}):
            server, part = _ENDPOINTS[kind][attribute or '']
            return self.server(server)[part]
        value = self._by_type(kind, name, properties).get(attribute)
        if value is not None:
            return value
        if attribute in (None, 'Id'):
            return name
        if attribute == 'Arn':
            return self._arn(kind.split('::')[1].lower(), name)
        raise NotImplementedError(f"the contract does not know {attribute} of {kind} ('{name}'): add it to stand_ins.py")

    def _by_type(self, kind: str, name: str, properties: Mapping[str, Any]) -> dict[str | None, Any]:
        if kind == 'AWS::SecretsManager::Secret':
            arn = self._arn('secretsmanager', f'secret:{name}-AbCdEf')
            return {None: arn, 'Id': arn}
        if kind == 'AWS::SecretsManager::SecretTargetAttachment':
            return {None: self.resolver.text(properties['SecretId'])}
        if kind in _DATABASES:
            return {'MasterUserSecret.SecretArn': self._managed_secret(name)}
        if kind == 'AWS::S3::Bucket':
            bucket = self.resolver.text(properties['BucketName']) if 'BucketName' in properties else f'contract-{name.lower()}'[:63]
            return {None: bucket, 'Arn': f'arn:aws:s3:::{bucket}', 'DomainName': f'{bucket}.s3.amazonaws.com',
                    'RegionalDomainName': f'{bucket}.s3.{self.region}.amazonaws.com'}
        if kind == 'AWS::CloudFront::Distribution':
            digest = hashlib.sha256(name.encode()).hexdigest()
            return {None: f'E{digest[:12].upper()}', 'Id': f'E{digest[:12].upper()}', 'DomainName': f'd{digest[:13]}.cloudfront.net'}
        if kind == 'AWS::ElasticLoadBalancingV2::LoadBalancer':
            # In mixed case, as CloudFormation makes it; browsers ask for it in lower case.
            physical = f'Contr-{name[:5]}-1A2B3C4D5E6F'
            return {'DNSName': f'{physical}-0123456789.{self.region}.elb.amazonaws.com', 'LoadBalancerFullName': f'app/{physical}/0123456789abcdef'}
        if kind == 'AWS::SNS::Topic':
            return {None: self._arn('sns', name)}
        if kind == 'AWS::SQS::Queue':
            return {None: f'https://sqs.{self.region}.amazonaws.com/{self.account}/{name}'}
        if kind == 'AWS::IAM::Role':
            return {'Arn': f'arn:aws:iam::{self.account}:role/{name}'}
        return {}

    def _arn(self, service: str, rest: str) -> str:
        return f'arn:aws:{service}:{self.region}:{self.account}:{rest}'


def _initial_secret(stand_ins: StandIns, name: str, properties: Mapping[str, Any]) -> str:
    if 'SecretString' in properties:
        return stand_ins.text(properties['SecretString'])
    if 'GenerateSecretString' not in properties:
        raise LookupError(f"secret '{name}' has no value in the template: whatever fills it must call set_secret()")
    rules = stand_ins.resolver.resolve(properties['GenerateSecretString'])
    password = _password(rules, seed=name)
    if 'GenerateStringKey' not in rules:
        return password
    return json.dumps({**json.loads(rules['SecretStringTemplate']), rules['GenerateStringKey']: password})


def _password(rules: Mapping[str, Any], *, seed: str) -> str:
    """A password that the rules allow, as awkward as they allow it: with every permitted punctuation mark that fits."""
    def allowed(switch: str, characters: str) -> str:
        return '' if str(rules.get(switch)).lower() == 'true' else ''.join(c for c in characters if c not in rules.get('ExcludeCharacters', ''))

    marks = allowed('ExcludePunctuation', string.punctuation)
    plain = (allowed('ExcludeLowercase', string.ascii_lowercase) + allowed('ExcludeUppercase', string.ascii_uppercase)
             + allowed('ExcludeNumbers', string.digits))
    length, dice = int(rules.get('PasswordLength', 32)), random.Random(seed)
    characters = dice.sample(marks, min(len(marks), length // 2))
    characters += dice.choices(plain or marks, k=length - len(characters))
    dice.shuffle(characters)
    return ''.join(characters)
