internal import Synchronization

/// The keys of what is asked for often: with one, a request needs no router. Any thread.
final class SharedAnswerKeys: Sendable {
    /// So many are kept; where there are more it begins anew, and who has an old one waits with others who have it.
    private let most: Int
    private let keys = Mutex<[SharedAnswerKey.Wish: SharedAnswerKey]>([:])

    init(most: Int = 4096) { self.most = most }

    /// How many are kept.
    var count: Int { keys.withLock { $0.count } }

    /// The key of a wish; `find` says which route it is for the first time, nil for none that can be shared.
    func key(_ wish: SharedAnswerKey.Wish, _ find: () -> RESTRouter.Endpoint?) -> SharedAnswerKey? {
        if let key = keys.withLock({ $0[wish] }) { return key }
        guard let endpoint = find() else { return nil }
        let key = SharedAnswerKey(wish, endpoint)
        keys.withLock { keys in
            if keys.count >= most { keys = [:] }
            keys[wish] = key
        }
        return key
    }
}
