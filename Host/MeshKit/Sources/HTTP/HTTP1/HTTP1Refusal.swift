/// Why a request cannot be read, with the status that tells the peer. The connection closes after it: where the next
/// request begins is not known any more.
struct HTTP1Refusal: Error, Hashable {
    let status: Int
    let reason: String

    init(_ status: Int, _ reason: String) {
        self.status = status
        self.reason = reason
    }
}
