using System.Text.Json;
using AiFunctions.Gateway;
using AiFunctions.Gateway.Jobs;
using AiFunctions.Worker.Tests.Host;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AiFunctions.Worker.Tests;

/// <summary>The timed jobs under the host's timers.</summary>
public sealed class TimerTests(SharedWorker worker)
{
    public static TheoryData<string> Jobs => ["AnomalyDetection", "KeyRotation"];

    [Fact]
    public async Task There_is_one_timer_for_each_job()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(WorkerSettings.With().Select(setting => KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), setting.Value)))
            .Build();
        await using var services = new ServiceCollection().AddLogging().AddAiGateway(configuration).BuildServiceProvider();

        var jobs = services.GetRequiredService<TimedJobs>().Names.Order(StringComparer.Ordinal).ToList();

        Assert.Equal(jobs, worker.Host.Functions.Where(function => function.IsTimer).Select(function => function.Name).Order(StringComparer.Ordinal));
        Assert.Equal(jobs, Jobs.Select(job => job.Data));
    }

    [Theory]
    [MemberData(nameof(Jobs))]
    public void A_timers_schedule_is_a_setting_that_the_sample_has(string name)
    {
        var timer = worker.Host.Functions.Single(function => function.Name == name);
        var sample = JsonElement.Parse(File.ReadAllText(Repository.Path("local.settings.sample.json")));

        Assert.Null(timer.MissingSetting);
        Assert.Equal(6, timer.Schedule!.Split(' ').Length);
        Assert.Equal(timer.Schedule, sample.GetProperty("Values").GetProperty($"{name}__Schedule").GetString());
        Assert.False(timer.Trigger.TryGetProperty("runOnStartup", out var run) && run.GetBoolean(), "It would run with every cold start.");
        Assert.True(!timer.Trigger.TryGetProperty("useMonitor", out var monitor) || monitor.GetBoolean());
    }

    [Theory]
    [MemberData(nameof(Jobs))]
    public async Task A_timer_runs_its_job(string name)
    {
        var run = await worker.Host.FireAsync(name);

        Assert.True(run.Result.Status == HostFunction.Success, run.Result.Exception?.Message);
    }

    [Fact]
    public async Task Without_its_setting_a_timer_is_disabled_and_without_storage_it_fails()
    {
        await using var host = await FunctionsHost.StartAsync(WorkerSettings.With(("AnomalyDetection__Schedule", null)));

        var run = await host.FireAsync("KeyRotation");

        Assert.NotEqual(HostFunction.Success, run.Result.Status);
        Assert.Contains("StorageUnavailableException", run.Result.Exception.Type + run.Result.Exception.Message + run.Result.Exception.StackTrace, StringComparison.Ordinal);
        Assert.Equal("AnomalyDetection:Schedule", host.Functions.Single(function => function.Name == "AnomalyDetection").MissingSetting);
        Assert.Contains(host.Log, line => line.Contains("'%AnomalyDetection:Schedule%' does not resolve to a value", StringComparison.Ordinal));
    }
}
