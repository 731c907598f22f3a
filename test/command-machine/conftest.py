"""Fixtures: the synthesized templates, and a world around one of them for each test."""
from __future__ import annotations

import contextlib
import pathlib
from typing import Iterator

import pytest
from command_world import MakeWorld, World
from deployed_template import Deployed, synthesize


@pytest.fixture(scope='session')
def templates() -> dict[str, Deployed]:
    return {name: Deployed(template) for name, template in synthesize().items()}


@pytest.fixture
def make_world(templates: dict[str, Deployed], tmp_path: pathlib.Path) -> Iterator[MakeWorld]:
    with contextlib.ExitStack() as stack:
        yield lambda name: stack.enter_context(contextlib.closing(World(templates[name], tmp_path)))


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world('whole')
