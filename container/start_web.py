"""Allows the task's own address as host, because the load balancer's health check asks for it, then becomes the command.

Arguments: the names of the variables with the allowed hosts, separated by commas; then the command.
"""
import json
import os
import signal
import socket
import sys
from http.client import HTTPException
from urllib.request import ProxyHandler, build_opener


def own_addresses():
    uri = os.environ.get("ECS_CONTAINER_METADATA_URI_V4")
    if uri:
        try:
            with build_opener(ProxyHandler({})).open(uri, timeout=5) as answer:
                return [ip for network in json.load(answer)["Networks"] for ip in network.get("IPv4Addresses", [])]
        except (OSError, HTTPException, ValueError, KeyError) as error:
            print(f"start: no answer from the metadata endpoint ({error!r}), the addresses of the host name are allowed", flush=True)
    return socket.gethostbyname_ex(socket.gethostname())[2]


variables, *command = sys.argv[1:]
for variable in filter(None, variables.split(",")):
    hosts = [host for host in os.environ.get(variable, "").split(",") if host]
    os.environ[variable] = ",".join(dict.fromkeys(hosts + own_addresses()))
# Python ignores broken pipes, and what it becomes would inherit that.
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
try:
    os.execvp(command[0], command)
except OSError as error:
    sys.exit(f"start: cannot run {command[0]!r}: {error.strerror}")
