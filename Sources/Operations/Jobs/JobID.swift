package import Basics
package import Storage

/// The name of one job.
package typealias JobID = RandomName<JobRecord>
