#!/bin/sh
# Makes what Postfix needs in its volumes, and becomes its master. Root here has no right to override the owners of files, so
# what belongs to postfix is made by postfix, by way of the group of the volumes.
set -eu
volumes=$1
as_postfix() { setpriv --reuid postfix --regid postfix --groups "$volumes" -- "$@"; }

umask 027
rm -f /run/lonja-mail/sasldb2
as_postfix saslpasswd2 -c -p -f /run/lonja-mail/sasldb2 -u "$DOMAIN" "$SUBMISSION_USER" </etc/lonja-mail/password/password

cd /var/spool/lonja-mail
mkdir -p queue queue/pid
chgrp "$volumes" . queue
chmod 2775 .
chmod 0775 queue
as_postfix sh -c '
    umask 077
    mkdir -p data
    cd queue
    mkdir -p active bounce corrupt defer deferred flush hold incoming maildrop private public saved trace
    # Sockets, which each process reaches before it has given up root, too.
    chmod 711 private public
'
exec /usr/lib/postfix/sbin/master -i
