namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>One client's hour, made from its slices.</summary>
internal sealed class HourCounts
{
    /// <summary>The values, in the order of <see cref="ActivitySeries"/>.</summary>
    public float[] Values { get; init; } = new float[ClientHistory.SeriesCount];

    public ActivityMix Operations { get; init; } = new();

    public ActivityMix Models { get; init; } = new();

    /// <summary>Adds one whole slice: all that the client did in it.</summary>
    public void Add(ActivityCounts slice)
    {
        this[ActivitySeries.Requests] += slice.Requests;
        this[ActivitySeries.PeakRequests] = Math.Max(this[ActivitySeries.PeakRequests], slice.Requests);
        this[ActivitySeries.PeakTokens] = Math.Max(this[ActivitySeries.PeakTokens], slice.Tokens);
        this[ActivitySeries.ClientErrors] += slice.ClientErrors;
        this[ActivitySeries.ServerErrors] += slice.ServerErrors;
        this[ActivitySeries.PeakRefusals] = Math.Max(this[ActivitySeries.PeakRefusals], slice.Refusals);
        this[ActivitySeries.LogBytes] += (float)slice.LogBytes;
        this[ActivitySeries.SquaredLogBytes] += (float)slice.SquaredLogBytes;
        Operations.Add(slice.Operations);
        Models.Add(slice.Models);
    }

    private ref float this[ActivitySeries series] => ref Values[(int)series];
}
