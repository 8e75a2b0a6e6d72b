using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.Tiers;

namespace AiFunctions.Gateway.Tests.Tokens;

/// <summary>Writes down what is reserved and settled.</summary>
internal sealed class FakeTokenBudget : ITokenBudget
{
    public List<long> Reserved { get; } = [];

    public List<long> Settled { get; } = [];

    /// <summary>What a reservation is answered with.</summary>
    public GatewayError? Refusal { get; init; }

    public EffectiveLimits Limits { get; init; } = new(100, 100, 100_000, 100_000, 10, 0, MaxRequestCharacters: 1000, MaxOutputTokens: 200);

    public ValueTask<GatewayError?> ReserveAsync(long tokens, CancellationToken cancellationToken)
    {
        Reserved.Add(tokens);
        return ValueTask.FromResult(Refusal);
    }

    public void Settle(long used) => Settled.Add(used);
}
