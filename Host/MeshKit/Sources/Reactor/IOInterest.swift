/// What a descriptor is watched for, or what has happened to it.
public struct IOInterest: OptionSet, Sendable {
    /// The bits as epoll has them.
    public let rawValue: UInt32

    /// A set by its bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// There is something to read, or a connection to accept.
    public static let read = IOInterest(rawValue: 0x001)
    /// There is room to write.
    public static let write = IOInterest(rawValue: 0x004)
    /// The descriptor has failed. Reported always.
    public static let failure = IOInterest(rawValue: 0x008)
    /// Both directions are closed. Reported always.
    public static let hangUp = IOInterest(rawValue: 0x010)
    /// The peer sends no more.
    public static let readHangUp = IOInterest(rawValue: 0x2000)
}

/// Whoever owns a watched descriptor.
public protocol DescriptorHandler: AnyObject {
    /// Something has happened. Loop only.
    func ready(_ events: IOInterest)
}
