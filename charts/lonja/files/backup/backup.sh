#!/bin/sh
# Copies databases, Valkey and photos to the target, encrypted, and keeps some of the older copies.
# DATABASES, PASSWORDS (folder), VALKEY (host:port or nothing), VALKEY_PASSWORD (file), VALKEY_CA (file, if it has TLS), PHOTOS (folder or nothing),
# RECIPIENT (file, age), TARGET (remote:path), RCLONE_CONFIG, KEEP_DAILY, KEEP_WEEKLY, SCRATCH, PUSHGATEWAY; PG… say where.
set -eu
umask 077
HERE=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
. "$HERE/lib.sh"
run=$(date -u +%Y-%m-%dT%H%M%SZ)
work="$SCRATCH/backup.$$"
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/out"
cd "$work"

# shellcheck disable=SC2086 # a word for each database is meant
sh "$HERE/dump.sh" $DATABASES || die 'no dump'
for each in $DATABASES; do
    for file in "$each.dump" "$each.sums"; do
        [ -s "$file" ] || die "no $file"
        age --encrypt --recipients-file "$RECIPIENT" --output "out/$file.age" "$file"
        rm "$file"
    done
done

if [ -n "${VALKEY:-}" ]; then
    cli=$(has valkey-cli redis-cli)
    REDISCLI_AUTH=$(cat "$VALKEY_PASSWORD")
    export REDISCLI_AUTH
    "$cli" -h "${VALKEY%:*}" -p "${VALKEY##*:}" ${VALKEY_CA:+--tls --cacert "$VALKEY_CA"} --rdb valkey.rdb >/dev/null || die 'Valkey gave no copy'
    unset REDISCLI_AUTH
    [ -s valkey.rdb ] || die 'the copy of Valkey is empty'
    age --encrypt --recipients-file "$RECIPIENT" --output out/valkey.rdb.age valkey.rdb
    rm valkey.rdb
fi

# After the databases: a photo is there before its account says so.
if [ -n "${PHOTOS:-}" ]; then
    # Files come by renaming, so each is whole; that one vanishes meanwhile is no failure (1), anything else is.
    { tar --create --directory "$PHOTOS" --exclude './.*' --warning=no-file-changed --warning=no-file-removed . || [ $? = 1 ] || touch failed; } |
        age --encrypt --recipients-file "$RECIPIENT" --output out/photos.tar.age
    [ ! -e failed ] || die "the photos of $PHOTOS cannot be read"
fi

(cd out && sha256sum -- *.age >sha256)
remote copy out "$TARGET/daily/$run"
remote check --one-way --download out "$TARGET/daily/$run" || die 'what came to the target is not what was sent'
# The last file: without it a run is none.
printf '%s\n' "$run" >complete
remote copyto complete "$TARGET/daily/$run/complete"

# The first run of a week is the week's too.
week=$(date -u +%G-W%V)
if ! runs weekly | grep -q "^$week\$"; then
    remote copy --exclude complete "$TARGET/daily/$run" "$TARGET/weekly/$week"
    remote copyto complete "$TARGET/weekly/$week/complete"
fi

# keep FOLDER NUMBER: removes all but the newest complete runs, and what older runs left unfinished.
keep() {
    kept=$(runs "$1" | tail -n "$2")
    oldest=$(printf '%s\n' "$kept" | head -n 1)
    remote lsf --dirs-only "$TARGET/$1" | sed 's|/$||' | sort | while IFS= read -r each; do
        printf '%s\n' "$kept" | grep -qxF -- "$each" && continue
        # Not finished, but newer than what is kept: another run may be at it.
        if expr "$each" '<' "$oldest" >/dev/null || runs "$1" | grep -qxF -- "$each"; then remote purge "$TARGET/$1/$each"; fi
    done
}
keep daily "$KEEP_DAILY"
[ "$KEEP_WEEKLY" = 0 ] || keep weekly "$KEEP_WEEKLY"
report lonja_backup_last_success_timestamp_seconds backup
printf 'backup %s: %s databases, %s bytes\n' "$run" "$(printf '%s\n' "$DATABASES" | wc -w)" "$(cat out/*.age | wc -c)"
