# shellcheck shell=sh
# Keys and certificates by OpenSSL, in the working folder. Shared by certificates.sh and bootstrap/certificates.

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# sign REQUEST CERTIFICATE DAYS OPTION…: valid from five minutes ago, as clocks differ.
sign() {
    request=$1
    made=$2
    until=$(date -u -d "$3 days" +%Y%m%d%H%M%SZ)
    shift 3
    cat >ca.conf <<'CONF'
[ca]
default_ca = it
[it]
database = ca.index
new_certs_dir = .
default_md = sha256
unique_subject = no
rand_serial = yes
policy = any
[any]
commonName = supplied
CONF
    : >ca.index
    openssl ca -batch -notext -config ca.conf -startdate "$(date -u -d '-5 minutes' +%Y%m%d%H%M%SZ)" -enddate "$until" \
        -in "$request" -out "$made" -extfile extensions "$@" 2>ca.log || {
        cat ca.log >&2
        return 1
    }
    rm -f ca.* ./*.pem extensions "$request"
}

# request KEY NAME: a fresh key of P-256, and the file `request`, which asks for a certificate of it.
request() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" &&
        openssl req -new -config /dev/null -key "$1" -subj "/CN=$2" -out request
}

# authority KEY CERTIFICATE DAYS NAME: one that signs nothing but certificates of services.
authority() {
    request "$1" "$4" || return 1
    printf '%s\n' 'basicConstraints=critical,CA:TRUE,pathlen:0' 'keyUsage=critical,keyCertSign' 'subjectKeyIdentifier=hash' >extensions
    sign request "$2" "$3" -selfsign -keyfile "$1"
}

# certificate FOLDER AUTHORITY DAYS USAGES NAME…: tls.key and tls.crt, signed by tls.key and tls.crt of the folder AUTHORITY.
certificate() {
    folder=$1
    signer=$2
    days=$3
    usages=$4
    shift 4
    request "$folder/tls.key" "$1" || return 1
    names=$(printf 'DNS:%s,' "$@")
    printf '%s\n' 'basicConstraints=critical,CA:FALSE' 'keyUsage=critical,digitalSignature' "extendedKeyUsage=$usages" \
        'subjectKeyIdentifier=hash' 'authorityKeyIdentifier=keyid' "subjectAltName=${names%,}" >extensions
    sign request "$folder/tls.crt" "$days" -cert "$signer/tls.crt" -keyfile "$signer/tls.key"
}
