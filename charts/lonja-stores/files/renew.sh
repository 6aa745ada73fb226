#!/bin/sh
# Beside Valkey, for as long as it runs: has it take up a renewed certificate, as it reads the files again only when it is told to.
set -u
look() { sha256sum /etc/valkey-tls/tls.crt /etc/valkey-tls/tls.key 2>/dev/null; }
REDISCLI_AUTH=$(cat /etc/valkey-password/password)
export REDISCLI_AUTH
# What it begins with, or older: then it is told once too often.
seen=$(look)
while sleep 20; do
    here=$(look)
    if [ -n "$here" ] && [ "$here" != "$seen" ]; then
        # Both at once, as each is nothing without the other. What does not fit changes nothing, and is tried again. Not verified:
        # it is the server of this pod, and what it shows now may be of an authority that has been replaced.
        answer=$(valkey-cli --tls --insecure config set \
            tls-cert-file /etc/valkey-tls/tls.crt tls-key-file /etc/valkey-tls/tls.key 2>&1)
        if [ "$answer" = OK ]; then
            seen=$here
            echo 'Valkey has read its certificate'
        else
            printf 'Valkey did not take its certificate: %s\n' "$answer" >&2
        fi
    fi
done
