import SwiftProtobuf

/// Messages to bytes and back, with the statuses a peer is told when that fails.
enum MessageCoding {
    static func decode<M: Message>(_ bytes: [UInt8], as type: M.Type = M.self) throws -> M {
        do {
            return try M(serializedBytes: bytes)
        } catch {
            throw RPCError(.internalError, "malformed message")
        }
    }

    static func encode<M: Message>(_ message: M) throws -> [UInt8] {
        do {
            return try message.serializedBytes()
        } catch {
            throw RPCError(.internalError, "the message can't be serialised")
        }
    }

    /// The one message of a side that doesn't stream; UNIMPLEMENTED for another number of them (statuscodes.md).
    static func only<M: Message>(_ source: any MessageSource, as type: M.Type = M.self) async throws -> M {
        guard let bytes = try await source.next() else {
            throw RPCError(.unimplemented, "the message is missing")
        }
        let message: M = try decode(bytes)
        guard try await source.next() == nil else {
            throw RPCError(.unimplemented, "more than one message")
        }
        return message
    }
}
