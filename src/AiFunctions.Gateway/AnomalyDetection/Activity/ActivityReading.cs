namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>What a source has read.</summary>
/// <param name="Clients">The clients that were active of late.</param>
/// <param name="IsComplete">False when the source could give a part only.</param>
internal sealed record ActivityReading(IReadOnlyList<ClientActivity> Clients, bool IsComplete);
