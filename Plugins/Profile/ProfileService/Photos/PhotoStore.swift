import Digest
import Logging
import Postgres
import RPC
import Reactor
import Synchronization

/// Makes photos and keeps them. Decoding has two threads of its own; files are read in the process's blocking pool.
final class PhotoStore: Sendable {
    /// So many pictures are decoded at once, and so many wait for that.
    private static let (decoding, waiting) = (2, 8)
    /// So many uploads are received at once: each may hold as many bytes as a photo may have.
    private static let uploads = 8

    let limits: PhotoLimits
    private let path: String
    private let pool: WorkPool
    private let blocking: BlockingPool
    private let logger: Logger
    private let folder = Mutex<PhotoFolder?>(nil)
    private let receiving = Mutex(0)

    /// - Parameter path: the folder; opened when it is first needed.
    init(_ path: String, limits: PhotoLimits = .standard, blocking: BlockingPool, logger: Logger) {
        self.path = path
        self.limits = limits
        self.blocking = blocking
        self.logger = logger
        pool = WorkPool("photos at a time", threads: Self.decoding, room: Self.waiting)
    }

    /// Ends the threads. Blocks.
    func shutdown() { pool.shutdown() }

    /// Opens the folder and removes what a crash left in it.
    func prepare() async {
        do {
            try await blocking.run { try self.opened().removeLeftovers() }
        } catch {
            logger.warning("photos cannot be kept", metadata: ["folder": "\(path)", "error": "\(error)"])
        }
    }

    /// Counts an upload while `body` receives it.
    /// - Throws: UNAVAILABLE ("busy") when there are too many, or what `body` throws.
    func receive<Result>(_ body: () async throws -> Result) async throws -> Result {
        let isFree = receiving.withLock { count in
            guard count < Self.uploads else { return false }
            count += 1
            return true
        }
        guard isFree else {
            throw RPCError(.unavailable, "there are too many photos at a time", reason: "busy", retryAfter: .seconds(1))
        }
        defer { receiving.withLock { $0 -= 1 } }
        return try await body()
    }

    /// Decodes a file and keeps it.
    /// - Returns: the tag of the large picture.
    /// - Throws: `PhotoError`; UNAVAILABLE when there is too much to do, or the folder cannot be written to.
    func put(_ id: PostgresUUID, _ file: [UInt8], by deadline: MonotonicTime?) async throws -> String {
        let limits = limits
        // Refused without waiting for a thread where the headers are enough.
        _ = try await blocking.run { try PhotoHeader(parsing: file, limits) }
        return try await pool.run(by: deadline) {
            let squares = try PhotoSquares(of: file, limits)
            try self.withFolder { try $0.write(id, squares) }
            return Self.tag(squares.large)
        }
    }

    /// A picture and its tag; nil if there is none.
    /// - Throws: UNAVAILABLE when the folder cannot be read.
    func get(_ id: PostgresUUID, _ size: PhotoFolder.Size) async throws -> (jpeg: [UInt8], tag: String)? {
        try await blocking.run {
            guard let jpeg = try self.withFolder({ try $0.read(id, size) }) else { return nil }
            return (jpeg, Self.tag(jpeg))
        }
    }

    /// Removes both pictures; without effect where there are none.
    /// - Throws: UNAVAILABLE when the folder cannot be written to.
    func remove(_ id: PostgresUUID) async throws {
        try await blocking.run { try self.withFolder { try $0.remove(id) } }
    }

    private func withFolder<Result>(_ body: (PhotoFolder) throws -> Result) throws -> Result {
        do {
            return try body(opened())
        } catch let error as SystemError {
            logger.error("the folder of photos fails", metadata: ["folder": "\(path)", "error": "\(error)"])
            throw RPCError(.unavailable, "photos are not available")
        }
    }

    private func opened() throws -> PhotoFolder {
        try folder.withLock { folder in
            if let folder { return folder }
            let new = try PhotoFolder(path)
            folder = new
            return new
        }
    }

    /// By the content, so that it changes when the picture does, and is the same on every replica.
    private static func tag(_ jpeg: [UInt8]) -> String {
        Hexadecimal.text(SHA256.hash(jpeg).prefix(16))
    }
}
