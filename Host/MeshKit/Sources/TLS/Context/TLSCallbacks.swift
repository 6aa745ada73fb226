internal import CSystemSSL

/// What OpenSSL calls: trampolines that find the session and ask it.
enum TLSCallbacks {
    /// Gives a context its callbacks. `protocols` in the form of the handshake.
    static func install(in context: OpaquePointer, role: TLSConfiguration.Role, protocols: [UInt8]) {
        switch role {
        case .client:
            SSL_CTX_set_verify(context, SSL_VERIFY_PEER, verify)
            // Zero is success here, unlike everywhere else.
            if !protocols.isEmpty { SSL_CTX_set_alpn_protos(context, protocols, UInt32(protocols.count)) }
        case .mutualServer:
            SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, verify)
            SSL_CTX_set_alpn_select_cb(context, select, nil)
        case .publicServer:
            SSL_CTX_set_alpn_select_cb(context, select, nil)
        }
        SSL_CTX_set_msg_callback(context, heard)
    }

    private static func session(_ pointer: OpaquePointer?) -> TLSSession? {
        guard let pointer, let data = SSL_get_ex_data(pointer, 0) else { return nil }
        return Unmanaged<TLSSession>.fromOpaque(data).takeUnretainedValue()
    }

    /// Asks, beside OpenSSL's own checks, whether the certificate names whom the client meant.
    private static let verify: @convention(c) (Int32, OpaquePointer?) -> Int32 = { verdict, store in
        guard verdict == 1 else { return 0 }
        guard let store, X509_STORE_CTX_get_error_depth(store) == 0,
            let pointer = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()),
            let certificate = X509_STORE_CTX_get_current_cert(store)
        else { return 1 }
        guard let session = TLSCallbacks.session(OpaquePointer(pointer)), !session.accepts(certificate) else {
            return 1
        }
        X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH)
        return 0
    }

    /// Chooses the protocol that we like best of those that the client knows.
    private static let select:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?,
            UnsafePointer<UInt8>?, UInt32, UnsafeMutableRawPointer?
        ) -> Int32 = { pointer, chosen, length, offered, count, _ in
            guard let session = TLSCallbacks.session(pointer), let offered, let chosen, let length else {
                return SSL_TLSEXT_ERR_NOACK
            }
            let ours = session.context.protocolList
            guard !ours.isEmpty else { return SSL_TLSEXT_ERR_NOACK }
            var rest = ours[...]
            while let size = rest.popFirst() {
                let name = rest.prefix(Int(size))
                rest = rest.dropFirst(Int(size))
                var position = 0
                while position < Int(count) {
                    let bytes = UnsafeBufferPointer(start: offered + position + 1, count: Int(offered[position]))
                    if position + 1 + bytes.count <= Int(count), bytes.elementsEqual(name) {
                        // A part of what the client sent, which outlives this call.
                        chosen.pointee = UnsafePointer(bytes.baseAddress)
                        length.pointee = size
                        return SSL_TLSEXT_ERR_OK
                    }
                    position += 1 + bytes.count
                }
            }
            return SSL_TLSEXT_ERR_ALERT_FATAL
        }

    /// Hears of each message of the handshake.
    private static let heard:
        @convention(c) (
            Int32, Int32, Int32, UnsafeRawPointer?, Int, OpaquePointer?, UnsafeMutableRawPointer?
        ) -> Void = { isOurs, _, kind, bytes, count, pointer, _ in
            guard kind == SSL3_RT_HANDSHAKE, isOurs == 0, count > 0, let bytes else { return }
            TLSCallbacks.session(pointer)?.heard(message: bytes.load(as: UInt8.self))
        }
}
