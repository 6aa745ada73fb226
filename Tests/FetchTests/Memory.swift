import Glibc

enum Memory {
    /// What of this process is in memory now.
    static func residentKilobytes() -> Int { kilobytes("VmRSS:") }

    /// The most of it that ever was.
    static func peakKilobytes() -> Int { kilobytes("VmHWM:") }

    private static func kilobytes(_ name: String) -> Int {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var space = [CChar](repeating: 0, count: 256)
        while fgets(&space, 256, file) != nil {
            let line = String(decoding: space.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard line.hasPrefix(name) else { continue }
            return line.split { !$0.isNumber }.first.flatMap { Int($0) } ?? 0
        }
        return 0
    }
}
