using System.Diagnostics.Metrics;

namespace AiFunctions.Gateway.Diagnostics;

/// <summary>
/// The instruments. Names, units and buckets of <c>gen_ai.*</c> are those of OpenTelemetry's semantic conventions for generative AI
/// (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/).
/// </summary>
/// <remarks>One set for the process: who listens decides what is kept, and with no listener an instrument costs next to nothing.</remarks>
internal static class GatewayMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "AiFunctions.Gateway";

    private static readonly Meter Meter = new(MeterName);

    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
    };

    private static readonly InstrumentAdvice<double> FirstTokens = new()
    {
        HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0],
    };

    private static readonly InstrumentAdvice<long> Tokens = new()
    {
        HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
    };

    public static readonly Histogram<long> TokenUsage = Meter.CreateHistogram(
        "gen_ai.client.token.usage", "{token}", "Number of input and output tokens used.", tags: null, Tokens);

    public static readonly Histogram<double> OperationDuration = Meter.CreateHistogram(
        "gen_ai.client.operation.duration", "s", "GenAI operation duration.", tags: null, Durations);

    public static readonly Histogram<double> RequestDuration = Meter.CreateHistogram(
        "gen_ai.server.request.duration", "s", "Generative AI server request duration such as time-to-last byte or last output token.", tags: null, Durations);

    public static readonly Histogram<double> TimeToFirstToken = Meter.CreateHistogram(
        "gen_ai.server.time_to_first_token", "s", "Time to generate first token for successful responses.", tags: null, FirstTokens);

    public static readonly Counter<long> Rejections = Meter.CreateCounter<long>(
        "aifunctions.rejections", "{request}", "Requests answered with an error of the caller's making, by code.");

    public static readonly Counter<long> Blocks = Meter.CreateCounter<long>(
        "aifunctions.blocks", "{block}", "Clients and addresses blocked for too many violations.");

    public static readonly Counter<long> FilterMatches = Meter.CreateCounter<long>(
        "aifunctions.filter.matches", "{match}", "Matches of the output filter, by category.");

    public static readonly Counter<long> RecordsDropped = Meter.CreateCounter<long>(
        "aifunctions.records.dropped", "{record}", "Requests' records that were dropped because too many waited.");
}
