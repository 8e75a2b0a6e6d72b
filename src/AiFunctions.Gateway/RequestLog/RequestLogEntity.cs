using System.Globalization;
using AiFunctions.Gateway.Records;
using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.RequestLog;

/// <summary>A request's record as it is stored. Partition key = hour (<c>yyyyMMddHH</c>, UTC); row key = time within it and a random end, so that rows stand in order.</summary>
internal sealed class RequestLogEntity : StoredEntity
{
    private const string HourFormat = "yyyyMMddHH";

    public DateTimeOffset Time { get; set; }

    public string RequestId { get; set; } = "";

    public string? ClientId { get; set; }

    public string? KeyId { get; set; }

    public string? Operation { get; set; }

    public string? Model { get; set; }

    public string? Upstream { get; set; }

    public int Status { get; set; }

    public string? ErrorCode { get; set; }

    public long RequestBytes { get; set; }

    public long ResponseBytes { get; set; }

    public long? InputTokens { get; set; }

    public long? OutputTokens { get; set; }

    public double DurationMs { get; set; }

    public double? TimeToFirstTokenMs { get; set; }

    public bool Streamed { get; set; }

    public double? GuardScore { get; set; }

    public string? GuardVerdict { get; set; }

    public string? GuardReasons { get; set; }

    public string? FilterCounts { get; set; }

    public string? CallerHash { get; set; }

    public string EndedBy { get; set; } = "";

    /// <summary>The partition of an hour.</summary>
    public static string PartitionOf(DateTimeOffset time) => time.UtcDateTime.ToString(HourFormat, CultureInfo.InvariantCulture);

    public static RequestLogEntity From(RequestRecord record) => new()
    {
        PartitionKey = PartitionOf(record.Time),
        RowKey = string.Create(CultureInfo.InvariantCulture, $"{record.Time.UtcDateTime:mmssfffffff}-{Guid.NewGuid():N}"),
        Time = record.Time.ToUniversalTime(),
        RequestId = record.RequestId,
        ClientId = record.ClientId,
        KeyId = record.KeyId,
        Operation = record.Operation,
        Model = record.Model,
        Upstream = record.Upstream,
        Status = record.Status,
        ErrorCode = record.ErrorCode,
        RequestBytes = record.RequestBytes,
        ResponseBytes = record.ResponseBytes,
        InputTokens = record.InputTokens,
        OutputTokens = record.OutputTokens,
        DurationMs = Math.Round(record.DurationMilliseconds, 3),
        TimeToFirstTokenMs = record.TimeToFirstTokenMilliseconds is { } first ? Math.Round(first, 3) : null,
        Streamed = record.IsStreamed,
        GuardScore = record.Guard is { } guard ? Math.Round(guard.Score, 3) : null,
        GuardVerdict = record.GuardVerdictName,
        GuardReasons = record.GuardReasons,
        FilterCounts = record.Filter?.ToHeader(),
        CallerHash = record.CallerHash?.ToString(),
        EndedBy = record.EndedByName,
    };
}
