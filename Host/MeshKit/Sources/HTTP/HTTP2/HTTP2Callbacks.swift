internal import CSystemNGHTTP2

/// The table of callbacks that all sessions share, and the trampolines in it: nil check, buffers, unwrap, one method.
// Safe: filled in `init` and never changed again.
final class HTTP2Callbacks: @unchecked Sendable {
    static let shared = HTTP2Callbacks()
    let pointer: OpaquePointer?

    private init() {
        var callbacks: OpaquePointer?
        nghttp2_session_callbacks_new(&callbacks)
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, user in
            guard let frame, let connection = HTTP2Callbacks.connection(user) else { return 0 }
            let isRequest = frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST
            connection.beginHeaders(frame.pointee.hd.stream_id, isRequest: isRequest)
            return 0
        }
        nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _,
            _,
            name,
            nameCount,
            value,
            valueCount,
            _,
            user in
            HTTP2Callbacks.connection(user)?.header(
                UnsafeRawBufferPointer(start: name, count: nameCount),
                UnsafeRawBufferPointer(start: value, count: valueCount)
            ) ?? 0
        }
        nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks) { _, head, user in
            guard let head = head?.pointee, let connection = HTTP2Callbacks.connection(user) else { return 0 }
            let goesOn = connection.frame(head.type, flags: head.flags, length: head.length)
            return goesOn ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE.rawValue
        }
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { _, frame, user in
            guard let frame, frame.pointee.hd.type == UInt8(NGHTTP2_RST_STREAM.rawValue) else { return 0 }
            HTTP2Callbacks.connection(user)?.resetSent(frame.pointee.rst_stream.error_code)
            return 0
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { session, frame, user in
            guard let frame, let connection = HTTP2Callbacks.connection(user) else { return 0 }
            return HTTP2Callbacks.frameReceived(session, frame, connection)
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { session, _, id, data, count, user in
            guard let connection = HTTP2Callbacks.connection(user) else { return 0 }
            guard let stream = HTTP2Callbacks.stream(session, id) else {
                connection.consume(id, count)
                return 0
            }
            connection.data(stream, UnsafeRawBufferPointer(start: data, count: count))
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { session, id, code, user in
            guard let connection = HTTP2Callbacks.connection(user), let stream = HTTP2Callbacks.stream(session, id)
            else { return 0 }
            connection.streamClosed(stream, code)
            return 0
        }
        // A request that was to go out when the peer had already said that it goes away (RFC 9113 §6.8).
        nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks) { session, frame, _, user in
            guard let frame, frame.pointee.hd.type == UInt8(NGHTTP2_HEADERS.rawValue),
                frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST
            else { return 0 }
            HTTP2Callbacks.stream(session, frame.pointee.hd.stream_id)?.wasNeverSent = true
            return 0
        }
        nghttp2_session_callbacks_set_send_data_callback(callbacks) { _, frame, head, count, source, user in
            guard let frame, let head, let pointer = source?.pointee.ptr,
                let connection = HTTP2Callbacks.connection(user)
            else { return Int32(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue) }
            precondition(frame.pointee.data.padlen == 0, "no frame is padded")
            let stream = Unmanaged<HTTP2Stream>.fromOpaque(pointer).takeUnretainedValue()
            connection.send(UnsafeRawBufferPointer(start: head, count: 9), stream, count)
            return 0
        }
        pointer = callbacks
    }

    /// Asks a stream for content.
    static let read: nghttp2_data_source_read_callback = { _, _, space, count, flags, source, _ in
        guard let flags, let pointer = source?.pointee.ptr else { return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue) }
        let stream = Unmanaged<HTTP2Stream>.fromOpaque(pointer).takeUnretainedValue()
        return stream.read(into: UnsafeMutableRawBufferPointer(start: space, count: count), flags)
    }

    private static func frameReceived(
        _ session: OpaquePointer?,
        _ frame: UnsafePointer<nghttp2_frame>,
        _ connection: HTTP2Connection
    ) -> Int32 {
        let header = frame.pointee.hd
        let isEnd = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
        switch UInt32(header.type) {
        case NGHTTP2_HEADERS.rawValue:
            guard let stream = stream(session, header.stream_id) else { return 0 }
            let isRequest = frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST
            connection.headersComplete(stream, isRequest: isRequest, isEnd: isEnd)
            if isEnd, !isRequest { stream.handler?.receivedEnd() }
        case NGHTTP2_DATA.rawValue:
            if isEnd, let stream = stream(session, header.stream_id) { connection.dataEnd(stream) }
            if header.flags & UInt8(NGHTTP2_FLAG_PADDED.rawValue) != 0,
                !connection.paddedContent(header.length - frame.pointee.data.padlen, isEnd: isEnd)
            {
                return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue
            }
        case NGHTTP2_SETTINGS.rawValue:
            let isAnswer = header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0
            isAnswer ? connection.settingsAcknowledged() : connection.settingsReceived()
        case NGHTTP2_GOAWAY.rawValue:
            connection.goawayReceived()
        case NGHTTP2_PING.rawValue:
            if header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0 {
                connection.pingAcknowledged(
                    withUnsafeBytes(of: frame.pointee.ping.opaque_data) { $0.loadUnaligned(as: UInt64.self) }
                )
            }
        default:
            break
        }
        return 0
    }

    private static func connection(_ user: UnsafeMutableRawPointer?) -> HTTP2Connection? {
        user.map { Unmanaged<HTTP2Connection>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func stream(_ session: OpaquePointer?, _ id: Int32) -> HTTP2Stream? {
        nghttp2_session_get_stream_user_data(session, id).map {
            Unmanaged<HTTP2Stream>.fromOpaque($0).takeUnretainedValue()
        }
    }
}
