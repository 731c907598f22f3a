# Prepares a database: waits for it, then makes extensions and users, then runs the initial SQL. POSIX shell, psql 15 or newer.
#
# libpq reads PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, PGSSLMODE and PGSSLROOTCERT by itself. Exit codes: 75 (EX_TEMPFAIL) asks the
# state machine to try once more with a new task, which reads the secrets again; 3 is an error in SQL; 1 is hopeless.
tries=30 pause=2

say() {
  printf 'prepare: %s\n' "$*"
}

wait_for_database() {
  # Where packets are dropped, a try of libpq would take minutes.
  export PGCONNECT_TIMEOUT="${PGCONNECT_TIMEOUT:-5}"
  try=0 before=
  while [ "$try" -lt "$tries" ]; do
    [ "$try" -eq 0 ] || sleep "$pause"
    try=$((try + 1))
    if error=$(psql -X -w -c 'SELECT 1' 2>&1); then
      return 0
    fi
    case $error in
      *'password authentication failed'*)
        say "the database refuses the password, it may have been changed a moment ago: $error"
        exit 75 ;;
      # Waiting does not make these right.
      *certificate* | *' alert '* | *'unsupported protocol'* | *'wrong version number'* | *'support SSL'* | *'sslmode value'* | *pg_hba.conf* | \
      *'no password supplied'* | *'PAM authentication'* | *'does not exist'*)
        say "the database refuses the connection, waiting would not help: $error"
        exit 1 ;;
    esac
    [ "$error" = "$before" ] || say "waiting for the database: $error"
    before=$error
  done
  say "the database cannot be reached after $tries tries: $error"
  exit 1
}

# Values go to psql as variables and as rows, which it quotes or need no quotes: never as text of a statement.
session() {
  cat <<'SQL'
\set ON_ERROR_STOP on
\set SHOW_CONTEXT never
\getenv owner PREPARE_OWNER
\getenv second_owner PREPARE_SECOND_OWNER
\getenv application PREPARE_APPLICATION
\getenv iam PREPARE_IAM
\getenv extensions PREPARE_EXTENSIONS
\o /dev/null
-- One at a time. Ends with the session.
SELECT pg_advisory_lock(hashtextextended('cdk-django-on-fargate', 0));
SELECT set_config('prepare.owner', :'owner', false), set_config('prepare.application', :'application', false),
  set_config('prepare.second_owner', :'second_owner', false), set_config('prepare.iam', :'iam', false), set_config('prepare.extensions', :'extensions', false);
\o
CREATE TEMPORARY TABLE prepare_logins (duty text, login text, password text);
COPY pg_temp.prepare_logins FROM STDIN;
SQL
  printf '%s\t%s\t%s\n' owner "${PREPARE_OWNER_LOGIN-}" "${PREPARE_OWNER_PASSWORD-}" \
    application "${PREPARE_APPLICATION_LOGIN-}" "${PREPARE_APPLICATION_PASSWORD-}" | sed 's/\\/\\\\/g'
  printf '%s\n' '\.'
  printf '%s\n' "$PREPARE_SQL"
  if [ -n "${PREPARE_INITIAL_SQL-}" ]; then
    # Ends its last statement; what it has made in the schema of the owner is handed over as well.
    printf '%s\n' '\echo prepare: initial SQL' '\set SHOW_CONTEXT errors' "$PREPARE_INITIAL_SQL" ';' 'RESET ROLE;' "$PREPARE_SQL"
  fi
  printf '%s\n' '\echo prepare: done'
}

export PREPARE_OWNER="${PREPARE_OWNER-}" PREPARE_SECOND_OWNER="${PREPARE_SECOND_OWNER-}" PREPARE_APPLICATION="${PREPARE_APPLICATION-}" \
  PREPARE_IAM="${PREPARE_IAM-}" PREPARE_EXTENSIONS="${PREPARE_EXTENSIONS-}"
# A shell that waits for a program in the foreground hears SIGTERM only when that has ended.
child=
trap 'say "stopped by SIGTERM"; [ -z "$child" ] || kill "$child"; exit 143' TERM
wait_for_database
session | exec psql -X -q -w -f - &
child=$!
# Some shells say which signal ended it.
wait "$child" 2>/dev/null
code=$?
case $code in
  # The connection was lost, or tables were in use for too long: then the SQL ends psql by SIGUSR1. What was done so far is whole, or undone.
  2 | 138) code=75 ;;
esac
[ "$code" -eq 0 ] || say "failed with exit code $code"
exit "$code"
