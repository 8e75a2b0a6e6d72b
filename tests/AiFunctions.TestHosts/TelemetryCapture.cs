using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AiFunctions.TestHosts;

/// <summary>Application Insights' ingestion and an OpenTelemetry collector at once, which keep all that is sent to them, or never answer.</summary>
internal sealed class TelemetryCapture : IAsyncDisposable
{
    private const string IngestionPath = "/v2.1/track";
    private const string LogsPath = "/v1/logs";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, string Text)> _sent = new();
    private readonly bool _hangs;
    private int _waiting;

    private TelemetryCapture(WebApplication app, bool hangs)
    {
        _app = app;
        _hangs = hangs;
    }

    public string Address { get; private set; } = "";

    /// <summary>How many requests wait for an answer that never comes.</summary>
    public int Waiting => _waiting;

    /// <summary>What makes a host send everything here soon. Statistics about the exporter itself would go elsewhere.</summary>
    public Dictionary<string, string?> Settings => new()
    {
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = $"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint={Address}/;LiveEndpoint={Address}/",
        ["APPLICATIONINSIGHTS_STATSBEAT_DISABLED"] = "true",

        // Every trace, not five a second.
        ["OTEL_TRACES_SAMPLER"] = "microsoft.fixed_percentage",
        ["OTEL_TRACES_SAMPLER_ARG"] = "1.0",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
        ["OTEL_BLRP_MAX_QUEUE_SIZE"] = "65536",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
    };

    /// <summary>The paths that something was sent to.</summary>
    public IReadOnlySet<string> Paths => _sent.Select(each => each.Path).ToHashSet();

    /// <summary>Everything, bytes as Latin-1 text.</summary>
    public string Everything => string.Concat(_sent.Select(each => each.Text));

    /// <summary>The custom events of a name that Application Insights got: their properties.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Events(string name) =>
    [
        .. Items()
            .Where(item => item.GetProperty("baseType").GetString() == "EventData" && item.GetProperty("baseData").GetProperty("name").GetString() == name)
            .Select(item => item.GetProperty("baseData").GetProperty("properties").EnumerateObject()
                .ToDictionary(property => property.Name, property => property.Value.GetString()!)),
    ];

    /// <summary>The telemetry that Application Insights got.</summary>
    public IEnumerable<JsonElement> Items() => _sent.Where(each => each.Path == IngestionPath)
        .SelectMany(each => each.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        .Select(line => JsonElement.Parse(line).GetProperty("data"));

    /// <summary>How many of the collector's log records have an attribute of 1 to 127 characters: its protobuf encoding is looked for.</summary>
    public int CountOtlpAttribute(string key, string value)
    {
        var wanted = $"\n{(char)key.Length}{key}\x12{(char)(value.Length + 2)}\n{(char)value.Length}{value}";
        return _sent.Where(each => each.Path == LogsPath).Sum(each => each.Text.Split(wanted).Length - 1);
    }

    public static async Task<TelemetryCapture> StartAsync(bool hangs = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);
        var app = builder.Build();
        var capture = new TelemetryCapture(app, hangs);
        app.Run(capture.HandleAsync);
        await app.StartAsync();
        capture.Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return capture;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        if (_hangs)
        {
            Interlocked.Increment(ref _waiting);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        using var body = new MemoryStream();
        await using Stream plain = context.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        await plain.CopyToAsync(body, context.RequestAborted);
        _sent.Enqueue((context.Request.Path, (context.Request.Path == IngestionPath ? Encoding.UTF8 : Encoding.Latin1).GetString(body.ToArray())));
        if (context.Request.Path == IngestionPath)
        {
            var items = Encoding.UTF8.GetString(body.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
            await context.Response.WriteAsJsonAsync(new { itemsReceived = items, itemsAccepted = items, errors = Array.Empty<object>() }, context.RequestAborted);
        }
    }
}
