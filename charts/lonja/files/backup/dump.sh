#!/bin/sh
# dump.sh DATABASE…: dumps them as they were at (nearly) one moment, into the working folder.
#
# Each database's moment is taken before the first is dumped: a session holds it open, and takes care of the next
# database meanwhile. The sums are of the same moment as the dump.
set -eu
HERE=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
. "$HERE/lib.sh"
LONJA_DATABASE=$1
shift
LONJA_REST=$*
LONJA_DUMP="$0"
PGUSER=$LONJA_DATABASE
PGDATABASE=$LONJA_DATABASE
[ ! -r "$PASSWORDS/$LONJA_DATABASE" ] || PGPASSWORD=$(cat "$PASSWORDS/$LONJA_DATABASE")
export LONJA_DATABASE LONJA_REST LONJA_DUMP PGUSER PGDATABASE PGPASSWORD HERE
psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --set sums="$HERE/sums.sql" >"$LONJA_DATABASE.sums" <<'SQL'
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv LONJA_SNAPSHOT :snapshot
\! if [ -n "$LONJA_REST" ]; then sh "$LONJA_DUMP" $LONJA_REST >&2; fi
\! pg_dump --format=custom --snapshot="$LONJA_SNAPSHOT" --file="$LONJA_DATABASE.dump" >&2
\i :sums
COMMIT;
SQL
# What psql runs by \! may have failed without its knowing.
pg_restore --list "$LONJA_DATABASE.dump" >/dev/null || die "the dump of $LONJA_DATABASE cannot be read"
[ -s "$LONJA_DATABASE.sums" ] || die "$LONJA_DATABASE has no tables"
for each in $LONJA_REST; do
    [ -s "$each.dump" ] || die "$each was not dumped"
done
