"""The build: an archive that `cdk deploy` has uploaded."""
from __future__ import annotations

import contextlib
import dataclasses
import shutil
import tempfile
import zipfile
import zlib
from typing import IO, Any, Iterator

from deadline import Deadline
from object_headers import INDEX, hashed_of
from site_bucket import CLAIM, PASSING

# Larger files are read while they are sent, the others at once: that many fit into the memory.
READ_AT_ONCE = 8 * 1024 * 1024
LONGEST_NAME = 1024


class BadBuild(Exception):
    """The build cannot be published as it is."""


@dataclasses.dataclass(frozen=True)
class Build:
    """The files of a build by their names, which are paths with `/`, and which of these tell the content."""

    archive: zipfile.ZipFile
    files: dict[str, zipfile.ZipInfo]
    hashed: frozenset[str]

    def body(self, name: str) -> bytes | IO[bytes]:
        """The content of a file."""
        file = self.files[name]
        try:
            return self.archive.read(file) if file.file_size <= READ_AT_ONCE else self.archive.open(file)
        except (zipfile.BadZipFile, zlib.error) as error:
            raise BadBuild(f'the build is no archive that can be read: {name} is damaged ({error})') from error


@contextlib.contextmanager
def opened_build(s3: Any, bucket: str, key: str, deadline: Deadline) -> Iterator[Build]:
    """The build, as long as it is open."""
    with tempfile.TemporaryFile() as copy:
        def download() -> None:
            copy.seek(0)
            copy.truncate()
            shutil.copyfileobj(s3.get_object(Bucket=bucket, Key=key)['Body'], copy, 1024 * 1024)

        try:
            deadline.insist(f'reading the build s3://{bucket}/{key}', download, also=PASSING)
        except s3.exceptions.NoSuchKey as error:
            raise BadBuild(f'the build s3://{bucket}/{key} is not there') from error
        except OSError as error:
            raise BadBuild(f'the build s3://{bucket}/{key} is too large for the handler ({error})') from error
        try:
            with zipfile.ZipFile(copy) as archive:
                files = files_of(archive)
                yield Build(archive, files, hashed_of(files))
        except zipfile.BadZipFile as error:
            raise BadBuild(f'the build s3://{bucket}/{key} is no archive that can be read ({error})') from error


def files_of(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files of an archive, if all of them may stand in a bucket and one is the start page."""
    files = {file.filename: file for file in archive.infolist() if not file.is_dir()}
    wrong = sorted(name for name in files if not is_allowed(name))
    if wrong:
        raise BadBuild(f'the build has files with names that are not allowed: {", ".join(map(repr, wrong[:5]))}')
    if INDEX not in files:
        raise BadBuild(f'the build has no {INDEX}')
    return files


def is_allowed(name: str) -> bool:
    """Whether a name is a plain path that leads nowhere else, and not the one of ours."""
    steps = name.split('/')
    plain = not any(step in ('', '.', '..') for step in steps) and '\\' not in name and name.isprintable()
    return plain and len(name.encode()) <= LONGEST_NAME and name != CLAIM
