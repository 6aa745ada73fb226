import Glibc

/// Codes what the tests decode, with zlib itself, which is looked up here as the client is not to link it.
enum Coder {
    typealias Compress =
        @convention(c) (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt>?, UnsafePointer<UInt8>?, UInt, Int32)
        -> Int32
    typealias Check = @convention(c) (UInt, UnsafePointer<UInt8>?, UInt32) -> UInt

    private static func function<F>(_ name: String, _: F.Type) -> F {
        guard let library = dlopen("libz.so.1", RTLD_NOW), let symbol = dlsym(library, name) else {
            fatalError("libz.so.1 has no \(name): install Debian's package zlib1g")
        }
        return unsafeBitCast(symbol, to: F.self)
    }

    /// RFC 1950.
    static func zlib(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
        var count = UInt(bytes.count + bytes.count / 500 + 64)
        var coded = [UInt8](repeating: 0, count: Int(count))
        let code = function("compress2", Compress.self)(&coded, &count, bytes, UInt(bytes.count), level)
        precondition(code == 0, "zlib compresses")
        return Array(coded[..<Int(count)])
    }

    /// RFC 1951.
    static func raw(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
        Array(zlib(bytes, level: level).dropFirst(2).dropLast(4))
    }

    /// RFC 1952, with a name in the head.
    static func gzip(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
        let check = function("crc32", Check.self)(0, bytes, UInt32(bytes.count))
        let tail = [check, UInt(bytes.count)].flatMap { number in (0..<4).map { UInt8(number >> (8 * $0) & 0xff) } }
        return [0x1f, 0x8b, 8, 8, 1, 2, 3, 4, 0, 3] + Array("name\0".utf8) + raw(bytes, level: level) + tail
    }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
