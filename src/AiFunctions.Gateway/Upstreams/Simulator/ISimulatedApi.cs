using System.Text.Json;

namespace AiFunctions.Gateway.Upstreams.Simulator;

/// <summary>How the built-in model answers one operation.</summary>
internal interface ISimulatedApi
{
    /// <summary>The path below the upstream's address, without a leading slash.</summary>
    string Path { get; }

    /// <summary>Answers a request that has passed the gateway's checks. The same request gets the same answer.</summary>
    /// <param name="request">The request's body.</param>
    /// <param name="now">The time.</param>
    SimulatedAnswer Answer(JsonElement request, DateTimeOffset now);
}
