using System.Globalization;
using System.Text.Json;
using AiFunctions.Worker.Tests.Host;

namespace AiFunctions.Worker.Tests;

public sealed class HostFilesTests(SharedWorker worker)
{
    // What a response has besides the static security headers. The host may answer what a cache may keep, so it forces no Cache-Control.
    private static readonly string[] OtherHeaders =
        ["Cache-Control", "Content-Length", "Content-Type", "Date", "Server", "Transfer-Encoding", "x-request-id"];

    [Fact]
    public void Routes_have_no_prefix()
    {
        using var host = Read("host.json");

        Assert.Equal("2.0", host.RootElement.GetProperty("version").GetString());
        Assert.Equal("", host.RootElement.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());
    }

    [Fact]
    public async Task What_the_host_answers_itself_has_the_pipelines_security_headers()
    {
        using var host = Read("host.json");

        using var response = await worker.Client.SendAsync("GET", "/healthz");

        Assert.Equal(
            response.Headers.Concat(response.Content.Headers)
                .Where(header => !OtherHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
                .Select(header => (header.Key, string.Join(", ", header.Value)))
                .Order(),
            host.RootElement.GetProperty("extensions").GetProperty("http").GetProperty("customHeaders").EnumerateObject()
                .Select(header => (header.Name, header.Value.GetString()!))
                .Order());
    }

    [Fact]
    public void Query_strings_stay_out_of_the_hosts_telemetry()
    {
        using var host = Read("host.json");
        var insights = host.RootElement.GetProperty("logging").GetProperty("applicationInsights");

        Assert.False(insights.GetProperty("enableQueryStringTracing").GetBoolean());
        Assert.False(insights.GetProperty("enableDependencyTracking").GetBoolean(), "The host's call to the worker repeats the whole URL.");
    }

    [Fact]
    public void Https_is_promised_for_as_long_as_the_pipeline_promises_it()
    {
        using var host = Read("host.json");
        var http = host.RootElement.GetProperty("extensions").GetProperty("http");
        var age = TimeSpan.Parse(http.GetProperty("hsts").GetProperty("maxAge").GetString()!, CultureInfo.InvariantCulture);

        Assert.True(http.GetProperty("hsts").GetProperty("isEnabled").GetBoolean());
        Assert.Equal(http.GetProperty("customHeaders").GetProperty("Strict-Transport-Security").GetString(), $"max-age={age.TotalSeconds}");
    }

    [Fact]
    public void The_host_refuses_nobody_in_the_gateways_place()
    {
        using var host = Read("host.json");
        var http = host.RootElement.GetProperty("extensions").GetProperty("http");

        Assert.Equal(-1, http.GetProperty("maxConcurrentRequests").GetInt32());
        Assert.Equal(-1, http.GetProperty("maxOutstandingRequests").GetInt32());
        Assert.False(http.GetProperty("dynamicThrottlesEnabled").GetBoolean());
    }

    [Fact]
    public void A_function_may_run_for_as_long_as_a_model_server_may_be_silent()
    {
        using var host = Read("host.json");

        Assert.True(
            TimeSpan.Parse(host.RootElement.GetProperty("functionTimeout").GetString()!, CultureInfo.InvariantCulture) >= TimeSpan.FromSeconds(3600),
            "The longest Upstreams__N__TimeoutSeconds: the host ends a function by restarting the worker.");
    }

    [Fact]
    public void The_host_sends_OpenTelemetry_and_writes_no_log_files()
    {
        using var host = Read("host.json");

        Assert.Equal("OpenTelemetry", host.RootElement.GetProperty("telemetryMode").GetString());
        Assert.Equal("never", host.RootElement.GetProperty("logging").GetProperty("fileLoggingMode").GetString());
        Assert.Equal("Warning", host.RootElement.GetProperty("logging").GetProperty("logLevel").GetProperty("default").GetString());
    }

    [Fact]
    public async Task The_sample_settings_must_be_completed_before_they_work()
    {
        using var sample = Read("local.settings.sample.json");
        var settings = sample.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(value => value.Name, value => value.Value.GetString());

        var failure = await Assert.ThrowsAsync<WorkerStartException>(() => FunctionsHost.StartAsync(settings));
        settings["Management__Key"] = WorkerSettings.ManagementKey;
        await using var completed = await FunctionsHost.StartAsync(settings);

        Assert.StartsWith("error: Management__Key ", Assert.Single(failure.Log), StringComparison.Ordinal);
        Assert.All(completed.Functions, function => Assert.Null(function.MissingSetting));
    }

    private static JsonDocument Read(string file) => JsonDocument.Parse(File.ReadAllText(Repository.Path(file)));
}
