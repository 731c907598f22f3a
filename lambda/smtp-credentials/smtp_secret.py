"""The secret that the processes read: JSON with user name, password, host, port and whatever a person has added."""
from __future__ import annotations

import dataclasses
import json
import uuid
from typing import Any, Mapping

from deadline import Deadline

CURRENT, PENDING, PREVIOUS = 'AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS'


class Unusable(Exception):
    """The secret cannot be used as it is."""


@dataclasses.dataclass(frozen=True)
class Server:
    """The SMTP endpoint that the secret is for."""

    region: str
    host: str
    port: int

    @property
    def fields(self) -> dict[str, Any]:
        """What the secret says of it. The region is there because the password is good in this one only."""
        return {'host': self.host, 'port': self.port, 'region': self.region}

    def takes(self, content: Mapping[str, Any]) -> bool:
        """Whether the password of a secret is one for this endpoint."""
        return bool(content.get('username') and content.get('password')) and content.get('region') == self.region


@dataclasses.dataclass(frozen=True)
class SmtpSecret:
    """A secret and its versions."""

    client: Any
    arn: str
    deadline: Deadline

    def labels(self) -> dict[str, list[str]]:
        """The labels of each version that has any."""
        described = self.deadline.insist('reading about the secret', lambda: self.client.describe_secret(SecretId=self.arn))
        if described.get('DeletedDate'):
            raise Unusable(f'the secret {self.arn} is scheduled for deletion')
        return described.get('VersionIdsToStages', {})

    def labelled(self, label: str) -> dict[str, Any]:
        """The content of the version with this label; nothing when there is none."""
        version = version_with(label, self.labels())
        return self.read(version) if version else {}

    def read(self, version: str) -> dict[str, Any]:
        """The content of a version; nothing when it is not yet written, or is not ours."""
        try:
            value = self.deadline.insist('reading the secret', lambda: self.client.get_secret_value(SecretId=self.arn, VersionId=version))
        except self.client.exceptions.ResourceNotFoundException:
            return {}
        try:
            content = json.loads(value.get('SecretString', ''))
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}

    def write(self, content: Mapping[str, Any], label: str = CURRENT, version: str | None = None) -> None:
        """Writes a new version. A second attempt writes the same version, should the first have arrived."""
        token = version or str(uuid.uuid4())
        text = json.dumps(content)
        self.deadline.insist('writing the secret', lambda: self.client.put_secret_value(
            SecretId=self.arn, ClientRequestToken=token, SecretString=text, VersionStages=[label],
        ))

    def make_current(self, version: str, instead_of: str | None) -> None:
        """Gives a version to whoever reads the secret from now on. Secrets Manager labels the one before it AWSPREVIOUS."""
        self._move_label(CURRENT, MoveToVersionId=version, **({'RemoveFromVersionId': instead_of} if instead_of else {}))

    def give_up(self, version: str) -> None:
        """Takes the label AWSPENDING off a version, so that the next rotation starts with a new one."""
        self._move_label(PENDING, RemoveFromVersionId=version)

    def _move_label(self, label: str, **versions: str) -> None:
        self.deadline.insist('moving a label of the secret', lambda: self.client.update_secret_version_stage(
            SecretId=self.arn, VersionStage=label, **versions,
        ))


def version_with(label: str, labels: Mapping[str, list[str]]) -> str | None:
    """The version that has a label."""
    return next((version for version, names in labels.items() if label in names), None)
