/// Operations under names and with parameters that assistants know from other systems, sorted by name.
///
/// Each is a rendering of operations of `allOperations`, with their gates; assistants alone are offered them, in the toolset
/// `compat`, where they are asked for.
package let compatibilityOperations: [AnyOperation] = [
    AnyOperation(CreateInfrastructureBackup.self),
    AnyOperation(RollbackInfrastructureChanges.self),
    AnyOperation(ServerBackup.self),
]
