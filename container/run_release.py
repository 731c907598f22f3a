"""Runs the commands of a release one after the other, as the command of its container.

    run_release.py [--database=HOST,PORT,URL,JSON] [--buckets=STATIC,MEDIA] [--server=gunicorn] [--wait-for-database] python manage.py migrate && --superuser && ...

The words arrive in exec form and no shell reads them; `&&` is a word of its own. The first command that fails
ends the release with its exit code (128 + n when signal n ended it), and the last line that is logged names it.
Only the standard library and, for the wait, the Django of the image. Python 3.8 or newer. `--database` and `--buckets` name the variables that
may hold the address of the database and the names of the buckets; `--server` is the program of the web service, which has the same image.
The wait begins with a look at the settings: what a release writes to the disk of its own task is lost. `--superuser` runs the text of sync_superuser.py.
"""
import os
import shlex
import shutil
import signal
import sys
import time

TRIES, PAUSE = 30, 2
# Waiting does not make these right: TLS settings, and a password, user or database that do not fit. A refused IAM token (PAM) is
# not among them: the right to use it takes some seconds to arrive everywhere.
HOPELESS = (
    "certificate verify", "server certificate", "certificate file", "certificate has", "signed certificate", "tlsv1 alert", "unsupported protocol",
    "wrong version number", "support ssl", "sslmode value", "ssl connection error", "pg_hba.conf", "password authentication failed",
    "no password supplied", "access denied", "does not exist", "unknown database",
)
# A password that was rotated a moment ago: the state machine tries once more with a new task, which reads it again.
WRONG_PASSWORD, EX_TEMPFAIL = "password authentication failed", 75
SETTINGS, NO_ENGINE = "DJANGO_SETTINGS_MODULE", "django.db.backends.dummy"
child = stopped = 0
options = {"--database": ",,,", "--buckets": ",", "--server": ""}


def say(text):
    print("release:", text, flush=True)


def stop(number, _):
    global stopped
    stopped = number
    if not child:
        sys.exit(128 + number)
    os.kill(child, number)


def wait():
    global child
    status = os.waitpid(child, 0)[1]
    child = 0
    code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    return code or (128 + stopped if stopped else 0)


def address():
    import json
    from urllib.parse import urlsplit
    host, port, url, text = (os.environ.get(name, "") for name in options["--database"].split(","))
    if text:
        return json.loads(text).get("host"), json.loads(text).get("port")
    return (urlsplit(url).hostname, urlsplit(url).port) if url else (host, port)


def ask(host, port):
    # What pg_isready asks: whatever the answer, a server that accepts connections gives one. MySQL speaks first.
    import socket
    with socket.create_connection((host, int(port or 5432)), 5) as server:
        server.sendall(b"\0\0\0\x10\0\3\0\0user\0x\0\0")
        answer = server.recv(4096)
    if not answer or b"57P03" in answer:
        raise OSError(f"{host} does not accept connections yet")


def lost(path):
    # Any other mount may be a volume, which outlives the task. A file of the image may have a device of its own.
    path = os.path.realpath(str(path).replace("file:", ""))
    while os.path.isfile(path) or not os.path.ismount(path):
        path = os.path.dirname(path)
    return path in ("/", "/tmp")


def folder(storage):
    try:
        path = storage.path("")
    except Exception:  # No local disk; or wrong settings, which the commands tell better.
        return ""
    return path if lost(path) else ""


def database_problem(module):
    from django.db import connections
    databases = [each for each in connections.settings.values() if each["ENGINE"] != NO_ENGINE]
    if not databases and "migrate" in sys.argv:
        return f"{SETTINGS} is {module}, which sets no DATABASES: give the settings of production as `settingsModule`"
    if databases and all(each["ENGINE"].endswith(("sqlite3", "spatialite")) and lost(each["NAME"]) for each in databases) and address()[0]:
        names = ", ".join(name for name in options["--database"].split(",") if name in os.environ)
        return (f"{module} uses SQLite at {databases[0]['NAME']}, which is lost with this task, not the database at {address()[0]}: let it use {names}, or give "
                "what it reads by `convention` or `environment`, or other settings by `settingsModule` (`waitForDatabase: false` if SQLite is meant)")


def files_problem(module):
    from django.apps import apps
    from django.contrib.staticfiles.storage import staticfiles_storage
    from django.db.models import FileField
    static, media = options["--buckets"].split(",")
    fields = [field for model in apps.get_models() for field in model._meta.local_fields if isinstance(field, FileField) and folder(field.storage)]
    if fields and os.environ.get(media):
        say(f"warning: uploads ({fields[0]}, ...) go to {folder(fields[0].storage)} and are lost with each task: let {module} use the bucket in {media}")
    path = os.environ.get(static) and "collectstatic" in sys.argv and folder(staticfiles_storage)
    if path and not (os.path.isdir(path) and os.listdir(path)):
        return (f"collectstatic would write to {path}, which is lost with this task: let {module} use the bucket in {static}, "
                "or collect while the image is built and give `StaticFiles.IN_IMAGE`")


def wait_for_database():
    if SETTINGS in os.environ:
        # Where packets are dropped, a try of libpq would take minutes.
        os.environ.setdefault("PGCONNECT_TIMEOUT", "5")
        import django
        from django.db import DatabaseError, InterfaceError, connection
        django.setup()
        problem = database_problem(os.environ[SETTINGS]) or files_problem(os.environ[SETTINGS])
        if problem:
            say(problem)
            return 1
        if connection.settings_dict["ENGINE"] == NO_ENGINE:
            return 0
        connect, errors = connection.ensure_connection, (DatabaseError, InterfaceError)
    else:
        host, port = address()
        if not host:
            say(f"neither {SETTINGS} nor the host of a database is set: there is no database to wait for")
            return 0
        connect, errors = lambda: ask(host, port), OSError
    text = ""
    for attempt in range(TRIES):
        time.sleep(PAUSE if attempt else 0)
        try:
            connect()
            return 0
        except errors as error:
            before, text = text, " ".join(str(error).split())
        if any(words in text.lower() for words in HOPELESS):
            say("the database refuses the connection, waiting would not help: " + text)
            return EX_TEMPFAIL if WRONG_PASSWORD in text else 1
        if text != before:
            say("waiting for the database: " + text)
    say(f"the database cannot be reached after {TRIES} tries: {text}")
    return 1


def sync_superuser():
    exec(os.environ["DJANGO_SUPERUSER_SCRIPT"], {"say": say})


# Steps of our own: each in a process of its own, so that this one stays small.
STEPS = {"--wait-for-database": ("wait for the database", wait_for_database), "--superuser": ("superuser", sync_superuser)}


def main(words):
    global child
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    code, command = 0, ""
    while words and words[0].partition("=")[0] in options:
        name, _, value = words.pop(0).partition("=")
        options[name] = value
    server = options["--server"]
    if server and not shutil.which(server):
        say(f"the image lacks {server!r}, which starts the web service: add it to the requirements, or give another `web.command`")
        code, command = 127, server
    while words and not code:
        if words[0] in STEPS:
            command, step = STEPS[words.pop(0)]
            child = os.fork()
            if not child:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                return step()
            code = wait()
        else:
            end = words.index("&&") if "&&" in words else len(words)
            command = shlex.join(words[:end])
            say(command)
            try:
                child = os.posix_spawnp(words[0], words[:end], os.environ, setsigdef=[signal.SIGPIPE])
                code = wait()
            except OSError as error:
                say(error)
                code = 127
            words = words[end:]
        words = words[1:] if words[:1] == ["&&"] else words
    if code:
        say(f"failed with exit code {code}: {command}")
    return code


sys.exit(main(sys.argv[1:]))
