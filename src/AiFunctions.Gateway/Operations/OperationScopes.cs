namespace AiFunctions.Gateway.Operations;

/// <summary>The scopes that a client may be given: one for each operation that has one.</summary>
/// <param name="Names">Their names.</param>
internal sealed record OperationScopes(IReadOnlyList<string> Names);
