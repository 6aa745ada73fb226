# shellcheck shell=sh
# Shared by backup.sh and restore.sh.
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# has COMMAND…: the first of them that there is.
has() {
    for each in "$@"; do
        if command -v "$each" >/dev/null 2>&1; then
            printf '%s\n' "$each"
            return
        fi
    done
    die "none of these is installed: $*"
}

remote() { rclone --config "$RCLONE_CONFIG" --retries 5 --low-level-retries 10 "$@"; }

# runs: names of the complete runs of a folder of the target, oldest first.
runs() {
    remote lsf --recursive --files-only --include '*/complete' "$TARGET/$1" 2>/dev/null | sed 's|/complete$||' | sort
}

# A password has no place in arguments, where every process of the pod could read it.
sums_of() {
    psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --dbname "$1" --file "$HERE/sums.sql"
}

# report METRIC: that it went well now, for whoever watches.
report() {
    [ -n "${PUSHGATEWAY:-}" ] || return 0
    printf '# TYPE %s gauge\n%s %s\n' "$1" "$1" "$(date +%s)" |
        curl --silent --show-error --fail --max-time 30 --data-binary @- "$PUSHGATEWAY/metrics/job/lonja-$2" ||
        die "$PUSHGATEWAY did not take the metric"
}
