using AiFunctions.Gateway.Tiers;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>Numbers the fixed windows: minutes and days of UTC since 1970.</summary>
internal static class WindowClock
{
    /// <summary>How many window counters there are.</summary>
    public const int Kinds = 4;

    private const long TicksPerMinute = TimeSpan.TicksPerMinute;
    private const long TicksPerDay = TimeSpan.TicksPerDay;

    /// <summary>The number of the window that a moment lies in.</summary>
    public static long WindowOf(int kind, DateTimeOffset now) => (now.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / LengthOf(kind);

    /// <summary>When a window ends.</summary>
    public static DateTimeOffset EndOf(int kind, long window) => DateTimeOffset.UnixEpoch.AddTicks((window + 1) * LengthOf(kind));

    private static long LengthOf(int kind) =>
        kind is (int)LimitKind.RequestsPerMinute or (int)LimitKind.TokensPerMinute ? TicksPerMinute : TicksPerDay;
}
