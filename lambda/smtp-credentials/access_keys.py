"""The access keys of the IAM user that sends mail; the user is ours alone, so all of its keys are."""
from __future__ import annotations

import dataclasses
import logging
from typing import Any

from deadline import Deadline

log = logging.getLogger(__name__)

# A new user takes some seconds to be known everywhere, and so does the deletion of a key.
NEW_USER = frozenset({'NoSuchEntity'})
FULL = frozenset({'LimitExceeded'})
# So does a new key.
LOOKS, PAUSE_SECONDS = 4, 3.0


@dataclasses.dataclass(frozen=True)
class AccessKey:
    """An access key that IAM has just made: nobody can read its secret again."""

    id: str
    secret: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class AccessKeys:
    """The access keys of a user, two at most."""

    iam: Any
    user: str
    deadline: Deadline

    def has(self, key_id: str) -> bool:
        """Whether the user has this key and may use it; a key is believed missing only after some looks."""
        for look in range(LOOKS):
            if look:
                self.deadline.pause(PAUSE_SECONDS)
            keys = self.deadline.insist('listing the access keys', self._list, also=NEW_USER)
            if key_id in keys:
                return keys[key_id] == 'Active'
        return False

    def create(self, beside: str | None) -> AccessKey:
        """Makes a key beside the one that is in use. Whatever other key there is goes, because IAM allows two."""
        made = self.deadline.insist('making an access key', lambda: self._make_room_and_create(beside), also=NEW_USER | FULL)
        log.info('Made the access key %s of %s', made.id, self.user)
        return made

    def delete(self, key_id: str) -> None:
        """Deletes a key, unless somebody else already has."""
        self.deadline.insist('deleting an access key', lambda: self._delete(key_id))

    def delete_all(self) -> int:
        """Deletes all keys, because IAM deletes no user who has one. Gives their number; a user who is gone has none."""
        try:
            keys = self.deadline.insist('listing the access keys', self._list)
        except self.iam.exceptions.NoSuchEntityException:
            return 0
        for key_id in keys:
            self.delete(key_id)
        return len(keys)

    def _make_room_and_create(self, beside: str | None) -> AccessKey:
        # As a whole, so that a key whose making was not heard of is deleted before the next is made.
        for key_id in self._list():
            if key_id != beside:
                self._delete(key_id)
        made = self.iam.create_access_key(UserName=self.user)['AccessKey']
        return AccessKey(made['AccessKeyId'], made['SecretAccessKey'])

    def _list(self) -> dict[str, str]:
        listed = self.iam.list_access_keys(UserName=self.user)['AccessKeyMetadata']
        return {key['AccessKeyId']: key['Status'] for key in listed}

    def _delete(self, key_id: str) -> None:
        try:
            self.iam.delete_access_key(UserName=self.user, AccessKeyId=key_id)
            log.info('Deleted the access key %s of %s', key_id, self.user)
        except self.iam.exceptions.NoSuchEntityException:
            log.info('The access key %s of %s was deleted before', key_id, self.user)
