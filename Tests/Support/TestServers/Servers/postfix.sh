#!/bin/sh
# A private Postfix on loopback: postfix.sh FOLDER PORT CERT KEY LIMIT [SINK]. Needs root, since master does. Nothing outside
# FOLDER is written. It takes mail of LIMIT bytes at the most from who has logged in as lonja@mail.example, and passes it on to
# loopback port SINK; without one it discards it.
set -eu
d=$1
port=$2
transport=discard:
[ $# -lt 6 ] || transport="smtp:[127.0.0.1]:$6"
mkdir -p "$d/etc/sasl" "$d/queue" "$d/data"
chmod 755 "$d" "$d/etc" "$d/etc/sasl"
chown postfix "$d/data"
cat "$4" "$3" >"$d/etc/chain.pem"
printf 'pass word' | saslpasswd2 -c -p -f "$d/sasldb2" -u mail.example lonja
chown postfix "$d/sasldb2"
cat >"$d/etc/sasl/smtpd.conf" <<END
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: $d/sasldb2
mech_list: PLAIN LOGIN
END
cat >"$d/etc/main.cf" <<END
compatibility_level = 3.6
queue_directory = $d/queue
data_directory = $d/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.example
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
local_recipient_maps =
default_transport = $transport
relay_transport = $transport
alias_maps =
alias_database =
maillog_file = /dev/stdout
message_size_limit = $5
smtputf8_enable = yes
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = $d/etc/chain.pem
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = mail.example
cyrus_sasl_config_path = $d/etc/sasl
smtpd_relay_restrictions =
smtpd_recipient_restrictions =
    check_recipient_access inline:{{later@example.org = 450 4.2.1 busy},{never@example.org = 550 5.1.1 nobody}},
    check_recipient_access inline:{{later@example.com = 450 4.2.1 busy},{never@example.com = 550 5.1.1 nobody}},
    permit_sasl_authenticated, reject
END
cat >"$d/etc/master.cf" <<END
127.0.0.1:$port inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
discard unix - - n - - discard
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
END
# `postfix start-fg` would leave master behind when it is killed; master itself takes its processes with it.
postfix -c "$d/etc" check 2>/dev/null
MAIL_CONFIG="$d/etc" exec /usr/lib/postfix/sbin/master -s 2>/dev/null
