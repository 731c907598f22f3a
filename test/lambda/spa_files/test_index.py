"""The entry point: whatever happens, CloudFormation gets an answer."""
from __future__ import annotations

import pathlib
import subprocess
import sys
import types
import zipfile
from typing import Any

import pytest
from doubles import CloudFormation, Context, entry_point
from site_services import Services

from .aws import BUCKET, Aws
from .conftest import FIRST, HANDLER, Handler

MODULES = ['client_config', 'deadline', *(path.stem for path in HANDLER.glob('*.py') if path.stem != 'index')]


@pytest.fixture
def index() -> types.ModuleType:
    return entry_point(HANDLER)


@pytest.fixture
def deployed(index: types.ModuleType, handler: Handler, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """With the clients that the function makes for itself on AWS."""
    monkeypatch.setattr(Services, 'create', lambda: aws.services)
    return index


def test_serves_cloudformation(deployed: types.ModuleType, aws: Aws, cloudformation: CloudFormation) -> None:
    assert deployed.handler(cloudformation.request(), Context()) == {'answered': True}
    assert cloudformation.answer['Status'] == 'SUCCESS'
    assert FIRST.items() <= aws.files().items()


def test_makes_its_own_clients(aws: Aws) -> None:
    services = Services.create()
    assert (services.s3.meta.service_model.service_name, services.cloudfront.meta.service_model.service_name) == ('s3', 'cloudfront')
    assert services.s3.meta.config.retries['total_max_attempts'] == 1
    assert services.s3.meta.config.max_pool_connections == 16


def test_an_error_that_nobody_foresaw_is_answered(deployed: types.ModuleType, cloudformation: CloudFormation) -> None:
    del cloudformation.properties['SourceBucket']
    assert deployed.handler(cloudformation.request(), Context()) == {'answered': True}
    assert (cloudformation.answer['Status'], cloudformation.answer['PhysicalResourceId']) == ('FAILED', BUCKET)
    assert cloudformation.answer['Reason'] == "Shop/Files: KeyError: 'SourceBucket'. The log group of the handler has the details."


@pytest.mark.parametrize('kind', ['Create', 'Update', 'Delete'])
@pytest.mark.parametrize('module', MODULES)
def test_a_module_that_cannot_be_imported_is_answered(
    index: types.ModuleType, cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch, module: str, kind: str,
) -> None:
    for name in MODULES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    assert index.handler(cloudformation.request(kind, PhysicalResourceId='as-before'), Context()) == {'answered': True}
    assert cloudformation.answer['Status'] == 'FAILED'
    assert cloudformation.answer['PhysicalResourceId'] == ('as-before' if kind == 'Delete' else BUCKET)
    assert f'import of {module} halted' in cloudformation.answer['Reason']


def test_the_function_that_has_no_time_left_answers(deployed: types.ModuleType, cloudformation: CloudFormation) -> None:
    deployed.handler(cloudformation.request(), Context(9_000))
    assert 'timed out while reading the build' in cloudformation.answer['Reason']


def test_is_found_as_lambda_looks_for_it(template: Any) -> None:
    """Lambda puts the root of the asset on Python's path and imports what the handler's name says, with dots for slashes."""
    module, _, function = template.one('AWS::Lambda::Function')['Handler'].rpartition('.')
    program = f'import importlib; assert importlib.import_module({module.replace("/", ".")!r}).{function}'
    done = subprocess.run([sys.executable, '-B', '-I', '-c', f'import sys; sys.path.insert(0, {str(HANDLER.parent)!r}); {program}'],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_all_handlers_together_stay_small(tmp_path: pathlib.Path) -> None:
    with zipfile.ZipFile(tmp_path / 'all.zip', 'w', zipfile.ZIP_DEFLATED) as archive:
        for file in HANDLER.parent.glob('*/*.py'):
            archive.write(file, file.relative_to(HANDLER.parent))
    assert (tmp_path / 'all.zip').stat().st_size < 50_000
