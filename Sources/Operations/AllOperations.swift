/// Every operation, sorted by command.
///
/// A new operation is a file and a line here.
package let allOperations: [AnyOperation] = []
