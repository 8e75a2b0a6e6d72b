using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>Sums up this instance's requests by client and slice, in memory, until <see cref="ActivityWriter"/> has stored them.</summary>
internal sealed partial class ActivityRecorder(IOptions<AnomalyDetectionOptions> options, ILogger<ActivityRecorder> logger)
{
    /// <summary>How many clients are told apart in a slice. The requests of others are not counted.</summary>
    public const int MostClients = 5_000;

    /// <summary>How many slices wait for storage at most: two hours' worth. Then the oldest is dropped.</summary>
    public const int MostSlices = 24;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<DateTimeOffset, OpenSlice> _slices = [];
    private int _lastNumber;
    private bool _isDropping;

    /// <summary>Whether activity is recorded at all: not when the scan reads it elsewhere.</summary>
    public bool IsOn { get; } = options.Value.EffectiveSource == AnomalySource.Table;

    /// <summary>Counts a request. Takes well below a microsecond; storage is not waited for.</summary>
    public void Add(in RequestActivity request)
    {
        if (!IsOn)
        {
            return;
        }

        lock (_lock)
        {
            var slice = OpenAt(ActivitySlice.StartOf(request.Time));
            var clientId = request.ClientId ?? "";
            if (!slice.Clients.TryGetValue(clientId, out var counts))
            {
                if (slice.Clients.Count >= MostClients)
                {
                    return;
                }

                slice.Clients.Add(clientId, counts = new ActivityCounts());
            }

            counts.Add(request);
            slice.Version++;
        }
    }

    /// <summary>Encodes every slice that has changed since it was stored.</summary>
    public IReadOnlyList<UnstoredSlice> TakeUnstored()
    {
        lock (_lock)
        {
            return [.. from slice in _slices
                       where slice.Value.Version != slice.Value.StoredVersion
                       select new UnstoredSlice(slice.Key, slice.Value.Number, slice.Value.Version, ActivityJson.WriteSlice(slice.Value.Clients))];
        }
    }

    /// <summary>Says that a slice is stored as it was taken.</summary>
    public void SetStored(UnstoredSlice stored)
    {
        lock (_lock)
        {
            if (_slices.TryGetValue(stored.Start, out var slice) && slice.Number == stored.Number)
            {
                slice.StoredVersion = stored.Version;
            }
        }
    }

    /// <summary>Forgets the slices that are stored and over. A request that ends later begins another of the same time.</summary>
    public void ForgetPast(DateTimeOffset now)
    {
        lock (_lock)
        {
            foreach (var (start, slice) in _slices.ToArray())
            {
                if (slice.Version == slice.StoredVersion && start + (2 * ActivitySlice.Length) < now)
                {
                    _slices.Remove(start);
                }
            }

            _isDropping &= _slices.Count >= MostSlices;
        }
    }

    private OpenSlice OpenAt(DateTimeOffset start)
    {
        if (!_slices.TryGetValue(start, out var slice))
        {
            if (_slices.Count >= MostSlices)
            {
                _slices.Remove(_slices.Keys.First());
                if (!_isDropping)
                {
                    _isDropping = true;
                    LogDropped(logger, MostSlices);
                }
            }

            _slices.Add(start, slice = new OpenSlice(++_lastNumber));
        }

        return slice;
    }

    [LoggerMessage(LogLevel.Warning, "{Slices} slices of activity wait to be stored; until they are, the oldest are dropped")]
    private static partial void LogDropped(ILogger logger, int slices);

    private sealed class OpenSlice(int number)
    {
        public int Number { get; } = number;

        public Dictionary<string, ActivityCounts> Clients { get; } = new(StringComparer.Ordinal);

        public long Version { get; set; }

        public long StoredVersion { get; set; }
    }
}
