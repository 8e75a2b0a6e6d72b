using AiFunctions.Worker.Tests.Host;

namespace AiFunctions.Worker.Tests;

public sealed class TelemetryCapabilityTests(SharedWorker worker)
{
    private const string Capability = "WorkerOpenTelemetryEnabled";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task With_a_destination_each_request_has_a_span_and_the_workers_own_are_sent()
    {
        await using var capture = await TelemetryCapture.StartAsync();
        var destination = capture.Settings.Where(
            setting => setting.Key.StartsWith("OTEL_", StringComparison.Ordinal) && !setting.Key.Contains("SAMPLER", StringComparison.Ordinal));
        await using (var host = await FunctionsHost.StartAsync(WorkerSettings.With(destination.Select(setting => (setting.Key, setting.Value)))))
        {
            using var client = new HttpClient(host.CreateHandler());
            using var response = await client.GetAsync(new Uri("http://gateway/v1/models"), TestContext.Current.CancellationToken);
            Assert.Contains(Capability, host.Capabilities);
            while (!capture.Everything.Contains("GET /v1/models", StringComparison.Ordinal))
            {
                await Task.Delay(Poll, TestContext.Current.CancellationToken);
            }
        }

        Assert.Contains("AiFunctions.Gateway", capture.Everything, StringComparison.Ordinal);
        Assert.Contains("Microsoft.Azure.Functions.Worker", capture.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_destination_there_is_no_telemetry() => Assert.DoesNotContain(Capability, worker.Host.Capabilities);
}
