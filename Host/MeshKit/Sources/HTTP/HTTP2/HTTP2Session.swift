internal import CSystemNGHTTP2

/// Owns a session of nghttp2, and the memory that it is in. Loop only.
struct HTTP2Session: ~Copyable {
    let pointer: OpaquePointer?
    /// Nil where the pool has had none left: then it is all from malloc.
    let memory: HTTP2SessionMemory?

    /// A session whose callbacks get `owner`, with our SETTINGS and the connection's window waiting to go out.
    init(_ role: HTTP2Connection.Role, _ settings: HTTP2Settings, owner: UnsafeMutableRawPointer) {
        let memory = HTTP2MemoryPool.shared.take().map { HTTP2SessionMemory($0) }
        pointer = Self.make(role, settings, owner, memory)
        self.memory = memory
        let entries = Self.entries(role, settings)
        nghttp2_submit_settings(pointer, UInt8(NGHTTP2_FLAG_NONE.rawValue), entries, entries.count)
        nghttp2_session_set_local_window_size(
            pointer,
            UInt8(NGHTTP2_FLAG_NONE.rawValue),
            0,
            Int32(settings.connectionWindow)
        )
        memory?.opened()
    }

    deinit {
        nghttp2_session_del(pointer)
        if let memory { HTTP2MemoryPool.shared.give(memory.base) }
    }

    private static func make(
        _ role: HTTP2Connection.Role,
        _ settings: HTTP2Settings,
        _ owner: UnsafeMutableRawPointer,
        _ memory: HTTP2SessionMemory?
    ) -> OpaquePointer? {
        let callbacks = HTTP2Callbacks.shared.pointer
        let option = options(settings)
        defer { nghttp2_option_del(option) }
        var session: OpaquePointer?
        let make = role == .server ? nghttp2_session_server_new3 : nghttp2_session_client_new3
        if var functions = memory?.functions {
            _ = make(&session, callbacks, owner, option, &functions)
        } else {
            _ = make(&session, callbacks, owner, option, nil)
        }
        return session
    }

    private static func options(_ settings: HTTP2Settings) -> OpaquePointer? {
        var option: OpaquePointer?
        nghttp2_option_new(&option)
        nghttp2_option_set_no_auto_window_update(option, 1)
        nghttp2_option_set_max_settings(option, 32)
        // Our own limits come first, as they say what it was: nghttp2's (in Debian's 1.52) end with INTERNAL_ERROR or
        // nothing.
        nghttp2_option_set_stream_reset_rate_limit(option, UInt64(UInt32.max), UInt64(UInt32.max))
        nghttp2_option_set_max_continuations(option, 2 * settings.maximumContinuations)
        nghttp2_option_set_max_outbound_ack(option, settings.maximumQueuedAnswers)
        // Else it remembers as many streams that have ended as may be open, for priorities that nobody uses any more.
        nghttp2_option_set_no_closed_streams(option, 1)
        return option
    }

    private static func entries(_ role: HTTP2Connection.Role, _ settings: HTTP2Settings) -> [nghttp2_settings_entry] {
        var entries = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue),
                value: UInt32(settings.streamWindow)
            ),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
                value: UInt32(settings.maximumHeaderList)
            ),
        ]
        if role == .server {
            entries.append(
                nghttp2_settings_entry(
                    settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
                    value: UInt32(settings.maximumStreams)
                )
            )
        } else {
            entries.append(
                nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0)
            )
        }
        return entries
    }
}
