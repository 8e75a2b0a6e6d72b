using System.Globalization;
using AiFunctions.Gateway.Records;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.Telemetry;

/// <summary>
/// Sends each record as the event <c>AiRequest</c>. It goes out as an OpenTelemetry log record, which Application Insights' exporter turns
/// into a custom event, and which OTLP carries as it is.
/// </summary>
internal sealed class EventSink(ILoggerFactory loggers) : IRequestRecordSink
{
    /// <summary>The log category that only the telemetry's log provider listens to.</summary>
    public const string Category = "AiFunctions.Gateway.Telemetry.AiRequest";

    /// <summary>The event's name.</summary>
    public const string EventName = "AiRequest";

    // What makes Application Insights take a log record as a custom event of this name.
    private const string EventNameAttribute = "microsoft.custom_event.name";

    private const int MostAttributes = 23;
    private static readonly EventId Event = new(1, EventName);

    private readonly ILogger _logger = loggers.CreateLogger(Category);

    /// <inheritdoc/>
    public void Add(RequestRecord record)
    {
        if (_logger.IsEnabled(LogLevel.Information))
        {
            _logger.Log(LogLevel.Information, Event, AttributesOf(record), exception: null, static (_, _) => EventName);
        }
    }

    /// <summary>The record as attributes, all of them texts; what is not known is left out.</summary>
    internal static IReadOnlyList<KeyValuePair<string, object?>> AttributesOf(RequestRecord record)
    {
        var attributes = new List<KeyValuePair<string, object?>>(MostAttributes);
        Add(EventNameAttribute, EventName);
        Add("time", record.Time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        Add("request_id", record.RequestId);
        Add("client_id", record.ClientId);
        Add("key_id", record.KeyId);
        Add("operation", record.Operation);
        Add("model", record.Model);
        Add("upstream", record.Upstream);
        Add("status", Text(record.Status));
        Add("error_code", record.ErrorCode);
        Add("request_bytes", Text(record.RequestBytes));
        Add("response_bytes", Text(record.ResponseBytes));
        Add("input_tokens", Text(record.InputTokens));
        Add("output_tokens", Text(record.OutputTokens));
        Add("duration_ms", Text(record.DurationMilliseconds));
        Add("time_to_first_token_ms", Text(record.TimeToFirstTokenMilliseconds));
        Add("streamed", record.IsStreamed ? "true" : "false");
        Add("guard_score", record.Guard?.Score.ToString("0.###", CultureInfo.InvariantCulture));
        Add("guard_verdict", record.GuardVerdictName);
        Add("guard_reasons", record.GuardReasons);
        Add("filter_counts", record.Filter?.ToHeader());
        Add("caller_hash", record.CallerHash?.ToString());
        Add("ended_by", record.EndedByName);
        return attributes;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                attributes.Add(new(name, value));
            }
        }
    }

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Text(double? milliseconds) => milliseconds?.ToString("0.###", CultureInfo.InvariantCulture);
}
