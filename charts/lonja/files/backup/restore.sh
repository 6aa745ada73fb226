#!/bin/sh
# Proves that the newest copy can be restored: a fresh server, all of it put in, sums and ledgers compared. Nothing of
# the running shop is touched. restore.sh [daily|weekly [RUN]]
# IDENTITY (file, age), TARGET, RCLONE_CONFIG, SCRATCH, PUSHGATEWAY; KEEP_RESTORED=folder leaves the files there.
set -eu
umask 077
HERE=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
. "$HERE/lib.sh"
from=${1:-daily}
run=${2:-$(runs "$from" | tail -n 1)}
[ -n "$run" ] || die "$TARGET/$from has no complete copy"
work="$SCRATCH/restore.$$"
data=${KEEP_RESTORED:-$work}/pg
export PGHOST="$work" PGPORT=5432 PGUSER=postgres
unset PGDATABASE PGPASSWORD PGSSLMODE PGSSLROOTCERT 2>/dev/null || true
stop() { [ ! -f "$data/postmaster.pid" ] || "$bin/pg_ctl" --pgdata "$data" --mode fast --wait stop >/dev/null; }
trap 'stop; rm -rf "$work"' EXIT
mkdir -p "$work" "${data%/pg}"
bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || die 'no server of PostgreSQL is installed'
cd "$work"

remote copy "$TARGET/$from/$run" .
sha256sum --quiet --check sha256 || die "$run is not what was written"
for each in *.age; do
    age --decrypt --identity "$IDENTITY" --output "${each%.age}" "$each" || die "$each cannot be decrypted"
    rm "$each"
done

"$bin/initdb" --pgdata "$data" --username postgres --auth trust --encoding UTF8 --no-locale --no-sync >/dev/null
"$bin/pg_ctl" --pgdata "$data" --wait --log log --options "-c listen_addresses='' -c unix_socket_directories='$work' -c fsync=off" start >/dev/null ||
    die "$(cat log)"
tables=0
for dump in *.dump; do
    database=${dump%.dump}
    createdb --template template0 "$database"
    pg_restore --exit-on-error --no-owner --no-privileges --dbname "$database" "$dump" || die "$database cannot be restored"
    sums_of "$database" >restored.sums
    cmp -s "$database.sums" restored.sums || die "$database differs from what was dumped: $(diff "$database.sums" restored.sums | head -n 4)"
    tables=$((tables + $(wc -l <restored.sums)))
    if [ -f "$HERE/ledger-$database.sql" ]; then
        findings=$(psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --dbname "$database" --file "$HERE/ledger-$database.sql")
        [ -z "$findings" ] || die "the ledger of $database is not in order: $(printf '%s\n' "$findings" | head -n 4)"
    fi
done

photos=0
if [ -f photos.tar ]; then
    photos=$(tar --list --file photos.tar | grep -c '\.jpg$' || true)
    shown=$(psql --no-psqlrc --quiet --no-align --tuples-only --dbname profile --command 'SELECT count(*) FROM accounts WHERE photo')
    # A few may have been removed between the two.
    [ "$photos" -ge $((shown - shown / 100 - 3)) ] || die "$shown accounts have photos, the copy has $photos"
fi
if [ -f valkey.rdb ]; then
    "$(has valkey-check-rdb redis-check-rdb)" valkey.rdb >/dev/null || die 'the copy of Valkey cannot be read'
fi
if [ -n "${KEEP_RESTORED:-}" ]; then
    for each in photos.tar valkey.rdb; do [ ! -f "$each" ] || cp "$each" "$KEEP_RESTORED/"; done
fi
report lonja_restore_last_success_timestamp_seconds restore
printf 'restore %s/%s: %s tables equal, ledgers in order, %s photos\n' "$from" "$run" "$tables" "$photos"
