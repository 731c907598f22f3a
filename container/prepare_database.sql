-- Makes what a database is prepared with: extensions, an owner that migrates and an application user with rights on data only.
--
-- Runs as RDS's administrator, who is no superuser, on PostgreSQL 14 to 18; a run that finds everything made changes nothing. Roles are made in
-- one transaction; then each table is handed over in one of its own, so that none is locked longer than a moment. In between, everybody has at
-- least the rights of before. Names and passwords come from the session: settings `prepare.*` and the table `prepare_logins`. No statement that a
-- server may log holds a password.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE OR REPLACE TEMPORARY VIEW prepare_users AS SELECT duty, rolname, pg_roles.oid FROM pg_roles, (VALUES ('owner'), ('application')) AS duties (duty)
  WHERE shobj_description(pg_roles.oid, 'pg_authid') = format('cdk-django-on-fargate: %s of %s', duty, current_database());
CREATE OR REPLACE TEMPORARY VIEW prepare_objects AS SELECT classid, objid, refobjid AS owner FROM pg_shdepend
  WHERE deptype = 'o' AND refclassid = 'pg_authid'::regclass AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database());

DO $prepare$
DECLARE
  extension text;
BEGIN
  FOREACH extension IN ARRAY string_to_array(current_setting('prepare.extensions'), ',') LOOP
    EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I CASCADE', extension);
  END LOOP;
END
$prepare$;

DO $prepare$
DECLARE
  database text := current_database();
  -- The group that owns everything: those who migrate are members, today's and former ones, so that there is a way back.
  owners text := 'owners_of_' || CASE WHEN octet_length(database) < 54 THEN database ELSE left(encode(sha256(convert_to(database, 'UTF8')), 'hex'), 53) END;
  owner text := current_setting('prepare.owner');
  application text := current_setting('prepare.application');
  iam boolean := current_setting('prepare.iam') = 'true';
  administrator text := session_user;
  wanted record;
  existing record;
  mark text;
  problem text;
  item record;
BEGIN
  PERFORM set_config('prepare.owners', owners, false);
  IF owner = '' THEN
    RETURN;
  END IF;
  IF iam AND to_regrole('rds_iam') IS NULL THEN
    RAISE EXCEPTION 'the role rds_iam does not exist: switch IAM authentication on at the instance or cluster';
  END IF;
  -- ALTER ROLE ... SET role has no effect there.
  IF current_setting('server_version_num')::int IN (140014, 150009, 160005, 170001) THEN
    RAISE EXCEPTION 'PostgreSQL % does not apply the role of a user: take another minor version', current_setting('server_version');
  END IF;
  -- Who makes a role must not become a member that can use it: see below.
  PERFORM set_config(name, '', true) FROM pg_settings WHERE name = 'createrole_self_grant';

  FOR wanted IN SELECT * FROM (VALUES
    ('owners', owners, false, 'rename it, or drop it'),
    ('owner', owner, true, 'give another name with ''ownerUser'''),
    ('owner', current_setting('prepare.second_owner'), true, 'give another name with ''ownerUser'''),
    ('application', application, true, 'give another name with ''applicationUser''')
  ) AS roles (duty, name, logs_in, remedy) WHERE name <> '' LOOP
    mark := format('cdk-django-on-fargate: %s of %s', wanted.duty, database);
    SELECT rolsuper, rolcreaterole, rolcreatedb, shobj_description(oid, 'pg_authid') AS comment INTO existing FROM pg_roles WHERE rolname = wanted.name;
    IF NOT FOUND THEN
      EXECUTE format('CREATE ROLE %I', wanted.name);
      EXECUTE format('COMMENT ON ROLE %I IS %L', wanted.name, mark);
    ELSE
      problem := CASE
        WHEN wanted.name = administrator THEN 'is the administrator'
        WHEN existing.rolsuper THEN 'is a superuser'
        WHEN to_regrole('rds_superuser') IS NOT NULL AND pg_has_role(wanted.name, 'rds_superuser', 'MEMBER') THEN 'is a member of rds_superuser'
        WHEN existing.rolcreaterole THEN 'has CREATEROLE'
        WHEN existing.rolcreatedb THEN 'has CREATEDB'
        WHEN existing.comment LIKE 'cdk-django-on-fargate: %' AND existing.comment <> mark
          THEN format('has another duty already (%s)', substr(existing.comment, length('cdk-django-on-fargate: ') + 1))
        WHEN existing.comment IS DISTINCT FROM mark THEN 'exists and was not made for this database by cdk-django-on-fargate'
      END;
      IF problem IS NOT NULL THEN
        RAISE EXCEPTION 'the role % %: %', quote_ident(wanted.name), problem, wanted.remedy
          USING HINT = format('To hand over a role of yours that has no more rights than it should: COMMENT ON ROLE %I IS %L;', wanted.name, mark);
      END IF;
    END IF;

    -- A member of rds_iam cannot log in with a password; of the group, that would be all of its members, the administrator too.
    IF to_regrole('rds_iam') IS NOT NULL AND (iam AND wanted.logs_in) <> EXISTS (
      SELECT FROM pg_auth_members WHERE roleid = to_regrole('rds_iam') AND member = (SELECT oid FROM pg_roles WHERE rolname = wanted.name)
    ) THEN
      EXECUTE format(CASE WHEN iam AND wanted.logs_in THEN 'GRANT rds_iam TO %I' ELSE 'REVOKE rds_iam FROM %I' END, wanted.name);
    END IF;
    BEGIN
      EXECUTE format('ALTER ROLE %I %s', wanted.name, CASE WHEN NOT wanted.logs_in THEN 'NOLOGIN' WHEN iam THEN 'LOGIN PASSWORD NULL' ELSE 'LOGIN' END);
      -- With rotation the secret may name the second of two alternating users, which rotation itself looks after.
      FOR item IN SELECT password FROM pg_temp.prepare_logins WHERE duty = wanted.duty AND login = wanted.name LOOP
        EXECUTE format('ALTER ROLE %I PASSWORD %L', wanted.name, item.password);
      END LOOP;
    EXCEPTION WHEN OTHERS THEN
      -- Anew, without the statement, which holds the password.
      RAISE EXCEPTION 'the login of the role % cannot be set: %', quote_ident(wanted.name), SQLERRM;
    END;
  END LOOP;

  EXECUTE format('GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %I TO %I', database, owners);
  EXECUTE format('GRANT %I TO %I', owners, administrator);
  FOR item IN SELECT rolname, oid FROM pg_temp.prepare_users WHERE duty = 'owner' LOOP
    -- It was made before there was the group.
    IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'public' AND nspowner = item.oid) THEN
      EXECUTE format('GRANT %I TO %I; ALTER SCHEMA public OWNER TO %I', item.rolname, administrator, owners);
    END IF;
    -- The administrator of a role with rds_iam could no longer log in with its password.
    IF pg_has_role(administrator, item.rolname, 'USAGE') THEN
      EXECUTE format('REVOKE %I FROM %I', item.rolname, administrator);
    END IF;
    EXECUTE format('GRANT %I TO %I', owners, item.rolname);
    EXECUTE format('ALTER ROLE %I IN DATABASE %I SET role = %L', item.rolname, database, owners);
  END LOOP;

  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', database, application);
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', database);
  SELECT pg_has_role(administrator, nspowner, 'USAGE') AS ours, nspowner::regrole AS owner INTO existing FROM pg_namespace WHERE nspname = 'public';
  IF existing.ours THEN
    EXECUTE format('ALTER SCHEMA public OWNER TO %I', owners);
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', application);
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
  END IF;

  -- For what is made later, also by the administrator: the version before a preparation, or after it is left out again.
  FOR item IN
    SELECT creator, place, rights, grantee FROM (VALUES (owners, ''), (administrator, 'IN SCHEMA public')) AS makers (creator, place), (VALUES
      ('SELECT, INSERT, UPDATE, DELETE ON TABLES'), ('SELECT, USAGE, UPDATE ON SEQUENCES'), ('EXECUTE ON ROUTINES'), ('USAGE ON SCHEMAS')
    ) AS later (rights), (SELECT rolname FROM pg_temp.prepare_users WHERE duty = 'application' UNION SELECT owners) AS grantees (grantee)
    WHERE grantee <> creator AND (place = '' OR rights ~ '(TABLES|SEQUENCES)$')
  LOOP
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I %s GRANT %s TO %I', item.creator, item.place, item.rights, item.grantee);
  END LOOP;

  IF NOT (has_schema_privilege(owners, 'public', 'CREATE') AND has_schema_privilege(application, 'public', 'USAGE')
      AND has_database_privilege(application, database, 'CONNECT')) THEN
    RAISE EXCEPTION 'the administrator % may not give rights on the database % and its schema public: it must own both',
      quote_ident(administrator), quote_ident(database);
  END IF;
  IF has_schema_privilege(application, 'public', 'CREATE') THEN
    RAISE WARNING 'the schema public belongs to %, everybody may make tables in it', existing.owner;
  END IF;
END
$prepare$;
COMMIT;

-- Whoever waits for a lock on a table makes everybody behind it wait.
SET lock_timeout = '2s';

DO $prepare$
DECLARE
  administrator oid := (SELECT oid FROM pg_roles WHERE rolname = session_user);
  owners oid := (SELECT oid FROM pg_roles WHERE rolname = current_setting('prepare.owners'));
  item record;
  blocked text;
  elsewhere text;
BEGIN
  IF current_setting('prepare.owner') = '' THEN
    RETURN;
  END IF;
  FOR try IN 1..10 LOOP
    blocked := NULL;
    FOR item IN
      -- What a login owner has itself, in the same way. A membership that nobody else ever sees.
      SELECT format('GRANT %1$I TO %2$I; REASSIGN OWNED BY %1$I TO %3$I; REVOKE %1$I FROM %2$I', rolname, session_user, owners::regrole::name) AS statement, oid
      FROM pg_temp.prepare_users
      WHERE duty = 'owner' AND EXISTS (SELECT FROM pg_temp.prepare_objects WHERE owner = prepare_users.oid AND classid <> 'pg_default_acl'::regclass)
      UNION ALL
      -- What the administrator has. Its extensions stay its own.
      SELECT format('ALTER %s %s OWNER TO %I', CASE object.type WHEN 'composite type' THEN 'type' WHEN 'statistics object' THEN 'statistics'
        ELSE object.type END, object.identity, owners::regrole::name), objid
      FROM pg_temp.prepare_objects AS owned, pg_identify_object(classid, objid, 0) AS object
      WHERE owner = administrator AND object.schema = 'public' AND NOT EXISTS (
          SELECT FROM pg_depend WHERE classid = owned.classid AND objid = owned.objid
            -- Members of an extension, and sequences of a column, which go with their table.
            AND (deptype = 'e' OR object.type = 'sequence' AND refclassid = 'pg_class'::regclass AND refobjsubid > 0 AND deptype IN ('a', 'i'))
        )
      UNION ALL
      -- What the application users lack, today's and former ones.
      SELECT format('GRANT %s ON %s TO %I', rights, object, rolname), things.oid
      FROM pg_temp.prepare_users, (
        SELECT 'USAGE', format('SCHEMA %I', nspname), nspacl, oid FROM pg_namespace WHERE nspowner = owners
        UNION ALL
        SELECT CASE relkind WHEN 'S' THEN 'SELECT, USAGE, UPDATE' ELSE 'SELECT, INSERT, UPDATE, DELETE' END,
          format(CASE relkind WHEN 'S' THEN 'SEQUENCE %I.%I' ELSE 'TABLE %I.%I' END, nspname, relname), relacl, pg_class.oid
        FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE relowner = owners AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        UNION ALL
        SELECT 'EXECUTE', format('ROUTINE %s', oid::regprocedure), proacl, oid FROM pg_proc WHERE proowner = owners
      ) AS things (rights, object, acl, oid)
      WHERE duty = 'application' AND NOT string_to_array(rights, ', ') <@ ARRAY(SELECT privilege_type FROM aclexplode(acl) WHERE grantee = prepare_users.oid)
    LOOP
      BEGIN
        EXECUTE item.statement;
      EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
        SELECT format('"%s" has to wait, for %s', item.statement, coalesce(string_agg(DISTINCT format('process %s (%s)', pid,
          concat_ws(', ', usename, nullif(application_name, ''), state, 'since ' || xact_start)), ', '), 'another process')) INTO blocked
        FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE granted AND pid <> pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND (relation = item.oid OR EXISTS (SELECT FROM pg_class WHERE pg_class.oid = relation AND relowner = item.oid));
        RAISE WARNING '%', blocked;
      END;
      COMMIT;
    END LOOP;
    EXIT WHEN NOT FOUND;
    IF blocked IS NOT NULL THEN
      PERFORM pg_sleep(3);
      COMMIT;
    END IF;
  END LOOP;
  IF blocked IS NOT NULL THEN
    RAISE WARNING 'gave up, what was done so far is kept: end what blocks it, by SELECT pg_terminate_backend(<process>), or deploy when less is going on';
  END IF;
  PERFORM set_config('prepare.blocked', (blocked IS NOT NULL)::text, false);

  SELECT concat_ws(' and ', 'the schemas ' || nullif((
    SELECT string_agg(DISTINCT coalesce(object.schema, object.name), ', ')
    FROM pg_temp.prepare_objects AS owned, pg_identify_object(classid, objid, 0) AS object
    WHERE owner = administrator AND (object.schema IS NOT NULL OR object.type = 'schema') AND coalesce(object.schema, object.name) !~ '^(public$|"?pg_)'
      AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = owned.classid AND objid = owned.objid AND deptype = 'e')
  ), ''), nullif((SELECT count(*) FROM pg_largeobject_metadata WHERE lomowner = administrator), 0) || ' large objects') INTO elsewhere;
  -- Once: this runs again after the initial SQL.
  IF elsewhere NOT IN ('', coalesce(current_setting('prepare.elsewhere', true), '')) THEN
    RAISE WARNING 'what the administrator has outside of the schema public stays its own, the application cannot use it without grants of yours: %', elsewhere;
  END IF;
  PERFORM set_config('prepare.elsewhere', elsewhere, false);
END
$prepare$;
RESET lock_timeout;
SELECT coalesce(current_setting('prepare.blocked', true), '') = 'true' AS blocked \gset
\if :blocked
\! kill -USR1 $PPID
\endif
