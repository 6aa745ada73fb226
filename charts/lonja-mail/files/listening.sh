#!/bin/sh
# Whether something listens on every one of the ports: listening.sh PORT… It asks the kernel, as each connection would be a
# line in the log.
set -eu
for port in "$@"; do
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -qE "^ *[0-9]+: [0-9A-F]+:$(printf %04X "$port") [0-9A-F]+:0000 0A "
done
