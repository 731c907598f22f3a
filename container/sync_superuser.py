"""Makes the superuser of the project, or syncs its password and e-mail address, as the step `--superuser` of run_release.py.

`createsuperuser --noinput` fails when the user is there already and never changes a password. Here the first release makes the user, by that
very command, so that user models with fields and managers of their own work; every further one leaves the user as DJANGO_SUPERUSER_PASSWORD
and DJANGO_SUPERUSER_EMAIL say. Whatever is the same already is not touched, so that sessions go on. Runs with `say` of run_release.py.
"""
import os
import sys

SETTINGS, PREFIX = "DJANGO_SETTINGS_MODULE", "DJANGO_SUPERUSER_"
username, email, password = (os.environ.get(PREFIX + name, "") for name in ("USERNAME", "EMAIL", "PASSWORD"))
if SETTINGS not in os.environ or not password:
    say(f"the superuser needs {SETTINGS} and {PREFIX}PASSWORD: {'the password is empty' if SETTINGS in os.environ else SETTINGS + ' is not set'}")
    sys.exit(1)

import django

django.setup()

from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import router, transaction

model = get_user_model()
login, mail = model.USERNAME_FIELD, model.get_email_field_name()
# createsuperuser reads one variable for each field, whatever the user model calls it.
for field, value in ((login, username), (mail, email)):
    os.environ.setdefault(PREFIX + field.upper(), value)
name, using = os.environ[PREFIX + login.upper()], router.db_for_write(model)
users = model._default_manager.db_manager(using)
changed = []
# To leave by sys.exit takes back what was done.
with transaction.atomic(using):
    try:
        user = users.get_by_natural_key(name)
    except model.DoesNotExist:
        # Managers write names in a form of their own, e.g. in lower case.
        user = users.filter(**{login + "__iexact": model.normalize_username(name)}).first()
    if not user:
        try:
            call_command("createsuperuser", interactive=False, database=using, verbosity=0)
        except CommandError as error:
            say(f"createsuperuser: {error} (what the user model requires is read from {PREFIX}<FIELD>)")
            sys.exit(1)
        except TypeError as error:
            if "Unknown option" not in str(error):
                raise
            say("createsuperuser is a command of the project's own: leave `superuser` out of the release and make the user in its `after`")
            sys.exit(1)
        done = "created"
    # Whoever registered under this name must not become an administrator, nor lose the account to one.
    elif not getattr(user, "is_superuser", getattr(user, "is_staff", True)):
        say("a user with the name of the superuser exists and is none: make it one by hand, or choose another name")
        sys.exit(1)
    else:
        if not user.check_password(password):
            user.set_password(password)
            changed.append("password")
        if email and mail != login and mail in [field.name for field in model._meta.fields] and (getattr(user, mail) or "").lower() != email.lower():
            setattr(user, mail, email)
            changed.append(mail)
        if changed:
            user.save(using=using, update_fields=changed)
        done = (" and ".join(changed) or "nothing") + " changed"
say("superuser: " + done)
