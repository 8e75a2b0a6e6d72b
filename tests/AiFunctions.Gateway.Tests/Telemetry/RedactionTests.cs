#pragma warning disable CA1848 // Libraries log like this, too.
using System.Diagnostics;
using AiFunctions.Gateway.Telemetry;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;

namespace AiFunctions.Gateway.Tests.Telemetry;

public sealed class RedactionTests
{
    private const string Secret = "alice@example.com";

    [Fact]
    public void Of_a_librarys_span_only_what_is_listed_stays()
    {
        using var source = new ActivitySource($"Library.{Guid.NewGuid():N}");
        var spans = new Spans();
        using var provider = Sdk.CreateTracerProviderBuilder().AddSource(source.Name).AddProcessor(new SpanRedaction()).AddProcessor(spans).Build();
        using (var span = source.StartActivity("call")!)
        {
            span.DisplayName = $"GET /{Secret}";
            span.TraceStateString = $"a={Secret}";
            span.SetTag("url.full", $"http://host/?q={Secret}");
            span.SetTag("url.query", Secret);
            span.SetTag("user_agent.original", Secret);
            span.SetTag("http.response.status_code", 200);
            span.SetStatus(ActivityStatusCode.Error, Secret);
        }

        var seen = Assert.Single(spans.Ended);
        Assert.Equal("call", seen.DisplayName);
        Assert.Equal(ActivityStatusCode.Error, seen.Status);
        Assert.Null(seen.StatusDescription);
        Assert.Null(seen.TraceStateString);
        Assert.Equal(new("http.response.status_code", 200), Assert.Single(seen.TagObjects));
    }

    [Fact]
    public void A_librarys_span_with_an_exceptions_text_is_not_exported()
    {
        using var source = new ActivitySource($"Library.{Guid.NewGuid():N}");
        var spans = new Spans();
        using var provider = Sdk.CreateTracerProviderBuilder().AddSource(source.Name).AddProcessor(new SpanRedaction()).AddProcessor(spans).Build();
        using (var span = source.StartActivity("call")!)
        {
            span.AddException(new InvalidOperationException(Secret));
        }

        Assert.False(Assert.Single(spans.Ended).Recorded); // exporters' processors pass over it
    }

    [Theory]
    [InlineData("AiFunctions.Gateway.Upstreams", "Hello alice@example.com", true)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", "Hello {Name}", false)]
    [InlineData("Some.Library", "Greeting", false)]
    public void Of_a_librarys_log_record_no_value_stays(string category, string expected, bool hasValue)
    {
        var (text, everything) = Log(category, logger => logger.Log(LogLevel.Warning, new EventId(1, "Greeting"), "Hello {Name}", Secret));

        Assert.Equal(expected, text);
        Assert.Equal(hasValue, everything.Contains(Secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("AiFunctions.Gateway.Upstreams")]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel")]
    [InlineData("Some.Library")]
    public void Of_an_exception_its_text_never_stays(string category)
    {
        var (_, everything) = Log(category, logger => logger.Log(LogLevel.Warning, new InvalidOperationException(Secret), "It failed"));

        Assert.DoesNotContain(Secret, everything, StringComparison.Ordinal);
        if (!category.StartsWith("AiFunctions", StringComparison.Ordinal))
        {
            Assert.Contains("InvalidOperationException", everything, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_text_that_was_put_together_by_a_library_does_not_stay()
    {
        var (text, everything) = Log("Some.Library", logger => logger.Log(LogLevel.Warning, $"Hello {Secret}"));

        Assert.Equal("(text withheld)", text);
        Assert.DoesNotContain(Secret, everything, StringComparison.Ordinal);
    }

    private static (string? Text, string Everything) Log(string category, Action<ILogger> log)
    {
        var records = new Records();
        using (var factory = LoggerFactory.Create(builder => builder.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.ParseStateValues = true;
            options.AddProcessor(new LogRedaction()).AddProcessor(records);
        })))
        {
            log(factory.CreateLogger(category));
        }

        return Assert.Single(records.Ended);
    }

    private sealed class Spans : BaseProcessor<Activity>
    {
        public List<Activity> Ended { get; } = [];

        public override void OnEnd(Activity data) => Ended.Add(data);
    }

    // What an exporter would see; the record itself is used again for the next one.
    private sealed class Records : BaseProcessor<LogRecord>
    {
        public List<(string? Text, string Everything)> Ended { get; } = [];

        public override void OnEnd(LogRecord data) => Ended.Add((
            data.FormattedMessage,
            string.Join('|', [data.Body, data.FormattedMessage, data.Exception?.ToString(), .. data.Attributes?.Select(attribute => attribute.ToString()) ?? []])));
    }
}
