using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Tiers;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>A request that is in: its slot, and the tokens it has set aside.</summary>
internal sealed class Admission(ClientLease lease, ToldWaits waits, EffectiveLimits limits, TimeProvider time) : ITokenBudget, IDisposable
{
    private TokenReservation? _reservation;
    private bool _released;

    public EffectiveLimits Limits => limits;

    public async ValueTask<GatewayError?> ReserveAsync(long tokens, CancellationToken cancellationToken)
    {
        if (tokens > limits.TokensPerMinute || tokens > limits.TokensPerDay)
        {
            return RateLimitErrors.NeverFits; // no window is large enough: waiting would not help
        }

        var (reservation, denial) = await lease.ReserveAsync(limits, tokens, cancellationToken);
        if (denial is { } refused)
        {
            var now = time.GetUtcNow();
            return RateLimitErrors.For(refused, now) with { IsViolation = waits.Refuse(refused, limits, now) };
        }

        _reservation = reservation;
        return null;
    }

    public void Settle(long used)
    {
        if (_reservation is { } reservation)
        {
            _reservation = null;
            lease.Settle(reservation, used);
        }
    }

    /// <summary>Ends the request. A reservation that was never settled counts as used.</summary>
    public void Dispose() => ReleaseSlot();

    /// <summary>Gives the slot back: no model works for the request any more.</summary>
    public void ReleaseSlot()
    {
        if (!_released)
        {
            _released = true;
            lease.Release();
        }
    }
}
