/// What a peer does that no honest one does: the reason for which its connection ends, as metrics and logs have it.
enum HTTP2Abuse: String, CaseIterable, Sendable {
    /// Streams that are reset as soon as they are opened (CVE-2023-44487).
    case rapidReset = "rapid_reset"
    /// Streams that we are made to reset (CVE-2025-8671).
    case brokenStreams = "broken_streams"
    /// Header blocks in more pieces than anybody needs (CVE-2024-28182).
    case continuations
    /// A header list of several times the limit.
    case headerList = "header_list"
    /// A header block that does not end.
    case slowHeaders = "slow_headers"
    /// PING more often than is allowed (CVE-2019-9512).
    case pings
    /// SETTINGS again and again (CVE-2019-9515).
    case settings
    /// Our SETTINGS are not acknowledged.
    case settingsAcknowledgement = "settings_ack"
    /// Answers to PING and SETTINGS that are not read.
    case queuedAnswers = "queued_answers"
    /// Frames with nothing in them (CVE-2019-9518).
    case emptyFrames = "empty_frames"
    /// PRIORITY more often than streams account for (CVE-2019-9513).
    case priorities
    /// WINDOW_UPDATE more often than streams and content account for.
    case windowUpdates = "window_updates"
    /// What is sent is not read (CVE-2019-9511, CVE-2019-9517).
    case slowReader = "slow_reader"
    /// HTTP/2 does not begin, or the peer is silent while it is asked for a sign of life.
    case slowStart = "slow_start"
    case silent

    /// Whether it counts towards a penalty of its address. What a bad line, or a client that is frozen, looks like does not.
    var isDeliberate: Bool {
        switch self {
        case .slowReader, .slowStart, .silent, .slowHeaders, .settingsAcknowledgement: false
        default: true
        }
    }

    /// What GOAWAY says; nil where nothing can be said, as nobody reads.
    var code: HTTP2ErrorCode? {
        switch self {
        case .slowReader, .slowStart, .silent: nil
        case .settingsAcknowledgement: .settingsTimeout
        default: .enhanceYourCalm
        }
    }

    /// What GOAWAY adds for whoever reads logs at the other end.
    var debugData: StaticString {
        switch self {
        case .pings: "too_many_pings"
        case .rapidReset, .brokenStreams: "too_many_resets"
        case .continuations, .headerList, .slowHeaders: "header_block"
        case .settings, .queuedAnswers: "too_many_control_frames"
        case .emptyFrames: "too_many_empty_frames"
        case .priorities: "too_many_priorities"
        case .windowUpdates: "too_many_window_updates"
        case .settingsAcknowledgement: "settings_timeout"
        case .slowReader, .slowStart, .silent: ""
        }
    }
}
