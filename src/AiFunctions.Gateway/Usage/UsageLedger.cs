using System.Globalization;
using AiFunctions.Gateway.Records;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.Usage;

/// <summary>This instance's counts of the current hours, until they are stored and over.</summary>
internal sealed partial class UsageLedger(TimeProvider time, ILogger<UsageLedger> logger) : IRequestRecordSink
{
    /// <summary>How many clients and hours may be held, stored or not: some 10 MB.</summary>
    public const int Capacity = 20_000;

    private readonly string _instance = Guid.NewGuid().ToString("N");
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Client, DateTime Hour), Page> _pages = [];
    private int _lastPage;
    private bool _isFull;

    /// <inheritdoc/>
    public void Add(RequestRecord record)
    {
        // Health checks and the management's own requests are nobody's usage, but failed attempts at either are the anonymous caller's.
        if (record.ClientId is null && record.ErrorCode is null)
        {
            return;
        }

        // The hour in which it ended: the count of an hour that is long over need not change any more.
        var now = time.GetUtcNow().UtcDateTime;
        var key = (record.ClientId ?? UsageEntity.Anonymous, new DateTime(now.Year, now.Month, now.Day, now.Hour, 0, 0, DateTimeKind.Utc));
        lock (_lock)
        {
            if (!_pages.TryGetValue(key, out var page))
            {
                if (_pages.Count >= Capacity)
                {
                    if (!_isFull)
                    {
                        _isFull = true;
                        LogFull(logger, Capacity);
                    }

                    return;
                }

                // A number of its own for each page: one that is begun anew must not overwrite what an earlier one has stored.
                _pages.Add(key, page = new Page(string.Create(CultureInfo.InvariantCulture, $"{_instance}{++_lastPage:x}")));
            }

            page.Counts.Add(record);
            page.Version++;
        }
    }

    /// <summary>What is to be stored.</summary>
    public IReadOnlyList<UsageChange> TakeChanges()
    {
        var changes = new List<UsageChange>();
        lock (_lock)
        {
            foreach (var (key, page) in _pages)
            {
                if (page.Version != page.StoredVersion)
                {
                    var entity = UsageEntity.For(key.Hour, key.Client, page.Writer);
                    page.Counts.CopyTo(entity);
                    changes.Add(new UsageChange(key.Client, key.Hour, page.Version, entity));
                }
            }
        }

        return changes;
    }

    /// <summary>A change is stored: its page is forgotten once its hour is over.</summary>
    public void Confirm(UsageChange change)
    {
        lock (_lock)
        {
            if (_pages.TryGetValue((change.Client, change.Hour), out var page))
            {
                page.StoredVersion = change.Version;
            }
        }
    }

    /// <summary>Forgets what is stored and over.</summary>
    public void ForgetPast()
    {
        var now = time.GetUtcNow().UtcDateTime;
        lock (_lock)
        {
            foreach (var (key, page) in _pages)
            {
                if (page.Version == page.StoredVersion && key.Hour.AddHours(1) <= now)
                {
                    _pages.Remove(key);
                }
            }

            _isFull = _pages.Count >= Capacity;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Usage of {Capacity} clients and hours waits to be stored; until it is, that of further ones is not counted")]
    private static partial void LogFull(ILogger logger, int capacity);

    private sealed class Page(string writer)
    {
        public string Writer { get; } = writer;

        public UsageCounts Counts { get; } = new();

        public long Version { get; set; }

        public long StoredVersion { get; set; }
    }
}
