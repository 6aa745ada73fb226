import Observe
import SwiftProtobuf

extension Google_Protobuf_Timestamp {
    /// The message of a moment.
    init(_ time: WallTime) {
        self.init(seconds: time.secondsSinceEpoch, nanos: Int32(time.nanosecondsOfSecond))
    }
}
