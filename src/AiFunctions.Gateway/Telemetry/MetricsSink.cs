using System.Collections.Frozen;
using System.Diagnostics;
using AiFunctions.Gateway.Diagnostics;
using AiFunctions.Gateway.Models;
using AiFunctions.Gateway.Observation;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.Records;
using AiFunctions.Gateway.Upstreams;
using AiFunctions.Gateway.Upstreams.Kinds;

namespace AiFunctions.Gateway.Telemetry;

/// <summary>Measures what records say.</summary>
internal sealed class MetricsSink(UpstreamList upstreams) : IRequestRecordSink
{
    private const double MillisecondsPerSecond = 1000;

    private readonly FrozenDictionary<string, string> _providers =
        upstreams.All.ToFrozenDictionary(upstream => upstream.Name, upstream => UpstreamKind.Of(upstream).ProviderName, StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public void Add(RequestRecord record)
    {
        // What the caller did wrong, or may not do; a fault of ours or of an upstream is no rejection.
        if (record is { ErrorCode: { } code, Status: >= 400 and < 500 })
        {
            GatewayMetrics.Rejections.Add(1, new KeyValuePair<string, object?>("code", code));
        }

        if (record.Filter is { IsEmpty: false } filter)
        {
            for (var i = 0; i < OutputCategories.Count; i++)
            {
                if (filter[(OutputCategory)i] is > 0 and var matches)
                {
                    GatewayMetrics.FilterMatches.Add(matches, new KeyValuePair<string, object?>("category", ((OutputCategory)i).Name()));
                }
            }
        }

        if (record.ModelOperation is { } operation && record.Upstream is { } upstream)
        {
            Measure(record, operation, _providers.GetValueOrDefault(upstream, "unknown"));
        }
    }

    private static void Measure(RequestRecord record, string operation, string provider)
    {
        var tags = new TagList
        {
            { GenAiConventions.OperationName, operation },
            { GenAiConventions.ProviderName, provider },
            { GenAiConventions.RequestModel, record.Model ?? ConfiguredModels.OtherModel },
        };
        if (record is { InputTokens: { } input, OutputTokens: { } output })
        {
            GatewayMetrics.TokenUsage.Record(input, [.. tags, new(GenAiConventions.TokenType, "input")]);
            GatewayMetrics.TokenUsage.Record(output, [.. tags, new(GenAiConventions.TokenType, "output")]);
        }

        if (record is { TimeToFirstTokenMilliseconds: { } first, ErrorCode: null })
        {
            GatewayMetrics.TimeToFirstToken.Record(first / MillisecondsPerSecond, tags);
        }

        if (record.ErrorCode is { } code)
        {
            tags.Add(GenAiConventions.ErrorType, code);
        }
        else if (record.EndedBy != RequestEnd.Completed)
        {
            tags.Add(GenAiConventions.ErrorType, record.EndedByName);
        }

        GatewayMetrics.RequestDuration.Record(record.DurationMilliseconds / MillisecondsPerSecond, tags);
    }
}
