internal import Synchronization

/// Content that never changes, with what takes time to make of it: its tag and its coded form. Each is made when it is
/// first asked for, and kept. Any thread.
public final class RESTFixedContent: Sendable {
    private struct Made {
        var tag: EntityTag?
        var gzip: [UInt8]?
    }

    /// As it is.
    public let bytes: [UInt8]
    private let made = Mutex(Made())

    /// Nothing is made of it yet.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The tag of the content as it is.
    var tag: EntityTag {
        made.withLock { made in
            let tag = made.tag ?? EntityTag(of: bytes)
            made.tag = tag
            return tag
        }
    }

    /// The coded form, once somebody has made it. Two who make it at once make the same.
    var gzip: [UInt8]? {
        get { made.withLock { $0.gzip } }
        set { made.withLock { $0.gzip = newValue } }
    }
}
