internal import CSystemCURL

/// What a `CURLMultiDriver` carries. Loop only.
protocol CURLTransfer: AnyObject {
    var easy: CURLEasyHandle { get }
    /// Whether a handle that ended well stays with the driver until `remove`: its connection is used from outside of curl.
    var keepsHandle: Bool { get }
    /// curl is done with it, well or not, and it has been removed, unless `keepsHandle`. Called once, unless `remove` came
    /// first.
    func completed(_ code: CURLcode)
}

extension CURLTransfer {
    var keepsHandle: Bool { false }
}
