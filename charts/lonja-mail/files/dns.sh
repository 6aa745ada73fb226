#!/bin/sh
# Prints what the domain must publish, as a zone file, from what the server really runs with:
#   kubectl -n lonja-mail exec lonja-mail-0 -c dkim -- sh /etc/lonja-mail/server/dns.sh
# With `policy`, the text for https://mta-sts.DOMAIN/.well-known/mta-sts.txt.
set -eu
policy() {
    printf 'version: STSv1\nmode: %s\n' "$MTA_STS"
    for mx in $MX; do printf 'mx: %s\n' "$mx"; done
    printf 'max_age: %s\n' "$MTA_STS_MAX_AGE"
}
if [ "${1:-}" = policy ]; then
    # RFC 8461 asks for CRLF.
    policy | sed 's/$/\r/'
    exit 0
fi

# Strings of a TXT record have 255 bytes at the most.
text() { printf '%s 3600 IN TXT (%s )\n' "$1" "$(printf '%s' "$2" | fold -w 250 | sed 's/.*/ "&"/' | tr -d '\n')"; }

spf='v=spf1'
for address in $ADDRESSES; do
    case $address in
        *:*) spf="$spf ip6:$address" kind=AAAA ;;
        *) spf="$spf ip4:$address" kind=A ;;
    esac
    printf '; the PTR of %s must be %s.\n' "$address" "$HOST"
    printf '%s. 3600 IN %s %s\n' "$HOST" "$kind" "$address"
done
text "$HOST." 'v=spf1 a -all'
preference=10
for mx in $MX; do
    printf '%s. 3600 IN MX %s %s.\n' "$DOMAIN" "$preference" "$mx"
    preference=$((preference + 10))
done
printf '; servers of others that send for the domain must be in it too: a domain has one such record\n'
text "$DOMAIN." "$spf -all"
for key in /etc/lonja-mail/dkim/*; do
    text "${key##*/}._domainkey.$DOMAIN." \
        "v=DKIM1; k=rsa; h=sha256; s=email; p=$(openssl pkey -in "$key" -pubout -outform DER | openssl base64 -A)"
done
text "_dmarc.$DOMAIN." "v=DMARC1; p=$DMARC; adkim=s; aspf=s; rua=mailto:$REPORTS"
if [ -n "$MX" ]; then
    printf '; and https://mta-sts.%s/.well-known/mta-sts.txt: the same command, with policy at its end\n' "$DOMAIN"
    text "_mta-sts.$DOMAIN." "v=STSv1; id=$(policy | openssl dgst -sha256 -r | cut -c 1-20)"
    text "_smtp._tls.$DOMAIN." "v=TLSRPTv1; rua=mailto:$REPORTS"
else
    printf '; no MX, so no MTA-STS and no TLS reports: both are about mail to the domain\n'
fi
