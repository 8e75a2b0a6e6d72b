namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>Five minutes of one client.</summary>
internal sealed record ActivitySlice(DateTimeOffset Start, ActivityCounts Counts)
{
    /// <summary>How long a slice is.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(5);

    /// <summary>The start of the slice that a time is in.</summary>
    public static DateTimeOffset StartOf(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % Length.Ticks), TimeSpan.Zero);

    /// <summary>The start of the hour that a time is in.</summary>
    public static DateTimeOffset HourOf(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
}
