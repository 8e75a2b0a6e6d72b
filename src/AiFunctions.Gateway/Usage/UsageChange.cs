namespace AiFunctions.Gateway.Usage;

/// <summary>A page of the ledger as it is to be stored.</summary>
/// <param name="Client">The client's id, or <see cref="UsageEntity.Anonymous"/>.</param>
/// <param name="Hour">The hour, UTC.</param>
/// <param name="Version">Which state of the page this is.</param>
/// <param name="Entity">The state.</param>
internal sealed record UsageChange(string Client, DateTime Hour, long Version, UsageEntity Entity);
