namespace AiFunctions.Gateway.Upstreams.Simulator;

/// <summary>An answer of the built-in model: one of the two is there.</summary>
/// <param name="Json">The whole answer.</param>
/// <param name="Events">The data of server-sent events, a word each.</param>
internal readonly record struct SimulatedAnswer(byte[]? Json, IEnumerable<byte[]>? Events);
