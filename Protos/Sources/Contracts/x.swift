public import SwiftProtobuf
public struct Foo { public var t: Google_Protobuf_Timestamp }
