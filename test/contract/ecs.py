"""Runs containers as Fargate would, as local processes: the same arguments, the same environment and nothing more, the same way to stop."""
from __future__ import annotations

import dataclasses
import itertools
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Mapping, Sequence

from servers.ecs_metadata import EcsMetadataServer
from servers.process import process_group, start_process, stop_process
from stand_ins import StandIns
from task_definitions import Container


class Image:
    """Stands in for the Docker image: a copy of the folder without what `.dockerignore` names, and what the Dockerfile sets.

    `files`: what a project has beside the folder, by its path there; `paths`: files that the Dockerfile puts outside of the folder, by
    their path in the image, each with the one that stands in for it here.
    """

    programs = str(Path(sys.executable).parent)

    def __init__(self, folder: Path, environment: Mapping[str, str], *, files: Mapping[str, str] | None = None,
                 paths: Mapping[str, Path] | None = None):
        self.environment, self._source, self._files, self._paths = environment, folder, files or {}, paths or {}
        self._home: Path | None = None

    def __enter__(self) -> Image:
        self._home = Path(tempfile.mkdtemp(prefix='contract-image-'))
        lines = (self._source / '.dockerignore').read_text().splitlines()
        ignored = [line.strip().removeprefix('**/') for line in lines if line.strip() and not line.startswith(('#', '!'))]
        shutil.copytree(self._source, self.folder, ignore=shutil.ignore_patterns(*ignored))
        for name, text in self._files.items():
            (self.folder / name).write_text(text)
        (self._home / 'home').mkdir()
        return self

    def __exit__(self, *_: object) -> None:
        if self._home:
            shutil.rmtree(self._home, ignore_errors=True)
            self._home = None

    @property
    def folder(self) -> Path:
        """The working directory of the container."""
        return self._root / 'app'

    @property
    def home(self) -> Path:
        """An empty home directory: no developer's ~/.aws, no ~/.pgpass."""
        return self._root / 'home'

    def arguments(self, entry_point: Sequence[str], command: Sequence[str]) -> list[str]:
        """What runs. As in Docker, an entry point from outside silences the image's CMD as well; a command alone leaves its ENTRYPOINT."""
        if entry_point:
            return [*entry_point, *command]
        return [*self._instruction('ENTRYPOINT'), *(command or self._instruction('CMD'))]

    def here(self, value: str) -> str:
        """The value of a variable, where it is the path of a file in the image as the path of its stand-in."""
        return str(self._paths[value]) if value in self._paths else value

    def files(self) -> set[str]:
        """The files below the working directory."""
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob('*') if path.is_file()}

    def _instruction(self, name: str) -> list[str]:
        """ENTRYPOINT or CMD of the Dockerfile's last stage, which must be in exec form."""
        last_stage = re.split(r'^FROM .*$', (self._source / 'Dockerfile').read_text(), flags=re.MULTILINE)[-1]
        found = re.findall(rf'^{name} (.*)$', last_stage, flags=re.MULTILINE)
        return json.loads(found[-1]) if found else []

    @property
    def _root(self) -> Path:
        assert self._home, 'the image is not there'
        return self._home


class ToolImage:
    """Stands in for a public image that has some programs and nothing else, e.g. `psql`."""

    environment: Mapping[str, str] = {}

    def __init__(self, programs: Path, home: Path):
        self.programs, self.home, self.folder = str(programs), home, home

    def arguments(self, entry_point: Sequence[str], command: Sequence[str]) -> list[str]:
        """What runs. The entry point of the public PostgreSQL image runs any command as it is."""
        return [*entry_point, *command]

    def here(self, value: str) -> str:
        """The value of a variable: no file has a stand-in."""
        return value


@dataclasses.dataclass(frozen=True)
class Finished:
    """A task that ran to completion."""

    exit_code: int
    output: str
    seconds: float


class Task:
    """A running container."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, container: Container):
        self.process, self.container, self._log = process, container, log

    def __enter__(self) -> Task:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def output(self) -> str:
        """What the container wrote to stdout and stderr."""
        return self._log.read_text(errors='replace')

    @property
    def exit_code(self) -> int | None:
        """As ECS reports it, None while the container runs."""
        code = self.process.poll()
        return code if code is None or code >= 0 else 128 - code

    def terminate(self) -> None:
        """Sends SIGTERM to the container's first process, as ECS does when it stops a task."""
        self.process.send_signal(signal.SIGTERM)

    def stop(self) -> int:
        """Stops the task as ECS does, SIGTERM and after the stop timeout SIGKILL, and returns its exit code."""
        stop_process(self.process, (signal.SIGTERM, self.container.stop_timeout))
        assert self.exit_code is not None
        return self.exit_code

    def kill(self) -> None:
        """Ends the container and everything that it started at once."""
        stop_process(self.process)

    def wait(self, seconds: float) -> int:
        """Waits for the container to end by itself."""
        self.process.wait(seconds)
        assert self.exit_code is not None
        return self.exit_code

    def processes(self) -> list[int]:
        """The living processes of the container."""
        return process_group(self.process.pid)


class Fargate:
    """The service that starts containers: those of the project's image, and of `tools` where a container has another."""

    def __init__(self, stand_ins: StandIns, project: str, image: Image, tools: ToolImage, agent: EcsMetadataServer, *, aws_endpoint: str):
        self._stand_ins, self._project, self._image, self._tools, self._agent, self._aws_endpoint = stand_ins, project, image, tools, agent, aws_endpoint
        self._numbers = itertools.count(1)

    def environment(self, container: Container, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """What a process in this container sees: the image's variables, the template's, the secrets, Fargate's own."""
        image = self._image_of(container)
        path = f'{image.programs}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
        secrets = {name: self._stand_ins.secret(value_from) for name, value_from in container.secrets.items()}
        clash = secrets.keys() & container.environment.keys()
        assert not clash, f'ClientException: the secret name must be unique and not shared with any environment variable: {sorted(clash)}'
        given = {name: image.here(value) for name, value in container.environment.items()}
        return {'PATH': path, 'HOME': str(image.home), **image.environment, **self._agent.environment(container.task_role),
                'AWS_ENDPOINT_URL': self._aws_endpoint, **given, **secrets, **(extra or {})}

    def start(self, container: Container, *, command: Sequence[str] | None = None, extra: Mapping[str, str] | None = None) -> Task:
        """Starts a container; `command` and `extra` are the overrides of `RunTask`."""
        image = self._image_of(container)
        log = self._image.home.parent / f'{next(self._numbers):03}-{container.name}.log'
        argv = image.arguments(container.entry_point, container.command if command is None else command)
        return Task(start_process(argv, env=self.environment(container, extra), log=log, cwd=image.folder), log, container)

    def _image_of(self, container: Container) -> Image | ToolImage:
        return self._image if container.image == self._project else self._tools

    def run(self, container: Container, *, command: Sequence[str] | None = None, extra: Mapping[str, str] | None = None, seconds: float = 60) -> Finished:
        """Runs a container to completion."""
        begin = time.monotonic()
        with self.start(container, command=command, extra=extra) as task:
            try:
                exit_code = task.wait(seconds)
            except subprocess.TimeoutExpired:
                raise TimeoutError(f"'{container.name}' still runs after {seconds:g} seconds\n{task.output}") from None
            return Finished(exit_code, task.output, time.monotonic() - begin)
