namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>One client's past, hour by hour without gaps.</summary>
internal sealed class ClientHistory
{
    /// <summary>How many series there are.</summary>
    public const int SeriesCount = (int)ActivitySeries.SquaredLogBytes + 1;

    /// <summary>How far back a scan looks: five weeks, in hours.</summary>
    public const int Hours = 5 * 7 * 24;

    private readonly float[][] _series;

    /// <param name="start">The first hour.</param>
    /// <param name="series">The values of each of <see cref="ActivitySeries"/>, all of the same length.</param>
    public ClientHistory(DateTimeOffset start, float[][] series)
    {
        Start = start;
        _series = series;
        FirstActive = Math.Max(0, Array.FindIndex(series[(int)ActivitySeries.Requests], requests => requests > 0));
    }

    /// <summary>The first hour.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>How many hours there are.</summary>
    public int Length => _series[0].Length;

    /// <summary>The first hour with a request in it: before, the client was not there.</summary>
    public int FirstActive { get; }

    /// <summary>For how many hours the client has been there.</summary>
    public int KnownHours => IsEmpty ? 0 : Length - FirstActive;

    /// <summary>The operations of all of the past.</summary>
    public ActivityMix Operations { get; init; } = new();

    /// <summary>The operations since the start of yesterday (UTC).</summary>
    public ActivityMix LatelyOperations { get; init; } = new();

    /// <summary>The models of all of the past.</summary>
    public ActivityMix Models { get; init; } = new();

    /// <summary>The models since the start of yesterday (UTC).</summary>
    public ActivityMix LatelyModels { get; init; } = new();

    private bool IsEmpty => Length == 0 || _series[(int)ActivitySeries.Requests][FirstActive] <= 0;

    /// <summary>The values of a series.</summary>
    public ReadOnlySpan<float> this[ActivitySeries series] => _series[(int)series];

    /// <summary>The number of an hour; beyond <see cref="Length"/> for those that are no past yet.</summary>
    public int IndexOf(DateTimeOffset time) => (int)Math.Floor((time - Start).TotalHours);
}
