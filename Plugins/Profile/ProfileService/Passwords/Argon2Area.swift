import CSystemArgon2
import Glibc
import Synchronization

/// The memory that Argon2 works in: mapped once and used for many hashes.
///
/// Safe: whoever has taken it from `Argon2Areas` is the only one that touches it.
final class Argon2Area: @unchecked Sendable {
    /// Why there is no hash.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let size: Int
    private let base: UnsafeMutableRawPointer

    /// - Throws: `Failure` when memory is short.
    init(kibibytes: Int) throws(Failure) {
        // Whole huge pages: what Argon2 reads lies all over the area, and small pages would cost a table walk each time.
        let page = 2 << 20
        size = (kibibytes * 1024 + page - 1) / page * page
        let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else { throw Failure(description: "no memory to hash a password in") }
        // Advice: without huge pages it is only slower. What is in it must not be in core dumps either.
        madvise(memory, size, MADV_HUGEPAGE)
        madvise(memory, size, MADV_DONTDUMP)
        base = memory
    }

    deinit { munmap(base, size) }

    /// The tag of a password. Blocks.
    /// - Throws: `Failure` if libargon2 refuses, which it does for parameters that make no sense.
    func tag(
        of password: [UInt8],
        salt: [UInt8],
        size tagSize: Int,
        _ parameters: Argon2Parameters
    ) throws(Failure) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: tagSize)
        let result = profile_argon2id(
            base,
            size,
            UInt32(parameters.memory),
            UInt32(parameters.passes),
            UInt32(parameters.lanes),
            password,
            password.count,
            salt,
            salt.count,
            &tag,
            tagSize
        )
        guard result == 0 else { throw Failure(description: "libargon2 refused with \(result)") }
        return tag
    }
}

/// The areas that nobody uses at the moment: as many as there are threads, at the most.
final class Argon2Areas: Sendable {
    private let kibibytes: Int
    private let idle = Mutex<[Argon2Area]>([])

    init(kibibytes: Int) { self.kibibytes = kibibytes }

    /// Lends an area for hashes of at most `wanted` KiB. One that is larger than usual is not kept.
    func withArea<Result>(_ wanted: Int, _ body: (Argon2Area) throws -> Result) throws -> Result {
        guard wanted <= kibibytes else { return try body(Argon2Area(kibibytes: wanted)) }
        let area = try idle.withLock { $0.popLast() } ?? Argon2Area(kibibytes: kibibytes)
        defer { idle.withLock { $0.append(area) } }
        return try body(area)
    }
}
