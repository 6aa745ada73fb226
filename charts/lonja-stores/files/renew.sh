#!/bin/sh
# Has Valkey take up a renewed certificate: it reads the files again only when it is told to.
set -eu
trap 'exit 0' TERM
REDISCLI_AUTH=$(cat /etc/valkey-password/password)
export REDISCLI_AUTH
seen=''
while :; do
    here=$(sha256sum /etc/valkey-tls/tls.crt /etc/valkey-tls/tls.key)
    if [ "$here" != "$seen" ]; then
        # Both at once, as each is nothing without the other. What does not fit changes nothing, and is tried again.
        answer=$(valkey-cli --tls --cacert /etc/valkey-tls/ca.crt config set \
            tls-cert-file /etc/valkey-tls/tls.crt tls-key-file /etc/valkey-tls/tls.key 2>&1) || true
        if [ "$answer" = OK ]; then
            seen=$here
            echo 'Valkey has read its certificate'
        else
            printf 'Valkey did not take its certificate: %s\n' "$answer" >&2
        fi
    fi
    # In the background, as a signal is heard only while the shell waits.
    sleep 20 &
    wait $!
done
