using System.Diagnostics;
using AiFunctions.Worker.Tests.Double;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace AiFunctions.Worker.Tests;

public sealed class TelemetryTests
{
    private const string WorkerSource = "Microsoft.Azure.Functions.Worker";

    [Fact]
    public async Task With_a_destination_each_request_has_a_span_and_the_workers_own_are_listened_to()
    {
        // Nobody listens there: what is sent is lost, and requests are answered all the same.
        await using var run = await TestRun.StartAsync("--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf");
        Assert.NotNull(run.Services!.GetService<TracerProvider>());
        using var source = new ActivitySource(WorkerSource);
        Assert.True(source.HasListeners());
        Activity? seen = null;
        run.InPlaceOf["Health"] = context =>
        {
            seen = Activity.Current;
            return Task.CompletedTask;
        };

        using var response = await run.Client.GetAsync("/healthz", TestContext.Current.CancellationToken);

        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal("AiFunctions.Gateway", seen!.Source.Name);
        Assert.Equal("GET /healthz", seen.DisplayName);
    }

    [Fact]
    public async Task Without_a_destination_there_is_no_telemetry()
    {
        await using var run = await TestRun.StartAsync();

        Assert.Null(run.Services!.GetService<TracerProvider>());
    }
}
