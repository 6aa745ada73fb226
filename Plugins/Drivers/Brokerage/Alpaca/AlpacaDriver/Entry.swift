import AlpacaBrokerage
public import Plugin

private let door = DriverDoor(AlpacaDriver.self, stamp: stamp)

/// The one symbol the host looks for; mesh_abi.h says what it promises.
@c(mesh_plugin)
public func meshPlugin() -> DoorPointer { door.pointer }
