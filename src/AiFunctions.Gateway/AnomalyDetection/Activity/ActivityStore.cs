using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using AiFunctions.Gateway.Storage;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>The table <c>Activity</c>: slices by instance for a few hours, and hours of all for five weeks.</summary>
/// <remarks>
/// <para>A slice: partition <c>s-yyyyMMddHH</c>, row <c>mm-instance-number-part</c>. Each is written by its instance alone, always whole, so a write may be repeated.</para>
/// <para>An hour: partition <c>h-yyyyMMdd</c>, parts <c>HH-batch-part</c>, and a row <c>HH</c> that is written last, once and for all, and names
/// the batch. So of several instances that sum up the same hour one wins, and its parts are all there; those of others are never read.</para>
/// <para>A row holds hundreds of clients: an instance writes one a minute, whatever the number of requests.</para>
/// </remarks>
internal sealed class ActivityStore(TableStorage storage)
{
    private const int Page = 50;
    private readonly GatewayTable _table = storage.GetTable("Activity");
    private readonly string _instance = RandomNumberGenerator.GetHexString(12, lowercase: true);

    /// <summary>Stores a slice of this instance.</summary>
    public async Task WriteSliceAsync(UnstoredSlice slice, CancellationToken cancellationToken)
    {
        for (var part = 0; part < slice.Parts.Count; part++)
        {
            var entity = new ActivityEntity
            {
                PartitionKey = SlicePartition(slice.Start),
                RowKey = string.Create(CultureInfo.InvariantCulture, $"{slice.Start.Minute:00}-{_instance}-{slice.Number}-{part:000}"),
                Data = slice.Parts[part],
            };
            await _table.UpsertAsync(entity, cancellationToken);
        }
    }

    /// <summary>Reads all slices that there are, those of hours too that are summed up next.</summary>
    public async Task<SortedDictionary<DateTimeOffset, Dictionary<string, ActivityCounts>>> ReadSlicesAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        var slices = new SortedDictionary<DateTimeOffset, Dictionary<string, ActivityCounts>>();
        await foreach (var row in ReadAsync("s-", SlicePartition(until) + "~", cancellationToken))
        {
            if (row.Data is not null && TryReadStart(row, out var start) && start < until)
            {
                if (!slices.TryGetValue(start, out var clients))
                {
                    slices.Add(start, clients = new Dictionary<string, ActivityCounts>(StringComparer.Ordinal));
                }

                TryRead(() => ActivityJson.ReadSlice(row.Data, clients));
            }
        }

        return slices;
    }

    /// <summary>Stores an hour, unless it is stored already, and deletes its slices.</summary>
    public async Task CloseHourAsync(DateTimeOffset hour, IReadOnlyDictionary<string, HourCounts> clients, CancellationToken cancellationToken)
    {
        var (partition, key) = (HourPartition(hour), HourKey(hour));
        if (await _table.FindAsync<ActivityEntity>(partition, key, cancellationToken) is null)
        {
            var batch = $"{key}-{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
            var parts = ActivityJson.WriteHour(clients);
            for (var part = 0; part < parts.Count; part++)
            {
                var entity = new ActivityEntity
                {
                    PartitionKey = partition,
                    RowKey = string.Create(CultureInfo.InvariantCulture, $"{batch}-{part:000}"),
                    Data = parts[part],
                };
                await _table.UpsertAsync(entity, cancellationToken);
            }

            await _table.TryInsertAsync(new ActivityEntity { PartitionKey = partition, RowKey = key, Batch = batch }, isSame: null, cancellationToken);
        }

        await foreach (var row in ReadAsync(SlicePartition(hour), SlicePartition(hour) + "~", cancellationToken))
        {
            await _table.DeleteAsync(row.PartitionKey, row.RowKey, cancellationToken);
        }
    }

    /// <summary>Reads stored hours. Those in which nobody did anything are missing.</summary>
    public async Task<SortedDictionary<DateTimeOffset, Dictionary<string, HourCounts>>> ReadHoursAsync(
        DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var batches = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var parts = new List<ActivityEntity>();
        await foreach (var row in ReadAsync(HourPartition(from), HourPartition(until) + "~", cancellationToken))
        {
            if (row.Data is not null)
            {
                parts.Add(row);
            }
            else if (row.Batch is { } batch && TryReadHour(row, out var hour) && hour >= from && hour < until)
            {
                batches[row.PartitionKey + batch] = hour;
            }
        }

        var hours = new SortedDictionary<DateTimeOffset, Dictionary<string, HourCounts>>();
        foreach (var part in parts)
        {
            if (batches.TryGetValue(part.PartitionKey + part.RowKey[..part.RowKey.LastIndexOf('-')], out var hour))
            {
                if (!hours.TryGetValue(hour, out var clients))
                {
                    hours.Add(hour, clients = new Dictionary<string, HourCounts>(StringComparer.Ordinal));
                }

                TryRead(() => ActivityJson.ReadHour(part.Data, clients));
            }
        }

        return hours;
    }

    /// <summary>Deletes the hours of days before a time.</summary>
    public async Task DeleteForgottenAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await foreach (var row in ReadAsync("h-", HourPartition(before), cancellationToken))
        {
            await _table.DeleteAsync(row.PartitionKey, row.RowKey, cancellationToken);
        }
    }

    // In pages, because each call to storage has a deadline.
    private async IAsyncEnumerable<ActivityEntity> ReadAsync(
        string from, string until, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (partition, row) = (from, "");
        List<ActivityEntity> page;
        do
        {
            var filter = TableClient.CreateQueryFilter(
                $"(PartitionKey eq {partition} and RowKey gt {row}) or (PartitionKey gt {partition} and PartitionKey lt {until})");
            page = await _table.QueryAsync<ActivityEntity>(filter, Page, cancellationToken);
            foreach (var entity in page)
            {
                (partition, row) = (entity.PartitionKey, entity.RowKey);
                yield return entity;
            }
        }
        while (page.Count == Page);
    }

    // What cannot be read is left out: a scan that never runs again would be worse.
    private static void TryRead(Action read)
    {
        try
        {
            read();
        }
        catch (JsonException)
        {
        }
    }

    private static string SlicePartition(DateTimeOffset time) => time.UtcDateTime.ToString("'s-'yyyyMMddHH", CultureInfo.InvariantCulture);

    private static string HourPartition(DateTimeOffset time) => time.UtcDateTime.ToString("'h-'yyyyMMdd", CultureInfo.InvariantCulture);

    private static string HourKey(DateTimeOffset hour) => hour.UtcDateTime.ToString("HH", CultureInfo.InvariantCulture);

    private static bool TryReadStart(ActivityEntity row, out DateTimeOffset start) => DateTimeOffset.TryParseExact(
        row.PartitionKey + row.RowKey[..Math.Min(2, row.RowKey.Length)], "'s-'yyyyMMddHHmm", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out start);

    private static bool TryReadHour(ActivityEntity row, out DateTimeOffset hour) => DateTimeOffset.TryParseExact(
        row.PartitionKey + row.RowKey, "'h-'yyyyMMddHH", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out hour);

    /// <summary>A part of a slice of one instance, or of an hour of all; see <see cref="ActivityStore"/>.</summary>
    private sealed class ActivityEntity : StoredEntity
    {
        /// <summary>Many clients' activity as <see cref="ActivityJson"/>; null in the row that stands for an hour.</summary>
        public byte[]? Data { get; set; }

        /// <summary>What the keys of the hour's parts begin with; only in the row that stands for an hour.</summary>
        public string? Batch { get; set; }
    }
}
