import Observe
import SwiftProtobuf

extension WallTime {
    /// The moment of a message.
    init(_ timestamp: Google_Protobuf_Timestamp) {
        self.init(secondsSinceEpoch: timestamp.seconds, nanoseconds: Int64(timestamp.nanos))
    }
}
