namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>What a scan at some time asks for.</summary>
internal sealed record ActivityPeriod
{
    /// <summary>How much of the recent past is looked at anew by each scan. More than a slice, because records come late.</summary>
    public static readonly TimeSpan Looked = TimeSpan.FromMinutes(15);

    private ActivityPeriod(DateTimeOffset until)
    {
        Until = until;
        RecentFrom = ActivitySlice.HourOf(until - TimeSpan.FromHours(1));
        HistoryFrom = RecentFrom - TimeSpan.FromHours(ClientHistory.Hours);
        LatelyFrom = new DateTimeOffset(RecentFrom.UtcDateTime.Date, TimeSpan.Zero) - TimeSpan.FromDays(1);
        ActiveFrom = ActivitySlice.StartOf(until - Looked);
    }

    /// <summary>Where the hourly past begins.</summary>
    public DateTimeOffset HistoryFrom { get; }

    /// <summary>From when on the past counts as lately: the start of the day before.</summary>
    public DateTimeOffset LatelyFrom { get; }

    /// <summary>Where the past ends and the slices begin: a full hour, one to two hours ago.</summary>
    public DateTimeOffset RecentFrom { get; }

    /// <summary>Only clients with requests since then are of interest.</summary>
    public DateTimeOffset ActiveFrom { get; }

    /// <summary>When the scan takes place.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>The period of a scan.</summary>
    public static ActivityPeriod At(DateTimeOffset now) => new(now.ToUniversalTime());
}
