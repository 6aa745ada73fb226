import HostCore
import Plugin
import Testing

@Suite struct HostStampTests {
    @Test func hostAndSDKWereBuiltFromTheSameSources() {
        #expect(HostStamp.own.sdkHash == PluginStamp.sdk.sdkHash)
        #expect(HostStamp.own.kind == "host")
        #expect(PluginStamp.sdk.kind == "sdk")
    }
}
