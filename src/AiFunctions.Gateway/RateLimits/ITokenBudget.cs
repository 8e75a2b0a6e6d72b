using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Tiers;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>A request's share of its client's tokens. A feature of the request, there for every operation after the limits' middleware.</summary>
internal interface ITokenBudget
{
    /// <summary>What holds for the client.</summary>
    EffectiveLimits Limits { get; }

    /// <summary>Sets tokens aside before the upstream call. At most once a request.</summary>
    /// <param name="tokens">The most that the call can use: the prompt and the longest possible answer.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Null when they are set aside; else the error to answer with.</returns>
    ValueTask<GatewayError?> ReserveAsync(long tokens, CancellationToken cancellationToken);

    /// <summary>Replaces the reservation with what was used; the rest is the client's again. Never fails and never waits.</summary>
    /// <param name="used">Tokens used; 0 when the upstream did no work.</param>
    void Settle(long used);
}
