using System.Text.Json;
using AiFunctions.Gateway.Jobs;

namespace AiFunctions.Gateway.AnomalyDetection;

/// <summary>What a scan did.</summary>
/// <param name="ScannedAt">When it took place.</param>
/// <param name="Clients">How many clients it looked at: those active of late.</param>
/// <param name="IsComplete">False when the source could give a part only.</param>
/// <param name="Anomalies">How many anomalies it saw.</param>
/// <param name="Reported">How many of them it reported: new ones, and those that have become worse.</param>
/// <param name="Blocked">How many clients it blocked.</param>
internal sealed record AnomalyScanReport(DateTimeOffset ScannedAt, int Clients, bool IsComplete, int Anomalies, int Reported, int Blocked) : JobReport
{
    /// <inheritdoc/>
    public override string Summary => FormattableString.Invariant(
        $"{Clients} clients{(IsComplete ? "" : ", a part only")}; {Anomalies} anomalies, {Reported} reported, {Blocked} blocked");

    /// <inheritdoc/>
    public override void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("scanned_at"u8, ScannedAt);
        writer.WriteNumber("clients"u8, Clients);
        writer.WriteBoolean("complete"u8, IsComplete);
        writer.WriteNumber("anomalies"u8, Anomalies);
        writer.WriteNumber("reported"u8, Reported);
        writer.WriteNumber("blocked"u8, Blocked);
        writer.WriteEndObject();
    }
}
