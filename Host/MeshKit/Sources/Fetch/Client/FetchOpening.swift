/// Which connections a transfer begins on. Only HTTP/2 by prior knowledge needs to care: libcurl 7.88 sends the preface a
/// second time on a connection that it uses again, which ends it. So such a transfer first takes only a connection that
/// is there, asked for without "prior knowledge"; when curl wants to open one, nothing has been sent, and the transfer
/// starts over with one of its own, which the later ones find.
enum FetchOpening {
    /// As curl likes.
    case any
    /// Only one that is there; a new one is refused.
    case existing
    /// A new one that speaks HTTP/2 at once.
    case ownHTTP2
}
