using AiFunctions.Gateway.AnomalyDetection.Detection;
using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.AnomalyDetection;

/// <summary>An anomaly as it is stored: row key = its id, all in one partition so that one query lists them.</summary>
internal sealed class AnomalyEntity() : StoredEntity(partitionKey: Partition)
{
    public const string Partition = "anomalies";

    public string ClientId { get; set; } = "";

    public string Kind { get; set; } = "";

    public string Severity { get; set; } = "";

    public string Measure { get; set; } = "";

    public double Seen { get; set; }

    public double Expected { get; set; }

    public double Threshold { get; set; }

    public DateTimeOffset WindowStart { get; set; }

    public DateTimeOffset WindowEnd { get; set; }

    public DateTimeOffset FirstSeenAt { get; set; }

    public DateTimeOffset LastSeenAt { get; set; }

    public int Count { get; set; }

    public DateTimeOffset? BlockedUntil { get; set; }

    public string? Reported { get; set; }

    public static AnomalyEntity From(Anomaly anomaly)
    {
        var finding = anomaly.Finding;
        return new AnomalyEntity
        {
            RowKey = anomaly.Id,
            ClientId = finding.ClientId,
            Kind = finding.Kind.ToString(),
            Severity = finding.Severity.ToString(),
            Measure = finding.Measure,
            Seen = finding.Seen,
            Expected = finding.Expected,
            Threshold = finding.Threshold,
            WindowStart = finding.WindowStart,
            WindowEnd = finding.WindowEnd,
            FirstSeenAt = anomaly.FirstSeenAt,
            LastSeenAt = anomaly.LastSeenAt,
            Count = anomaly.Count,
            BlockedUntil = anomaly.BlockedUntil,
            Reported = anomaly.Reported?.ToString(),
        };
    }

    public Anomaly ToAnomaly() => new()
    {
        Id = RowKey,
        FirstSeenAt = FirstSeenAt,
        LastSeenAt = LastSeenAt,
        Count = Count,
        BlockedUntil = BlockedUntil,
        Reported = Enum.TryParse<AnomalySeverity>(Reported, out var reported) ? reported : null,
        Finding = new Finding
        {
            ClientId = ClientId,
            Kind = Enum.TryParse<AnomalyKind>(Kind, out var kind) ? kind : default,
            Severity = Enum.TryParse<AnomalySeverity>(Severity, out var severity) ? severity : default,
            Measure = Measure,
            Seen = Seen,
            Expected = Expected,
            Threshold = Threshold,
            WindowStart = WindowStart,
            WindowEnd = WindowEnd,
        },
    };
}
