#!/bin/sh
# Makes the authority and the certificates of a release, and renews what is half over. Nothing is kept but in Secrets, which
# must be there (bootstrap/): it may read and change those, and can make none.
# AUTHORITY (Secret), AUTHORITY_DAYS, CERTIFICATES (a line for each: Secret, usages, names), DAYS,
# API (URL of the API server), ACCOUNT (folder with ca.crt and token), NAMESPACE, SCRATCH.
#
# An authority is followed by another in steps, each a day or more after all pods could know of the last: `next` is announced,
# then it signs and the one before is `former`, then `former` is forgotten.
set -eu
umask 077
HERE=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
. "$HERE/lib.sh"
now=$(date -u +%s)
step=86400
work="$SCRATCH/certificates.$$"
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/authority"
cd "$work"

# ask METHOD SECRET OPTION…: of the API server. The token is in no argument.
ask() {
    method=$1
    path=$API/api/v1/namespaces/$NAMESPACE/secrets/$2
    shift 2
    printf 'authorization: Bearer %s\n' "$(cat "$ACCOUNT/token")" |
        curl --silent --show-error --fail --max-time 20 --retry 3 --cacert "$ACCOUNT/ca.crt" --header @- --request "$method" "$@" "$path"
}

# fetch SECRET FOLDER: what it has of ours, as files, and its version.
fetch() {
    rm -rf "$2"
    mkdir "$2"
    ask GET "$1" >answer || {
        printf '%s cannot be read: is it there, and may this account (bootstrap/)?\n' "$1" >&2
        return 1
    }
    jq -er .metadata.resourceVersion answer >"$2/version" || return 1
    for file in ca.crt former.crt next.crt next.key since tls.crt tls.key; do
        jq -j --arg key "$file" '.data[$key] // "" | @base64d' answer >"$2/$file" || return 1
        [ -s "$2/$file" ] || rm "$2/$file"
    done
    rm answer
}

# store SECRET FOLDER: the other way, and only if nobody else has changed it meanwhile.
store() {
    {
        printf '{"metadata":{"resourceVersion":"%s"},"data":{' "$(cat "$2/version")"
        for file in ca.crt former.crt next.crt next.key since tls.crt tls.key; do
            if [ -f "$2/$file" ]; then value="\"$(openssl base64 -A -in "$2/$file")\""; else value=null; fi
            printf '"%s":%s%s' "$file" "$value" "$([ "$file" = tls.key ] || printf ,)"
        done
        printf '}}\n'
    } >body
    ask PATCH "$1" --header 'content-type: application/merge-patch+json' --data-binary @body >answer || {
        printf '%s could not be changed\n' "$1" >&2
        return 1
    }
    rm body answer
}

# date_of CERTIFICATE startdate|enddate: in seconds.
date_of() { date -u -d "$(openssl x509 -in "$1" -noout "-$2" | cut -d = -f 2)" +%s; }

# half_over CERTIFICATE
half_over() {
    start=$(date_of "$1" startdate) && end=$(date_of "$1" enddate) || return 0
    [ $((end - now)) -lt $(((end - start) / 2)) ]
}

# pair FOLDER NAME: whether key and certificate are there, and of each other.
pair() {
    [ -f "$1/$2.crt" ] && [ -f "$1/$2.key" ] &&
        [ "$(openssl x509 -in "$1/$2.crt" -noout -pubkey 2>/dev/null)" = "$(openssl pkey -in "$1/$2.key" -pubout 2>/dev/null)" ]
}

names_of() { openssl x509 -in "$1" -noout -ext subjectAltName | sed -n 's/DNS://g; s/[ ,]\{1,\}/ /g; s/^ //; 2p'; }

# Authorities that all should know, for now.
bundle() {
    for file in tls.crt next.crt former.crt; do
        [ ! -f "authority/$file" ] || cat "authority/$file"
    done >bundle
}

# settled: whether every Secret has these authorities and a certificate of the one that signs.
settled() {
    bundle
    while read -r secret _; do
        [ -n "$secret" ] || continue
        fetch "$secret" own && cmp -s bundle own/ca.crt && openssl verify -CAfile authority/tls.crt own/tls.crt >/dev/null 2>&1 || return 1
    done <<LIST
$CERTIFICATES
LIST
}

# The step of the authority that is due, if any.
fetch "$AUTHORITY" authority || die "there is no authority without its Secret"
since=$(cat authority/since 2>/dev/null || printf 0)
name="$(printf %.40s "$NAMESPACE") $(date -u +%Y-%m-%dT%H:%M:%SZ)"
stepped=yes
if ! pair authority tls || [ "$(date_of authority/tls.crt enddate)" -le "$now" ]; then
    rm -f authority/former.crt authority/next.*
    authority authority/tls.key authority/tls.crt "$AUTHORITY_DAYS" "$name"
    what='made'
elif [ $((now - since)) -lt "$step" ]; then
    stepped=no
elif { [ -f authority/next.crt ] || [ -f authority/former.crt ]; } && ! settled; then
    what='waits for those that do not know it'
elif pair authority next; then
    mv authority/tls.crt authority/former.crt
    mv authority/next.crt authority/tls.crt
    mv authority/next.key authority/tls.key
    what='follows'
elif [ -f authority/former.crt ]; then
    rm authority/former.crt
    what='alone again'
elif half_over authority/tls.crt; then
    authority authority/next.key authority/next.crt "$AUTHORITY_DAYS" "$name"
    what='announced'
else
    stepped=no
fi
if [ "$stepped" = yes ]; then
    printf '%s\n' "$now" >authority/since
    # Before anything that it signed: if another run was faster, this one ends here.
    store "$AUTHORITY" authority || die 'nothing was changed'
    printf '%s: %s\n' "$AUTHORITY" "$what"
fi
bundle

# renew SECRET USAGES NAME…
renew() {
    fetch "$1" own || return 1
    target=$1
    usages=$2
    shift 2
    why=''
    if ! pair own tls; then
        why='none was there'
    elif ! openssl verify -CAfile authority/tls.crt own/tls.crt >/dev/null 2>&1; then
        why='of another authority, or over'
    elif half_over own/tls.crt; then
        why='half over'
    elif [ "$(names_of own/tls.crt)" != "$*" ]; then
        why='for other names'
    fi
    if [ -z "$why" ] && cmp -s bundle own/ca.crt; then return 0; fi
    [ -z "$why" ] || certificate own authority "$DAYS" "$usages" "$@" || return 1
    cp bundle own/ca.crt
    store "$target" own || return 1
    printf '%s: %s, until %s\n' "$target" "${why:-other authorities}" "$(openssl x509 -in own/tls.crt -noout -enddate | cut -d = -f 2)"
}

# One that cannot be renewed keeps no other from it.
failed=''
while read -r secret usages names; do
    # shellcheck disable=SC2086 # a word for each name is meant
    [ -z "$secret" ] || renew "$secret" "$usages" $names || failed="$failed $secret"
done <<LIST
$CERTIFICATES
LIST
[ -z "$failed" ] || die "not renewed:$failed"
