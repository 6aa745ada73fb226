import Foundation
import Reactor

/// How much more memory the process has at the most while something is done, and how long that takes.
struct MemoryRise: CustomStringConvertible {
    let memory: Int
    let time: Duration

    var description: String { "\(memory >> 20) MiB in \(time)" }

    /// The kernel keeps the high-water mark (VmHWM), which writing 5 to clear_refs resets (proc(5)).
    static func measure(_ body: () throws -> Void) throws -> MemoryRise {
        try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
        let before = try value("VmRSS")
        let start = MonotonicTime.now()
        try body()
        let time = start.duration(to: .now())
        return MemoryRise(memory: try value("VmHWM") - before, time: time)
    }

    private static func value(_ name: String) throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
        let number = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
        guard let number else { throw PhotoFiles.Missing(description: "no \(name) in /proc/self/status") }
        return number * 1024
    }
}
