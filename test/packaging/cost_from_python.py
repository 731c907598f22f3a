"""What an app costs from Python, as JSON: `python cost_from_python.py <app.py> [arguments of the app]`.

A request is one message that Python writes to the process of jsii's kernel and whose answer it awaits: `load` (of an
assembly), `create`, `get`, `set`, `invoke`, `sget`, `sset`, `sinvoke`, `complete` (of a callback), ... The greeting and the
farewell are none.

A module is an entry of `sys.modules` that is `aws_cdk` or lies below it; `_jsii` and `_private` inside a module count as part of it.
"""

import json
import runpy
import sys

from jsii._kernel.providers.process import _NodeProcess

requests = []
send = _NodeProcess.send


def counting_send(process, request, response_type):
    """Notes the kind of the request and what it is for."""
    subject = next((getattr(request, name) for name in ("fqn", "name", "method", "property") if hasattr(request, name)), "")
    requests.append(f"{type(request).__name__.removesuffix('Request')} {subject}".strip())
    return send(process, request, response_type)


_NodeProcess.send = counting_send
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")

modules = sorted(name for name in sys.modules if name.split(".")[0] == "aws_cdk" and "._" not in name)
print(json.dumps({"requests": requests, "modules": modules}))
