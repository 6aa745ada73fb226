internal import CSystemSSL
internal import Observe

/// One certificate. Owns the X509.
final class TLSCertificate {
    let pointer: OpaquePointer

    /// Takes the certificate over.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        X509_free(pointer)
    }

    /// When it ends.
    var expiry: WallTime {
        var (days, seconds): (Int32, Int32) = (0, 0)
        // From now: no conversion of civil time is needed.
        guard let end = X509_get0_notAfter(pointer), ASN1_TIME_diff(&days, &seconds, nil, end) == 1 else {
            return WallTime(secondsSinceEpoch: 0)
        }
        return WallTime(secondsSinceEpoch: WallTime.now().secondsSinceEpoch + Int64(days) * 86_400 + Int64(seconds))
    }

    /// Whom it names.
    var identity: PeerIdentity { PeerIdentity(certificate: pointer) }
}
