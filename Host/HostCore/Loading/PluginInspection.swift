public import Plugin

/// What `lonja plugins` says of a file.
public struct PluginInspection: Sendable {
    /// Where it is.
    public let path: String
    /// SHA-256 of its bytes, 64 hexadecimal digits.
    public let hash: String
    /// What it says it was built with.
    public let stamp: PluginStamp
    /// Why this host would refuse it, nil if it would not.
    public let refusal: LoadError?
}
