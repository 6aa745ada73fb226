import Glibc

private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
private typealias Callback = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

/// libFuzzer's loop, without its main function.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ values: UnsafeMutablePointer<Arguments?>,
    _ callback: Callback
) -> CInt

/// What SwiftPM links as the main function of this program.
@_cdecl("Fuzz_main")
public func main(_ count: CInt, _ values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
    if Chosen.name == "?" {
        for name in allTargets.keys.sorted() { print(name) }
        return 0
    }
    var count = count
    var values = values
    return runDriver(&count, &values, testOneInput)
}

/// What libFuzzer calls with each input. FUZZ_TARGET says what is fed with it; `?` prints the names.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Chosen.target(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

/// Every target by its name.
let allTargets: [String: @Sendable ([UInt8]) -> Void] = [
    "client": fuzzClient,
    "cookies": fuzzCookies,
    "fetch": fuzzFetch,
    "forwarded": fuzzForwarded,
    "framing": fuzzFraming,
    "http1": fuzzHTTP1,
    "http2": fuzzHTTP2,
    "json": fuzzJSON,
    "lists": fuzzLists,
    "metadata": fuzzMetadata,
    "rest": fuzzREST,
    "smtp": fuzzSMTP,
    "timeout": fuzzTimeout,
    "trace": fuzzTrace,
]

private enum Chosen {
    static let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    static let target: @Sendable ([UInt8]) -> Void = {
        guard let target = allTargets[name] else { fatalError("FUZZ_TARGET=\(name) is no target") }
        return target
    }()
}
