"""Runs the commands of a release one after the other, as PID 1 of its container.

    run_release.py [--wait-for-database] python manage.py migrate --noinput && python manage.py collectstatic --noinput

The words arrive in exec form and no shell reads them; `&&` is a word of its own. The first command that fails
ends the release with its exit code (128 + n when signal n ended it), and the last line that is logged names it.
Only the standard library and, for the wait, the Django of the image. Python 3.8 or newer.
"""
import os
import shlex
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
child = stopped = 0


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


def wait_for_database():
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        say("DJANGO_SETTINGS_MODULE is not set: there is no database to wait for")
        return 0
    # Where packets are dropped, a try of libpq would take minutes.
    os.environ.setdefault("PGCONNECT_TIMEOUT", "5")
    import django
    from django.db import DatabaseError, InterfaceError, connection
    django.setup()
    if connection.settings_dict["ENGINE"] == "django.db.backends.dummy":
        return 0
    text = ""
    for attempt in range(TRIES):
        time.sleep(PAUSE if attempt else 0)
        try:
            connection.ensure_connection()
            return 0
        except (DatabaseError, InterfaceError) as error:
            before, text = text, " ".join(str(error).split())
        if any(words in text.lower() for words in HOPELESS):
            say("the database refuses the connection, waiting would not help: " + text)
            return EX_TEMPFAIL if WRONG_PASSWORD in text else 1
        if text != before:
            say("waiting for the database: " + text)
    say(f"the database cannot be reached after {TRIES} tries: {text}")
    return 1


def main(words):
    global child
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    code, command = 0, "wait for the database"
    if words[:1] == ["--wait-for-database"]:
        words = words[1:]
        child = os.fork()  # in a process of its own, so that this one stays small
        if not child:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            return wait_for_database()
        code = wait()
    while words and not code:
        end = words.index("&&") if "&&" in words else len(words)
        command = shlex.join(words[:end])
        say(command)
        try:
            child = os.posix_spawnp(words[0], words[:end], os.environ, setsigdef=[signal.SIGPIPE])
            code = wait()
        except OSError as error:
            say(error)
            code = 127
        words = words[end + 1:]
    if code:
        say(f"failed with exit code {code}: {command}")
    return code


sys.exit(main(sys.argv[1:]))
