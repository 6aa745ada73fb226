#!/bin/sh
# dump.sh DATABASE…: dumps them as they were at one moment, into the working folder.
#
# A snapshot is of one database, but transactions are numbered for the whole server: snapshots that name the same ones
# as running and ended are of the same moment. So each database has a session, all are asked at once, and asked again
# until their answers are equal. Else profile would know cash that was paid for an order that wallet does not have, or the
# other way. The sums are of the same moment as the dump.
set -eu
HERE=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
. "$HERE/lib.sh"
[ $# -ge 1 ] && [ $# -le 6 ] || die 'name one to six databases'
export HERE

# as DATABASE COMMAND…: runs it as the role of the database, whose password is in no argument.
as() {
    (
        PGUSER=$1 PGDATABASE=$1
        [ ! -r "$PASSWORDS/$1" ] || PGPASSWORD=$(cat "$PASSWORDS/$1")
        export PGUSER PGDATABASE PGPASSWORD
        shift
        exec "$@"
    )
}

# What a session says comes by 9, a line each: DATABASE WORD VALUE. What it is told goes by a number of its own.
mkfifo said
exec 9<>said
fd=3
fds=''
for each in "$@"; do
    mkfifo "$each.told"
    {
        as "$each" psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 \
            <"$each.told" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- || true
        printf '%s ended .\n' "$each"
    } >&9 &
    eval "exec $fd>\"\$each.told\""
    fds="$fds $fd"
    fd=$((fd + 1))
done

# ask WORD EXPRESSION DATABASE…: asks all at once, and puts what each says into the file DATABASE.WORD.
ask() {
    word=$1 what=$2
    shift 2
    fd=3
    for each in "$@"; do
        printf "SELECT '%s', '%s', %s;\n" "$each" "$word" "$what" >&"$fd"
        fd=$((fd + 1))
    done
    for _ in "$@"; do
        IFS='|' read -r who kind value <&9
        [ "$kind" = "$word" ] || die "${who%% *} gives no session"
        printf '%s\n' "$value" >"$who.$word"
    done
}
tell() { for fd in $fds; do printf '%s\n' "$1" >&"$fd"; done; }

tell 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;'
attempt=1
ask ready 1 "$@"
tell 'ROLLBACK AND CHAIN;'
while :; do
    ask moment 'pg_current_snapshot()' "$@"
    [ "$(for each in "$@"; do cat "$each.moment"; done | sort -u | wc -l)" != 1 ] || break
    [ "$attempt" -lt 1000 ] || die 'no moment is the same in all databases: are they of one server?'
    attempt=$((attempt + 1))
    tell 'ROLLBACK AND CHAIN;'
done
ask snapshot 'pg_export_snapshot()' "$@"

fd=3
for each in "$@"; do
    as "$each" pg_dump --format=custom --snapshot="$(cat "$each.snapshot")" --file="$each.dump" || die "$each was not dumped"
    printf "\\\\o %s.sums\n\\\\i '%s'\n\\\\o\nSELECT '%s', 'summed', 1;\nCOMMIT;\n\\\\q\n" "$each" "$HERE/sums.sql" "$each" >&"$fd"
    IFS='|' read -r who kind _ <&9
    [ "$kind" = summed ] || die "${who%% *} gives no sums"
    # That it has ended.
    read -r _ <&9
    pg_restore --list "$each.dump" >/dev/null || die "the dump of $each cannot be read"
    [ -s "$each.sums" ] || die "$each has no tables"
    fd=$((fd + 1))
done
wait
rm -f said ./*.told ./*.ready ./*.moment ./*.snapshot
