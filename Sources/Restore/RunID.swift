package import Basics

/// The name of one run, and of its folder on the device.
package typealias RunID = RandomName<RunFolder>
