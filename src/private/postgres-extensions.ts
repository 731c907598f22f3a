import { Token } from 'aws-cdk-lib/core';

/**
 * Extensions that RDS offers for PostgreSQL 14 to 18, in one or more of them. Meant for a warning: the offer grows.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-extensions.html
 */
const OFFERED = new Set(`
  address_standardizer address_standardizer_data_us amcheck autoinc aws_commons aws_lambda aws_ml aws_s3 apg_plan_mgmt bloom bool_plperl btree_gin btree_gist
  citext cube dblink dict_int dict_xsyn earthdistance flow_control fuzzystrmatch h3 h3_postgis hll hstore hstore_plperl hypopg insert_username intagg
  intarray ip4r isn jsonb_plperl lo log_fdw ltree moddatetime mysql_fdw old_snapshot oracle_fdw orafce pageinspect pg_bigm pg_buffercache pg_cron
  pg_freespacemap pg_hint_plan pg_logicalinspect pg_partman pg_prewarm pg_proctab pg_repack pg_similarity pg_stat_statements pg_tle pg_transport pg_trgm
  pg_visibility pg_walinspect pgactive pgaudit pgcollection pgcrypto pglogical pgrouting pgrowlocks pgstattuple pgtap plcoffee plls plperl plpgsql
  plprofiler pltcl plv8 postgis postgis_raster postgis_tiger_geocoder postgis_topology postgres_fdw prefix rdkit rds_activity_stream rds_tools refint seg
  sslinfo tablefunc tcn tds_fdw test_parser tsm_system_rows tsm_system_time unaccent uuid-ossp vector xml2
`.trim().split(/\s+/));

/** Majors that have an extension, where it is not in all of them: the first and the last. */
const MAJORS = new Map([['old_snapshot', [14, 16]], ['pg_walinspect', [15, 99]], ['pg_logicalinspect', [18, 99]]]);

/** Names by which people know an extension that has another one. */
const MEANT = new Map([['pgvector', 'vector'], ['uuid_ossp', 'uuid-ossp'], ['trgm', 'pg_trgm'], ['cron', 'pg_cron'], ['gis', 'postgis'], ['partman', 'pg_partman']]);

/** Why RDS is thought not to offer an extension for a major version, if it is; completes "'extensions' ...". */
export function extensionProblem(extension: string, major?: string): string | undefined {
  if (!OFFERED.has(extension)) {
    const meant = MEANT.get(extension.toLowerCase()) ?? (OFFERED.has(extension.toLowerCase()) ? extension.toLowerCase() : undefined);
    return `has ${JSON.stringify(extension)}, which is not among the extensions that RDS is known to offer: ` +
      (meant ? `use ${JSON.stringify(meant)}` : 'check it with `SHOW rds.extensions`, e.g. postgis, pg_trgm, unaccent, citext, hstore, vector');
  }
  const [first, last] = MAJORS.get(extension) ?? [0, 99];
  return major !== undefined && (Number(major) < first || Number(major) > last)
    ? `has ${JSON.stringify(extension)}, which RDS does not offer for PostgreSQL ${major}: take a version ${last === 99 ? `from ${first}` : `up to ${last}`}`
    : undefined;
}

/** Extensions that are of no use, or cannot even be made, unless the server loads their library when it starts. */
const PRELOADED = new Set(['pg_cron', 'pg_tle', 'pg_transport', 'pgactive', 'pgaudit', 'pglogical']);

/** Why an extension is known not to work in a server with these parameters, if it is; completes "'extensions' ...". */
export function preloadProblem(extension: string, parameters: { readonly [name: string]: string }): string | undefined {
  const { shared_preload_libraries: libraries = '' } = parameters;
  if (!PRELOADED.has(extension) || Token.isUnresolved(libraries) || libraries.split(',').some((library) => library.trim() === extension)) {
    return undefined;
  }
  const wanted = [...libraries ? [libraries] : ['pg_stat_statements'], extension].join(',');
  return `has ${JSON.stringify(extension)}, which the server must load when it starts: ` +
    `give 'parameters' "shared_preload_libraries" ${JSON.stringify(wanted)}${extension === 'pg_cron' ? ', and "cron.database_name" the name of the database' : ''}`;
}
