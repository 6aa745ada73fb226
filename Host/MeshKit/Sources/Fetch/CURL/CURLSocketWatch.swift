internal import Reactor

/// One socket of curl's on the loop. A watch of its own for each socket: a number that curl uses again gets a new one, so
/// that no late event of the old socket reaches the new.
final class CURLSocketWatch: DescriptorHandler {
    let descriptor: Int32
    var token: WatchToken?
    private weak var driver: CURLMultiDriver?

    init(_ descriptor: Int32, _ driver: CURLMultiDriver) {
        self.descriptor = descriptor
        self.driver = driver
    }

    func ready(_ events: IOInterest) {
        driver?.ready(descriptor, events)
    }
}
