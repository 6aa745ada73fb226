import Synchronization

/// A reference that is set once, by whoever comes first, and costs its readers a load. Any thread.
///
/// As `AtomicLazyReference` is, which outside of its module is not specialised: each look at it asks the runtime for types.
// Safe: the word is atomic, and what it points to is kept from the one successful store until `deinit`.
struct OnceReference<Value: AnyObject & Sendable>: ~Copyable, @unchecked Sendable {
    private let word = Atomic<UnsafeRawPointer?>(nil)

    /// What was set; nil before.
    var value: Value? {
        guard let pointer = word.load(ordering: .acquiring) else { return nil }
        return Unmanaged<Value>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Sets it, unless it is set already.
    /// - Returns: what it is then.
    func set(_ new: Value) -> Value {
        let retained = Unmanaged.passRetained(new)
        let (isSet, original) = word.compareExchange(
            expected: nil,
            desired: UnsafeRawPointer(retained.toOpaque()),
            ordering: .acquiringAndReleasing
        )
        guard !isSet, let original else { return new }
        retained.release()
        return Unmanaged<Value>.fromOpaque(original).takeUnretainedValue()
    }

    deinit {
        guard let pointer = word.load(ordering: .acquiring) else { return }
        Unmanaged<Value>.fromOpaque(pointer).release()
    }
}
