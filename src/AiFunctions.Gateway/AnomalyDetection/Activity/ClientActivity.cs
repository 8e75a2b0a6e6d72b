namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>What a scan looks at of one client: its past by the hour, and after that the last hour or two by slices.</summary>
/// <param name="ClientId">The client; empty for the requests of nobody known.</param>
/// <param name="History">The past.</param>
/// <param name="Recent">The slices that followed, the oldest first; those without a request are missing.</param>
internal sealed record ClientActivity(string ClientId, ClientHistory History, IReadOnlyList<ActivitySlice> Recent);
