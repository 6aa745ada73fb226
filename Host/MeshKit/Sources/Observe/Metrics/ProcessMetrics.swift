import Glibc
import Reactor

/// What is known of the process itself: memory, descriptors, age, build.
public enum ProcessMetrics {
    /// Adds `process_*` (the names Prometheus libraries use) and `lonja_build_info` to `metrics`. Once.
    /// - Parameters:
    ///   - version: the version of the host.
    ///   - build: what else tells builds apart, such as the SDK's hash.
    public static func register(in metrics: MetricRegistry, version: String, build: String) {
        metrics.callback(
            "lonja_build_info",
            help: "Always 1; the labels tell which build runs.",
            labels: [("version", version), ("build", build)]
        ) { 1 }
        metrics.callback("process_resident_memory_bytes", help: "Resident memory in bytes.") {
            memory().map { Double($0.resident) }
        }
        metrics.callback("process_virtual_memory_bytes", help: "Virtual memory in bytes.") {
            memory().map { Double($0.virtual) }
        }
        metrics.callback(
            "process_cpu_seconds_total",
            help: "Processor time, user and system, in seconds.",
            isCounter: true
        ) { cpuSeconds() }
        metrics.callback("process_open_fds", help: "Open file descriptors.") { openDescriptors().map(Double.init) }
        let start = WallTime.now()
        metrics.callback("process_start_time_seconds", help: "When the host began, seconds since the epoch.") {
            Double(start.nanosecondsSinceEpoch) / 1e9
        }
    }

    /// Sizes in bytes, from /proc/self/statm; nil where there is none.
    static func memory() -> (resident: Int, virtual: Int)? {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return nil }
        let fields = String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ").prefix(2).compactMap {
            Int($0)
        }
        guard fields.count == 2 else { return nil }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        return (fields[1] * page, fields[0] * page)
    }

    private static func cpuSeconds() -> Double? {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func openDescriptors() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) {
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        // One of them is the folder itself.
        return max(0, count - 1)
    }
}
