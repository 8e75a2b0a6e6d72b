using AiFunctions.Gateway.Tiers;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>
/// How often one client may ask this instance in a minute for what makes no model work: its models, its usage, a new key. It is apart from the windows, so
/// that who has used those up can still see so, and seeing so uses nothing up.
/// </summary>
internal sealed class SideAllowance
{
    /// <summary>What every client has, however few its requests.</summary>
    public const long Least = 30;

    private readonly Lock _lock = new();
    private long _minute;
    private long _taken;

    /// <summary>Takes one.</summary>
    /// <returns>Null when there was one; else when there will be.</returns>
    public Denial? Take(EffectiveLimits limits, DateTimeOffset now)
    {
        var minute = WindowClock.WindowOf((int)LimitKind.RequestsPerMinute, now);
        lock (_lock)
        {
            if (minute > _minute)
            {
                (_minute, _taken) = (minute, 0);
            }

            if (_taken < Math.Max(Least, limits.RequestsPerMinute))
            {
                _taken++;
                return null;
            }

            return new Denial(LimitKind.RequestsPerMinute, WindowClock.EndOf((int)LimitKind.RequestsPerMinute, _minute));
        }
    }
}
