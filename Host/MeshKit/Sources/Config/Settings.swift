public import Observe
import Synchronization

/// The configuration of this process: every declared key with its value, always one consistent generation.
///
/// Sources, strongest first: environment (`LONJA_A_B_C`), secrets folder (`LONJA_SECRETS`), YAML file (`LONJA_CONFIG`),
/// defaults. Asking for a key that nobody declared, or as another kind, is a mistake of ours and traps.
public final class Settings: Sendable {
    struct State {
        var schema: SettingSchema
        var snapshot: SettingsSnapshot
        var stamp: SourceStamp
        var rejected: SourceStamp?
        var subscribers: [Int: AsyncStream<SettingsChange>.Continuation] = [:]
        var nextSubscriber = 0
    }

    let state: Mutex<State>
    let sources: SettingSources
    /// Held from reading the sources until what was read holds, so that a slow reader cannot undo a later one.
    let reloading = Mutex<Void>(())

    /// Reads every source and checks all of it. Blocks on files: call it before the loops run, or on the blocking pool.
    /// - Parameters:
    ///   - declared: every key that any part of this process asks for.
    ///   - tolerated: prefixes (`wallet.`) of keys that belong to plugins or drivers which are not loaded here, and which
    ///     therefore nobody can check.
    ///   - environment: the environment variables of the process.
    /// - Throws: ``ConfigurationError`` with everything that is wrong.
    public init(
        declared: [Setting],
        tolerating tolerated: Set<String> = [],
        environment: [String: String]
    ) throws(ConfigurationError) {
        sources = SettingSources(environment: environment)
        let schema = try SettingSchema(declared, tolerated: tolerated)
        let stamp = sources.stamp()
        let snapshot = try sources.load(schema, generation: 1)
        state = Mutex(State(schema: schema, snapshot: snapshot, stamp: stamp))
    }

    /// All values of this moment; stays as it is when the configuration changes.
    public var snapshot: SettingsSnapshot { state.withLock { $0.snapshot } }

    /// How many configurations there were, this one included; 1 after start.
    public var generation: Int { snapshot.generation }

    /// Adds keys that become known later, such as those of a driver loaded while the process runs.
    ///
    /// Everything is checked again as a whole; on an error nothing changes. Blocks on files.
    /// - Throws: ``ConfigurationError`` with everything that is wrong.
    public func declare(_ more: [Setting]) throws(ConfigurationError) {
        try reloading.withLock { (_) throws(ConfigurationError) in
            let (old, generation) = state.withLock { ($0.schema, $0.snapshot.generation) }
            let schema = try old.adding(more)
            let stamp = sources.stamp()
            let snapshot = try sources.load(schema, generation: generation)
            publish(snapshot, stamp: stamp, schema: schema)
        }
    }

    /// The text of a key with a default or that is required.
    public func string(_ key: String) -> String { snapshot.string(key) }
    /// The text of a key, nil if no source has one.
    public func optionalString(_ key: String) -> String? { snapshot.optionalString(key) }
    /// The number of a key with a default or that is required.
    public func int(_ key: String) -> Int { snapshot.int(key) }
    /// The truth of a key with a default or that is required.
    public func bool(_ key: String) -> Bool { snapshot.bool(key) }
    /// The number of a key with a default or that is required.
    public func double(_ key: String) -> Double { snapshot.double(key) }
    /// The duration of a key with a default or that is required.
    public func duration(_ key: String) -> Duration { snapshot.duration(key) }
    /// The texts of a key with a default or that is required.
    public func list(_ key: String) -> [String] { snapshot.list(key) }
    /// The secret of a key; nil if no source has one.
    public func secret(_ key: String) -> Secret? { snapshot.secret(key) }

    /// Every change from now on, newest 16 kept for a slow reader. Ends when the reading task is cancelled.
    public func changes() -> AsyncStream<SettingsChange> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: SettingsChange.self,
            bufferingPolicy: .bufferingNewest(16)
        )
        let id = state.withLock { state in
            defer { state.nextSubscriber += 1 }
            state.subscribers[state.nextSubscriber] = continuation
            return state.nextSubscriber
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.subscribers.removeValue(forKey: id) }
        }
        return stream
    }

    /// Puts a checked configuration in the place of the old one and tells who wants to know.
    /// - Returns: the change, nil if no value differs.
    @discardableResult
    func publish(_ new: SettingsSnapshot, stamp: SourceStamp, schema: SettingSchema? = nil) -> SettingsChange? {
        let (change, subscribers) = state.withLock { state in
            let keys = new.differences(from: state.snapshot)
            if let schema { state.schema = schema }
            state.stamp = stamp
            state.rejected = nil
            let generation = state.snapshot.generation + (keys.isEmpty ? 0 : 1)
            state.snapshot = new.numbered(generation)
            let change = keys.isEmpty ? nil : SettingsChange(generation: generation, keys: keys)
            return (change, Array(state.subscribers.values))
        }
        if let change {
            for subscriber in subscribers { subscriber.yield(change) }
        }
        return change
    }
}
