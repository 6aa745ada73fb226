import Reactor
import Testing

@testable import AuthService

@Suite struct DeviceNameTests {
    @Test(arguments: [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows"
        ),
        (
            "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
            "Chrome on Android"
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.0 Mobile Safari/604.1",
            "Safari on iPhone"
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.0 Safari/605.1",
            "Safari on macOS"
        ),
        ("curl/8.5.0", "curl"), ("", ""), ("something else", ""),
    ])
    func `programs are called by name`(_ agent: String, _ name: String) {
        #expect(DeviceName.text(agent) == name)
    }

    @Test func `epochs are known for ten minutes, and only as long as the store is the same`() {
        let memory = EpochMemory()
        let user = Identifier.random()
        let now = MonotonicTime(nanoseconds: 1_000_000_000_000)
        #expect(memory.epoch(of: user, connectionChanges: 1, now: now) == nil)
        memory.remember(4, of: user, connectionChanges: 1, now: now)
        #expect(memory.epoch(of: user, connectionChanges: 1, now: now.advanced(by: .seconds(599))) == 4)
        #expect(memory.epoch(of: user, connectionChanges: 1, now: now.advanced(by: .seconds(600))) == nil)
        #expect(memory.epoch(of: user, connectionChanges: 2, now: now) == nil)
        // A slow answer from before does not undo a raise.
        memory.remember(3, of: user, connectionChanges: 1, now: now)
        #expect(memory.epoch(of: user, connectionChanges: 1, now: now) == 4)
        memory.forget(user)
        #expect(memory.epoch(of: user, connectionChanges: 1, now: now) == nil)
    }
}
