"""Arguments and results of AWS calls as Step Functions has them, with names in PascalCase, checked against the models that botocore has of the services.

https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""
from __future__ import annotations

import datetime
import functools
from typing import Any

import botocore.session
from botocore.model import OperationModel, Shape
from botocore.validate import ParamValidator


@functools.cache
def operation(service: str, name: str) -> OperationModel:
    return _session().get_service_model(service).operation_model(name)


@functools.cache
def _session() -> botocore.session.Session:
    return botocore.session.Session()


def arguments(service: str, name: str, given: Any) -> Any:
    """The arguments in the service's own spelling. What the service does not know, or would not take, is an error."""
    shape = operation(service, name).input_shape
    made = _into(shape, given, name)
    report = ParamValidator().validate(made, shape)
    if report.has_errors():
        raise ValueError(report.generate_report())
    return made


def result(service: str, name: str, answer: Any) -> Any:
    """An answer of the service as a state gets it: PascalCase, times as texts."""
    return _out_of(operation(service, name).output_shape, answer)


def java_instant(moment: datetime.datetime) -> str:
    """A point in time of an answer: milliseconds only where there are some."""
    moment = moment.astimezone(datetime.timezone.utc)
    fraction = f'.{moment.microsecond // 1000:03}' if moment.microsecond // 1000 else ''
    return moment.strftime('%Y-%m-%dT%H:%M:%S') + fraction + 'Z'


def pascal(name: str) -> str:
    return name[0].upper() + name[1:]


def _into(shape: Shape, value: Any, path: str) -> Any:
    if shape.type_name == 'structure' and isinstance(value, dict):
        names = {pascal(name): name for name in shape.members}
        unknown = value.keys() - names.keys()
        if unknown:
            raise ValueError(f'{path} has no {sorted(unknown)}')
        return {names[key]: _into(shape.members[names[key]], item, f'{path}.{key}') for key, item in value.items()}
    if shape.type_name == 'list' and isinstance(value, list):
        return [_into(shape.member, item, path) for item in value]
    if shape.type_name == 'string' and getattr(shape, 'enum', None) and value not in shape.enum:
        raise ValueError(f'{path} must be one of {shape.enum}, got {value}')
    if value is None:
        raise ValueError(f'{path} is null')
    return value


def _out_of(shape: Shape, value: Any) -> Any:
    if shape.type_name == 'structure':
        assert value.keys() <= shape.members.keys(), sorted(value.keys() - shape.members.keys())
        return {pascal(key): _out_of(shape.members[key], item) for key, item in value.items()}
    if shape.type_name == 'list':
        return [_out_of(shape.member, item) for item in value]
    return java_instant(value) if isinstance(value, datetime.datetime) else value
