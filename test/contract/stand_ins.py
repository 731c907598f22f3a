"""What each resource of the template is in the test: the real PostgreSQL for the DB instance, the emulator's bucket for the bucket."""
from __future__ import annotations

import hashlib
import json
import random
import re
import string
from typing import Any, Mapping

from template import Outputs, Resolver, Template

#: Which attributes of which types lead to a running server: type → attribute → (kind of server, 0 for its host or 1 for its port).
_ENDPOINTS: Mapping[str, Mapping[str, tuple[str, int]]] = {
    'AWS::RDS::DBInstance': {'Endpoint.Address': ('database', 0), 'Endpoint.Port': ('database', 1)},
    'AWS::RDS::DBCluster': {'Endpoint.Address': ('database', 0), 'ReadEndpoint.Address': ('database', 0), 'Endpoint.Port': ('database', 1)},
    'AWS::RDS::DBProxy': {'Endpoint': ('database', 0)},
    'AWS::RDS::DBProxyEndpoint': {'Endpoint': ('database', 0)},
    'AWS::ElastiCache::ReplicationGroup': {
        'PrimaryEndPoint.Address': ('cache', 0), 'PrimaryEndPoint.Port': ('cache', 1),
        'ConfigurationEndPoint.Address': ('cache', 0), 'ConfigurationEndPoint.Port': ('cache', 1),
        'ReaderEndPoint.Address': ('cache', 0), 'ReaderEndPoint.Port': ('cache', 1)},
    'AWS::ElastiCache::ServerlessCache': {'Endpoint.Address': ('cache', 0), 'Endpoint.Port': ('cache', 1)},
}
_DATABASES = ('AWS::RDS::DBInstance', 'AWS::RDS::DBCluster')
_DYNAMIC_REFERENCE = re.compile(r'\{\{resolve:secretsmanager:(arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:[^:}]+):SecretString:([^:}]*)[^}]*\}\}')
_PARAMETER_ARN = re.compile(r'arn:[^:]+:ssm:[^:]*:[^:]*:parameter/.+')
#: What Lambda functions write into secrets while the stack is made: type of the custom resource → (property with the secret, the content).
_WRITERS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    'Custom::SesSmtpCredentials': ('SecretArn', {'username': 'AKIAIOSFODNN7EXAMPLE', 'password': 'BO+made/by+the/handler+of/the+SMTP/credentials'}),
}
_SECRET_ARN = re.compile(r'(arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:[^:]+)(?::([^:]*):([^:]*):([^:]*))?')


class StandIns:
    """The account in which the template is deployed, for the length of a test."""

    def __init__(self, template: Template, *, name: str = 'Contract', region: str = 'eu-central-1', account: str = '123456789012',
                 outputs: Outputs | None = None):
        self.template, self.name, self.region, self.account = template, name, region, account
        self._servers: dict[str, tuple[str, int]] = {}
        self._secrets: dict[str, str] = {}
        self.resolver = Resolver(template, self._value, outputs=outputs, pseudo={
            'AWS::Region': region, 'AWS::AccountId': account, 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com', 'AWS::StackName': name,
            'AWS::StackId': f'arn:aws:cloudformation:{region}:{account}:stack/{name}/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9', 'AWS::NotificationARNs': '',
        })

    def serve(self, kind: str, host: str, port: int) -> None:
        """Says where the server of a kind ('database', 'cache') listens."""
        self._servers[kind] = (host, port)

    def has_cache(self) -> bool:
        """Whether the template has a Redis or Valkey."""
        return bool(self.template.of_type(*(kind for kind in _ENDPOINTS if kind.startswith('AWS::ElastiCache::'))))

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
        """What ECS injects for `Secrets[].ValueFrom`: a parameter, the whole secret, or the JSON key that follows its ARN."""
        if _PARAMETER_ARN.fullmatch(value_from) and value_from in self._secrets:
            return self._secrets[value_from]
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
        """Stores what something outside the template writes into a secret or a parameter."""
        self._secrets[arn] = value

    def writer(self, arn: str) -> str | None:
        """The custom resource whose function writes the content of a secret."""
        for name, resource in self.template.resources.items():
            if resource['Type'] in _WRITERS and self.text(resource['Properties'][_WRITERS[resource['Type']][0]]) == arn:
                return name
        return None

    def smtp_login(self) -> tuple[str, str] | None:
        """User and password at the SMTP server of SES, where the template makes them."""
        content = _WRITERS['Custom::SesSmtpCredentials'][1]
        return (content['username'], content['password']) if self.template.of_type('Custom::SesSmtpCredentials') else None

    def may_send(self, sender: str) -> bool:
        """Whether a policy for a user of SES allows this sender; what an SMTP server elsewhere allows, no template says."""
        if not self.template.of_type('AWS::SES::EmailIdentity', 'Custom::SesSmtpCredentials'):
            return not sender.endswith('@localhost')
        policies = (self.resolver.resolve(p['PolicyDocument']) for p in self.template.of_type('AWS::IAM::Policy').values() if p.get('Users'))
        conditions = [condition for policy in policies for statement in policy['Statement'] if statement['Effect'] == 'Allow'
                      for operator, condition in statement.get('Condition', {}).items() if operator in ('StringEquals', 'StringEqualsIgnoreCase')]
        return sender in [address for condition in conditions for address in _listed(condition.get('ses:FromAddress', []))]

    def cache_login(self) -> tuple[str, str]:
        """User and password of the template's cache; `default` is the user of those who give a password only."""
        for properties in self.template.of_type('AWS::ElastiCache::ReplicationGroup').values():
            if 'AuthToken' in properties:
                return 'default', self.text(properties['AuthToken'])
        for properties in self.template.of_type('AWS::ElastiCache::User').values():
            passwords = properties.get('Passwords') or properties.get('AuthenticationMode', {}).get('Passwords')
            if passwords:
                return self.text(properties['UserName']), self.text(passwords[0])
        raise LookupError('the cache of the template asks for no password')

    def text(self, value: Any) -> str:
        """Resolves to a string, dynamic references to secrets included."""
        return _DYNAMIC_REFERENCE.sub(lambda match: self.secret(f'{match.group(1)}:{match.group(2)}::'), self.resolver.text(value))

    def _secret_string(self, arn: str) -> str:
        for name, properties in self.template.of_type('AWS::SecretsManager::Secret').items():
            if self._arn('secretsmanager', f'secret:{name}-AbCdEf') == arn:
                writer = self.writer(arn)
                initial = json.dumps(_WRITERS[self.template.resources[writer]['Type']][1]) if writer else _initial_secret(self, name, properties)
                value = self._secrets.setdefault(arn, initial)
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

    def database_users(self) -> str | None:
        """The ARN of the users that may log in by IAM, without its last part, or None where the template's database asks for passwords."""
        for kind in _DATABASES:
            for name, properties in self.template.of_type(kind).items():
                if properties.get('EnableIAMDatabaseAuthentication') and (properties.get('DBName') or properties.get('DatabaseName')):
                    resource = self._value(name, 'DbiResourceId' if kind == 'AWS::RDS::DBInstance' else 'DBClusterResourceId')
                    return self._arn('rds-db', f'dbuser:{resource}')
        return None

    def has_users(self) -> bool:
        """Whether the application has a database user that is not the master user: what prepares the database makes it."""
        return bool(self.template.of_type('Custom::DjangoPreparation')) and (
            self.database_users() is not None or len(self.template.of_type('AWS::SecretsManager::SecretTargetAttachment')) > 1)

    def has_replica(self) -> bool:
        """Whether the template's database has a read replica."""
        members = [p for p in self.template.of_type('AWS::RDS::DBInstance').values() if 'DBClusterIdentifier' in p]
        return len(members) > 1 or any('SourceDBInstanceIdentifier' in p for p in self.template.of_type('AWS::RDS::DBInstance').values())

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
            digest = hashlib.sha256(name.encode()).hexdigest()[:24].upper()
            return {'MasterUserSecret.SecretArn': self._managed_secret(name), 'DbiResourceId': f'db-{digest}', 'DBClusterResourceId': f'cluster-{digest}'}
        if kind == 'AWS::S3::Bucket':
            bucket = self.resolver.text(properties['BucketName']) if 'BucketName' in properties else f'{self.name}-{name}'.lower()[:63]
            return {None: bucket, 'Arn': f'arn:aws:s3:::{bucket}', 'DomainName': f'{bucket}.s3.amazonaws.com',
                    'RegionalDomainName': f'{bucket}.s3.{self.region}.amazonaws.com'}
        if kind == 'AWS::CloudFront::Distribution':
            digest = hashlib.sha256(name.encode()).hexdigest()
            physical = f'E{digest[:12].upper()}'
            return {None: physical, 'Id': physical, 'DomainName': f'd{digest[:13]}.cloudfront.net',
                    'Arn': f'arn:aws:cloudfront::{self.account}:distribution/{physical}'}
        if kind == 'AWS::CloudFront::Function':
            arn = f'arn:aws:cloudfront::{self.account}:function/{name}'
            return {None: arn, 'FunctionARN': arn, 'FunctionMetadata.FunctionARN': arn}
        if kind == 'AWS::ElasticLoadBalancingV2::LoadBalancer':
            # In mixed case, as CloudFormation makes it; browsers ask for it in lower case.
            physical = f'{self.name[:5]}-{name[:5]}-1A2B3C4D5E6F'
            arn = self._arn('elasticloadbalancing', f'loadbalancer/app/{physical}/0123456789abcdef')
            return {None: arn, 'LoadBalancerArn': arn, 'DNSName': f'{physical}-0123456789.{self.region}.elb.amazonaws.com',
                    'LoadBalancerFullName': f'app/{physical}/0123456789abcdef', 'CanonicalHostedZoneID': 'Z215JYRZR1TBD5'}
        if kind in ('AWS::ElasticLoadBalancingV2::Listener', 'AWS::ElasticLoadBalancingV2::TargetGroup', 'AWS::CertificateManager::Certificate'):
            arn = self._arn('acm' if kind == 'AWS::CertificateManager::Certificate' else 'elasticloadbalancing', name)
            return {None: arn, 'Arn': arn, 'ListenerArn': arn, 'TargetGroupArn': arn, 'TargetGroupFullName': f'targetgroup/{name}/0123456789abcdef'}
        if kind in ('AWS::EC2::SecurityGroup', 'AWS::EC2::VPC'):
            return {'GroupId': name, 'VpcId': name}
        if kind == 'AWS::SNS::Topic':
            return {None: self._arn('sns', name)}
        if kind == 'AWS::SQS::Queue':
            return {None: f'https://sqs.{self.region}.amazonaws.com/{self.account}/{name}'}
        if kind == 'AWS::IAM::Role':
            return {'Arn': f'arn:aws:iam::{self.account}:role/{name}'}
        return {}

    def _arn(self, service: str, rest: str) -> str:
        return f'arn:aws:{service}:{self.region}:{self.account}:{rest}'


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


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
