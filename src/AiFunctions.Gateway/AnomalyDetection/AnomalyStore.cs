using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using AiFunctions.Gateway.AnomalyDetection.Detection;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Storage;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.AnomalyDetection;

/// <summary>The anomalies' table: a row for each, and one for each client and kind that leads to the last one.</summary>
/// <remarks>
/// The pointer is written first and with a condition, so that two scans at once make one row of what both have found; if the process ends before
/// the row is written, the next scan writes it under the pointer's id.
/// </remarks>
internal sealed class AnomalyStore(TableStorage storage, TimeProvider time)
{
    /// <summary>How long an anomaly is kept after it was last seen.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(90);

    private static readonly int Kinds = Enum.GetValues<AnomalyKind>().Length;
    private readonly GatewayTable _table = storage.GetTable("Anomalies");

    /// <summary>Whether a finding is worth to be added: it isn't faint, or goes on, or nothing else was seen of its client of late.</summary>
    public async Task<bool> IsNewsAsync(Finding finding, CancellationToken cancellationToken)
    {
        if (!Anomaly.IsFaint(finding))
        {
            return true;
        }

        var key = KeyOf(finding.ClientId);
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {AnomalyPointerEntity.Partition} and RowKey gt {key + "-"} and RowKey lt {key + "."}"); // the sign after the hyphen
        var pointers = await _table.QueryAsync<AnomalyPointerEntity>(filter, Kinds, cancellationToken);
        var wary = AnomalyId.Bound(finding.WindowStart - Anomaly.WaryTime);
        if (!pointers.Exists(pointer => string.CompareOrdinal(pointer.AnomalyId, wary) < 0))
        {
            return true;
        }

        var last = pointers.Find(pointer => pointer.RowKey == $"{key}-{finding.Kind}");
        return last is not null && (await FindEntityAsync(last.AnomalyId, cancellationToken))?.ToAnomaly().GoesOnIn(finding) != false;
    }

    /// <summary>Adds a finding to the anomaly that it belongs to, or to a new one.</summary>
    /// <returns>The anomaly as it is stored now.</returns>
    public async Task<Anomaly> AddAsync(Finding finding, CancellationToken cancellationToken)
    {
        var key = $"{KeyOf(finding.ClientId)}-{finding.Kind}";
        while (true)
        {
            var pointer = await _table.FindAsync<AnomalyPointerEntity>(AnomalyPointerEntity.Partition, key, cancellationToken);
            var entity = pointer is null ? null : await FindEntityAsync(pointer.AnomalyId, cancellationToken);
            if (entity is not null && entity.ToAnomaly() is var known && known.Covers(finding))
            {
                var next = known.With(finding);
                if (ReferenceEquals(next, known) || await TryReplaceAsync(next, entity, cancellationToken))
                {
                    return next;
                }

                continue;
            }

            if (pointer is null || entity is not null)
            {
                pointer = await TryPointAsync(key, pointer, AnomalyId.New(finding.WindowStart), cancellationToken);
            }

            if (pointer is not null)
            {
                var made = Anomaly.From(pointer.AnomalyId, finding);
                if (await _table.TryInsertAsync(AnomalyEntity.From(made), isSame: null, cancellationToken) is not null)
                {
                    return made;
                }
            }
        }
    }

    /// <summary>Notes what was done about an anomaly.</summary>
    public Task SetReportedAsync(Anomaly anomaly, DateTimeOffset? blockedUntil, CancellationToken cancellationToken) => _table.ChangeAsync<AnomalyEntity>(
        AnomalyEntity.Partition,
        anomaly.Id,
        stored =>
        {
            if (stored?.ToAnomaly() is not { } known)
            {
                return null;
            }

            var severity = known.Reported > anomaly.Finding.Severity ? known.Reported : anomaly.Finding.Severity;
            return AnomalyEntity.From(known with { Reported = severity, BlockedUntil = blockedUntil ?? known.BlockedUntil });
        },
        isSame: null,
        cancellationToken);

    /// <summary>Reads anomalies, the newest first, from the first one after <paramref name="after"/>.</summary>
    /// <param name="from">Only those last seen then or later.</param>
    /// <param name="to">Only those first seen before.</param>
    /// <param name="after">The id that the last page ended with.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<List<Anomaly>> ListAsync(DateTimeOffset? from, DateTimeOffset? to, string? after, int count, CancellationToken cancellationToken)
    {
        var bound = to is { } limit ? AnomalyId.Bound(limit.AddTicks(-1)) : "";
        var least = string.CompareOrdinal(after, bound) > 0 ? after! : bound;
        var filter = from is { } since
            ? TableClient.CreateQueryFilter($"PartitionKey eq {AnomalyEntity.Partition} and RowKey gt {least} and LastSeenAt ge {since}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {AnomalyEntity.Partition} and RowKey gt {least}");
        return [.. (await _table.QueryAsync<AnomalyEntity>(filter, count, cancellationToken)).Select(entity => entity.ToAnomaly())];
    }

    /// <summary>Deletes what is past its retention.</summary>
    public Task DeleteForgottenAsync(CancellationToken cancellationToken)
    {
        var limit = time.GetUtcNow() - Retention;
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {AnomalyEntity.Partition} and RowKey gt {AnomalyId.Bound(limit)} and LastSeenAt lt {limit}");
        return _table.DeleteAllAsync<AnomalyEntity>(filter, deleted: null, cancellationToken);
    }

    // Ids of ours are fine as they are. What a workspace says need not be one of ours.
    private static string KeyOf(string clientId) => clientId.Length == 0 || ClientId.IsWellFormed(clientId)
        ? clientId
        : "x" + XxHash128.HashToUInt128(MemoryMarshal.AsBytes(clientId.AsSpan())).ToString("x32", CultureInfo.InvariantCulture);

    private Task<AnomalyEntity?> FindEntityAsync(string id, CancellationToken cancellationToken) =>
        _table.FindAsync<AnomalyEntity>(AnomalyEntity.Partition, id, cancellationToken);

    private async Task<AnomalyPointerEntity?> TryPointAsync(string key, AnomalyPointerEntity? last, string id, CancellationToken cancellationToken)
    {
        var pointer = new AnomalyPointerEntity { RowKey = key, AnomalyId = id };
        if (last is null)
        {
            return await _table.TryInsertAsync(pointer, isSame: null, cancellationToken) is null ? null : pointer;
        }

        pointer.ETag = last.ETag;
        return await _table.TryReplaceAsync(pointer, cancellationToken) is null ? null : pointer;
    }

    private async Task<bool> TryReplaceAsync(Anomaly anomaly, AnomalyEntity stored, CancellationToken cancellationToken)
    {
        var entity = AnomalyEntity.From(anomaly);
        entity.ETag = stored.ETag;
        return await _table.TryReplaceAsync(entity, cancellationToken) is not null;
    }

    /// <summary>Leads from a client and a kind to the last anomaly of the two: partition <c>last</c>, row key = client id and kind.</summary>
    private sealed class AnomalyPointerEntity() : StoredEntity(partitionKey: Partition)
    {
        public const string Partition = "last";

        public string AnomalyId { get; set; } = "";
    }
}
