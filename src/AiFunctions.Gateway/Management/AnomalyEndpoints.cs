using System.Globalization;
using System.Text.Json;
using AiFunctions.Gateway.AnomalyDetection;
using AiFunctions.Gateway.AnomalyDetection.Activity;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Jobs;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.RequestBody;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Management;

/// <summary><c>/manage/anomalies</c>.</summary>
internal sealed class AnomalyEndpoints(AnomalyStore store, TimedJobs jobs, AnomalyScan scan)
{
    private static readonly string[] TimeFormats = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    public async Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var page = Paging.Read(query);
        var (from, to) = (ReadTime(query, "from"), ReadTime(query, "to"));
        if (from >= to)
        {
            throw RequestFields.Invalid("to", "must be later than 'from'");
        }

        var list = await store.ListAsync(from, to, page.After, page.Limit + 1, context.RequestAborted);
        await page.WriteAsync(context, list, anomaly => anomaly.Id, Write);
    }

    public async Task ScanAsync(HttpContext context)
    {
        try
        {
            var report = await jobs.RunAsync(scan, context.RequestAborted);
            await JsonResponse.WriteAsync(context, StatusCodes.Status200OK, report.WriteTo);
        }
        catch (ActivityUnavailableException)
        {
            throw new GatewayException(GatewayErrors.StorageUnavailable);
        }
    }

    private static DateTimeOffset? ReadTime(IQueryCollection query, string param) =>
        !query.TryGetValue(param, out var text) ? null
        : DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time >= DateTimeOffset.UnixEpoch ? time
        : throw RequestFields.Invalid(param, "must be a date or a time, such as 2026-01-31 or 2026-01-31T12:00:00Z");

    private static void Write(Utf8JsonWriter writer, Anomaly anomaly)
    {
        var finding = anomaly.Finding;
        writer.WriteStartObject();
        writer.WriteString("id"u8, anomaly.Id);
        writer.WriteString("client_id"u8, finding.ClientId.Length == 0 ? null : finding.ClientId);
        writer.WriteString("kind"u8, NameOf(finding.Kind));
        writer.WriteString("severity"u8, NameOf(finding.Severity));
        writer.WriteString("measure"u8, finding.Measure);
        writer.WriteNumber("seen"u8, Math.Round(finding.Seen, 3));
        writer.WriteNumber("expected"u8, Math.Round(finding.Expected, 3));
        writer.WriteNumber("threshold"u8, Math.Round(finding.Threshold, 3));
        writer.WriteString("window_start"u8, finding.WindowStart);
        writer.WriteString("window_end"u8, finding.WindowEnd);
        writer.WriteString("first_seen_at"u8, anomaly.FirstSeenAt);
        writer.WriteString("last_seen_at"u8, anomaly.LastSeenAt);
        writer.WriteNumber("count"u8, anomaly.Count);
        if (anomaly.BlockedUntil is { } until)
        {
            writer.WriteString("blocked_until"u8, until);
        }
        else
        {
            writer.WriteNull("blocked_until"u8);
        }

        writer.WriteEndObject();
    }

    private static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
