"""The bucket with the files of the site."""
from __future__ import annotations

import dataclasses
import datetime
import logging
from typing import IO, Any, Callable, Iterator

from botocore.exceptions import ClientError
from deadline import Deadline
from parallel import in_parallel

log = logging.getLogger(__name__)

# S3's own words for what passes, also those of answers without a body.
PASSING = frozenset({'403', '500', '503', 'InternalError', 'OperationAborted', 'RequestTimeout', 'SlowDown'})
GONE = frozenset({'404', 'NoSuchKey'})

# The lifecycle rule of the bucket deletes what has this tag; the construct writes the rule, and the tag of a bucket that may be emptied.
SUPERSEDED = {'Key': 'superseded', 'Value': 'true'}
EMPTIED_ON_DELETE = {'Key': 'emptied-on-delete', 'Value': 'true'}
# Who publishes, or did last.
CLAIM = '.publication'
KEPT_HEADERS = ('CacheControl', 'ContentDisposition', 'ContentEncoding', 'ContentLanguage', 'ContentType', 'Metadata', 'WebsiteRedirectLocation')


@dataclasses.dataclass(frozen=True)
class SiteBucket:
    """The bucket, with the files at its root."""

    s3: Any
    name: str
    deadline: Deadline

    def put(self, key: str, body: Callable[[], bytes | IO[bytes]], content_type: str, cache_control: str) -> None:
        """Writes a file. It has no tag then, whatever it had before, and its creation date is now."""
        self._insist(f'uploading {key}', lambda: self.s3.put_object(
            Bucket=self.name, Key=key, Body=body(), ContentType=content_type, CacheControl=cache_control,
        ))

    def claim(self, run: str) -> None:
        """Says that this run publishes, from now on and instead of any other."""
        self.put(CLAIM, run.encode, 'text/plain', 'no-store')

    def is_claimed_by(self, run: str) -> bool:
        """Whether no other run has begun since."""
        try:
            return self._insist('reading who publishes', lambda: self.s3.get_object(Bucket=self.name, Key=CLAIM)['Body'].read()) == run.encode()
        except ClientError as error:
            if error.response['Error']['Code'] in GONE:
                return False
            raise

    def files(self) -> dict[str, datetime.datetime]:
        """The files that there are, and when each was written."""
        return {item['Key']: item['LastModified'] for page in self._pages() for item in page if item['Key'] != CLAIM}

    def supersede(self, key: str, written: datetime.datetime) -> bool:
        """Makes the lifecycle rule delete a file when its time has passed from now on; says whether that was new.

        Lifecycle rules count from creation, hence the file is created anew, from itself. Not when somebody has written it since.
        """
        try:
            tags = self._insist(f'reading the tags of {key}', lambda: self.s3.get_object_tagging(Bucket=self.name, Key=key))['TagSet']
            if SUPERSEDED in tags:
                return False
            head = self._insist(f'reading about {key}', lambda: self.s3.head_object(Bucket=self.name, Key=key))
            kept = {name: head[name] for name in KEPT_HEADERS if head.get(name)}
            self._insist(f'marking {key}', lambda: self.s3.copy_object(
                Bucket=self.name, Key=key, CopySource={'Bucket': self.name, 'Key': key}, CopySourceIfUnmodifiedSince=written,
                MetadataDirective='REPLACE', TaggingDirective='REPLACE', Tagging='{Key}={Value}'.format(**SUPERSEDED), **kept,
            ))
            return True
        except ClientError as error:
            if error.response['Error']['Code'] in GONE | {'PreconditionFailed'}:
                return False
            raise

    def may_be_emptied(self) -> bool:
        """Whether the bucket itself says that its files go with it."""
        try:
            tags = self._insist('reading the tags of the bucket', lambda: self.s3.get_bucket_tagging(Bucket=self.name))['TagSet']
        except ClientError as error:
            if error.response['Error']['Code'] in ('NoSuchBucket', 'NoSuchTagSet'):
                return False
            raise
        return EMPTIED_ON_DELETE in tags

    def empty(self) -> int:
        """Deletes every object and gives their number."""
        number = 0
        for page in self._pages():
            in_parallel(lambda item: self._delete(item['Key']), page)
            number += len(page)
        return number

    def _delete(self, key: str) -> None:
        self._insist(f'deleting {key}', lambda: self.s3.delete_object(Bucket=self.name, Key=key))

    def _pages(self) -> Iterator[list[dict[str, Any]]]:
        more: dict[str, str] = {}
        while True:
            page = self._insist('listing the files', lambda: self.s3.list_objects_v2(Bucket=self.name, **more))
            yield page.get('Contents', [])
            if not page.get('IsTruncated'):
                return
            more = {'ContinuationToken': page['NextContinuationToken']}

    def _insist(self, doing: str, call: Callable[[], Any]) -> Any:
        return self.deadline.insist(doing, call, also=PASSING)
