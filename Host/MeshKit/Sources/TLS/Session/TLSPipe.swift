internal import CSystemSSL

/// The BIO between OpenSSL and a session: reads what the session was lent, writes what it will hand on. Keeps nothing, so
/// that an idle connection has no buffers.
// Safe: made once and never changed.
struct TLSPipe: @unchecked Sendable {
    static let shared = TLSPipe()
    private let method: OpaquePointer?

    private init() {
        // 0x400: a source and sink, of no type that OpenSSL knows.
        method = BIO_meth_new(BIO_get_new_index() | Int32(BIO_TYPE_SOURCE_SINK), "lonja")
        BIO_meth_set_create(method) { bio in
            BIO_set_init(bio, 1)
            return 1
        }
        BIO_meth_set_read(method) { bio, space, count in
            mesh_bio_clear_retry(bio)
            guard let space, count > 0, let session = TLSPipe.session(bio) else { return -1 }
            let read = session.lend(UnsafeMutableRawBufferPointer(start: space, count: Int(count)))
            guard read > 0 else {
                mesh_bio_set_retry_read(bio)
                return -1
            }
            return Int32(read)
        }
        BIO_meth_set_write(method) { bio, bytes, count in
            mesh_bio_clear_retry(bio)
            guard let bytes, count > 0, let session = TLSPipe.session(bio) else { return -1 }
            session.take(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
            return count
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    }

    /// A BIO of this session, which must outlive it.
    func make(_ session: TLSSession) -> OpaquePointer? {
        guard let bio = BIO_new(method) else { return nil }
        BIO_set_data(bio, Unmanaged.passUnretained(session).toOpaque())
        return bio
    }

    private static func session(_ bio: OpaquePointer?) -> TLSSession? {
        guard let data = BIO_get_data(bio) else { return nil }
        return Unmanaged<TLSSession>.fromOpaque(data).takeUnretainedValue()
    }
}
