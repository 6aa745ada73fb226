/// Where a body pipe's chunks come from: loop only.
protocol HTTPBodySource: AnyObject {
    /// The reader took this many bytes: the peer may send as many more.
    func returnWindow(_ bytes: Int)
    /// The reader waits for the first time and nothing has come yet: the moment for `100 Continue`.
    func bodyWanted()
}

extension HTTPBodySource {
    func bodyWanted() {}
}
