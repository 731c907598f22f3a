"""A custom resource whose id is the name of what it stands for. Standard library only, as the answer needs it."""
from __future__ import annotations

from typing import Any, Mapping


def id_of(request: Mapping[str, Any], prop: str) -> str | None:
    """The name: another name is another resource, and CloudFormation asks for the end of the first when all else is done."""
    if request['RequestType'] == 'Delete':
        return request.get('PhysicalResourceId')
    return request.get('ResourceProperties', {}).get(prop)


def is_ours(request: Mapping[str, Any], name: str) -> bool:
    """Or has the id that CloudFormation makes up for a resource that it stopped to create: there may be something by then."""
    made_up = f'{request["StackId"].split("/")[1]}-{request["LogicalResourceId"]}-'
    return request['PhysicalResourceId'] in (name, request['LogicalResourceId']) or request['PhysicalResourceId'].startswith(made_up)
