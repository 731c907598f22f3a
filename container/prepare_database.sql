-- Makes what a database is prepared with: extensions, an owner that migrates and an application user with rights on data only.
--
-- Runs as RDS's administrator, who is no superuser, on PostgreSQL 14 to 18. One transaction, so that a run that is killed leaves nothing half
-- done; a run that finds everything made changes nothing. Names and passwords come from the session: settings `prepare.*` and the
-- table `prepare_logins`. No statement that a server may log holds a password.
BEGIN;
SET LOCAL client_min_messages = warning;
-- Whoever waits for a lock on a table makes everybody behind it wait.
SET LOCAL lock_timeout = '30s';

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
  owner text := current_setting('prepare.owner');
  application text := current_setting('prepare.application');
  iam boolean := current_setting('prepare.iam') = 'true';
  administrator text := session_user;
  wanted record;
  existing record;
  mark text;
  problem text;
  grantee text;
  item record;
  owner_id oid;
BEGIN
  IF owner = '' THEN
    RETURN;
  END IF;
  IF iam AND to_regrole('rds_iam') IS NULL THEN
    RAISE EXCEPTION 'the role rds_iam does not exist: switch IAM authentication on at the instance or cluster';
  END IF;

  FOR wanted IN SELECT * FROM (VALUES ('owner', owner, 'ownerUser'), ('application', application, 'applicationUser')) AS roles (duty, name, option) LOOP
    mark := format('cdk-django-on-fargate: %s of %s', wanted.duty, current_database());
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
        RAISE EXCEPTION 'the role % %: give another name with ''%''', quote_ident(wanted.name), problem, wanted.option
          USING HINT = format('To hand over a role of yours that has no more rights than it should: COMMENT ON ROLE %I IS %L;', wanted.name, mark);
      END IF;
    END IF;

    -- A member of rds_iam cannot log in with a password.
    IF to_regrole('rds_iam') IS NOT NULL AND iam <> EXISTS (
      SELECT FROM pg_auth_members WHERE roleid = to_regrole('rds_iam') AND member = (SELECT oid FROM pg_roles WHERE rolname = wanted.name)
    ) THEN
      EXECUTE format(CASE WHEN iam THEN 'GRANT rds_iam TO %I' ELSE 'REVOKE rds_iam FROM %I' END, wanted.name);
    END IF;
    BEGIN
      IF iam THEN
        EXECUTE format('ALTER ROLE %I LOGIN PASSWORD NULL', wanted.name);
      ELSE
        EXECUTE format('ALTER ROLE %I LOGIN', wanted.name);
        -- With rotation the secret may name the second of two alternating users, which rotation itself looks after.
        FOR item IN SELECT password FROM pg_temp.prepare_logins WHERE duty = wanted.duty AND login = wanted.name LOOP
          EXECUTE format('ALTER ROLE %I PASSWORD %L', wanted.name, item.password);
        END LOOP;
      END IF;
    EXCEPTION WHEN OTHERS THEN
      -- Anew, without the statement, which holds the password.
      RAISE EXCEPTION 'the login of the role % cannot be set: %', quote_ident(wanted.name), SQLERRM;
    END;
  END LOOP;

  SELECT oid INTO owner_id FROM pg_roles WHERE rolname = owner;
  -- Who hands something over must be a member of both sides. The administrator of a role with rds_iam could no longer log in with its password:
  -- then it is a member inside this transaction only, which nobody else ever sees.
  EXECUTE format('GRANT %I TO %I', owner, administrator);

  EXECUTE format('GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %I TO %I', current_database(), owner);
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), application);
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());

  SELECT pg_has_role(administrator, nspowner, 'USAGE') AS ours, nspowner::regrole AS owner INTO existing FROM pg_namespace WHERE nspname = 'public';
  IF existing.ours THEN
    EXECUTE format('ALTER SCHEMA public OWNER TO %I', owner);
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
  END IF;

  -- What the owner of before had: one of ours with another name, or the administrator. Its extensions stay its own.
  FOR item IN
    SELECT rolname, to_regrole('rds_iam') IS NOT NULL AND pg_has_role(oid, to_regrole('rds_iam'), 'MEMBER') AS has_iam FROM pg_roles
    WHERE rolname <> owner AND shobj_description(oid, 'pg_authid') = format('cdk-django-on-fargate: owner of %s', current_database())
  LOOP
    EXECUTE format('GRANT %I TO %I', item.rolname, administrator);
    EXECUTE format('REASSIGN OWNED BY %I TO %I', item.rolname, owner);
    IF item.has_iam THEN
      EXECUTE format('REVOKE %I FROM %I', item.rolname, administrator);
    END IF;
  END LOOP;
  FOR item IN
    SELECT CASE object.type WHEN 'composite type' THEN 'type' WHEN 'statistics object' THEN 'statistics' ELSE object.type END AS kind, object.identity
    FROM pg_shdepend AS owned, pg_identify_object(owned.classid, owned.objid, 0) AS object
    WHERE owned.deptype = 'o' AND owned.refclassid = 'pg_authid'::regclass
      AND owned.refobjid = (SELECT oid FROM pg_roles WHERE rolname = administrator)
      AND owned.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND object.schema = 'public'
      AND NOT EXISTS (
        SELECT FROM pg_depend WHERE classid = owned.classid AND objid = owned.objid
          -- Members of an extension, and sequences of a column, which go with their table.
          AND (deptype = 'e' OR object.type = 'sequence' AND refclassid = 'pg_class'::regclass AND refobjsubid > 0 AND deptype IN ('a', 'i'))
      )
  LOOP
    EXECUTE format('ALTER %s %s OWNER TO %I', item.kind, item.identity, owner);
  END LOOP;

  -- The administrator too keeps what the application may do: with it, the version before the first preparation goes on serving.
  FOREACH grantee IN ARRAY ARRAY[application, administrator] LOOP
    FOR item IN
      SELECT 'USAGE' AS rights, format('SCHEMA %I', nspname) AS object FROM pg_namespace WHERE nspname = 'public' OR nspowner = owner_id
      UNION ALL
      SELECT CASE relkind WHEN 'S' THEN 'SELECT, USAGE, UPDATE' ELSE 'SELECT, INSERT, UPDATE, DELETE' END,
        format(CASE relkind WHEN 'S' THEN 'SEQUENCE %I.%I' ELSE 'TABLE %I.%I' END, nspname, relname)
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE relowner = owner_id AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      UNION ALL
      SELECT 'EXECUTE', format('ROUTINE %s', oid::regprocedure) FROM pg_proc WHERE proowner = owner_id
    LOOP
      EXECUTE format('GRANT %s ON %s TO %I', item.rights, item.object, grantee);
    END LOOP;
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT USAGE ON SCHEMAS TO %I', owner, grantee);
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', owner, grantee);
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT SELECT, USAGE, UPDATE ON SEQUENCES TO %I', owner, grantee);
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT EXECUTE ON ROUTINES TO %I', owner, grantee);
  END LOOP;
  EXECUTE format('GRANT CREATE ON SCHEMA public TO %I', administrator);

  IF iam THEN
    EXECUTE format('REVOKE %I FROM %I', owner, administrator);
  END IF;
  IF NOT (has_schema_privilege(owner, 'public', 'CREATE') AND has_schema_privilege(application, 'public', 'USAGE')
      AND has_database_privilege(application, current_database(), 'CONNECT')) THEN
    RAISE EXCEPTION 'the administrator % may not give rights on the database % and its schema public: it must own both',
      quote_ident(administrator), quote_ident(current_database());
  END IF;
  IF has_schema_privilege(application, 'public', 'CREATE') THEN
    RAISE WARNING 'the schema public belongs to %, everybody may make tables in it', existing.owner;
  END IF;
END
$prepare$;
COMMIT;
