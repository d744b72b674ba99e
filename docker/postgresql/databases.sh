#!/bin/sh
# Run once by PostgreSQL's image, when the server is empty: the two databases, their owner, and a reader for dashboards who may
# read the reporting views, which each upgrade lets hotline_reports read, and nothing else (docs/reporting.md). Passwords are read from files.
set -eu
secrets="${SECRETS_FOLDER:-/run/secrets}"
psql --username postgres --dbname postgres --set ON_ERROR_STOP=1 --quiet \
  --set owner="$(cat "$secrets/database_password")" --set reader="$(cat "$secrets/reader_password")" <<'SQL'
CREATE ROLE hotline LOGIN PASSWORD :'owner';
CREATE ROLE hotline_reports;
CREATE ROLE hotline_reader LOGIN PASSWORD :'reader' CONNECTION LIMIT 10;
ALTER ROLE hotline_reader SET default_transaction_read_only = on;
ALTER ROLE hotline_reader SET statement_timeout = '30s';
CREATE DATABASE hotline OWNER hotline ENCODING 'UTF8' TEMPLATE template0;
CREATE DATABASE hotline_jobs OWNER hotline ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE hotline, hotline_jobs FROM PUBLIC;
GRANT CONNECT ON DATABASE hotline TO hotline_reader;
GRANT hotline_reports TO hotline_reader;
SQL
