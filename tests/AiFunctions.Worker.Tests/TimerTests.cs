using System.Text.Json;
using AiFunctions.Gateway.Jobs;
using AiFunctions.Gateway.Storage;
using AiFunctions.Worker.Tests.Double;
using Microsoft.Extensions.DependencyInjection;

namespace AiFunctions.Worker.Tests;

public sealed class TimerTests
{
    public static TheoryData<string> Timers => [.. DoubleTimer.All.Select(timer => timer.Name)];

    [Fact]
    public async Task There_is_one_timer_for_each_job_and_every_function_has_a_trigger()
    {
        await using var run = await TestRun.StartAsync();

        Assert.Equal(
            run.Services!.GetRequiredService<TimedJobs>().Names.Order(StringComparer.Ordinal),
            DoubleTimer.All.Select(timer => timer.Name).Order(StringComparer.Ordinal));
        Assert.Equal(DoubleFunction.Methods.Count, DoubleFunction.All.Count + DoubleTimer.All.Count);
        Assert.Equal(
            DoubleFunction.Methods.Count,
            DoubleFunction.Methods.Select(method => (method.DeclaringType, method.Name)).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Timers))]
    public void A_timers_schedule_is_a_setting_that_the_sample_has(string name)
    {
        // The host resolves %...% from app settings of exactly that name; one that is missing keeps the function from being loaded.
        var schedule = Timer(name).Trigger.Schedule;
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "local.settings.sample.json")));

        Assert.Equal($"%{name}__Schedule%", schedule);
        Assert.True(sample.RootElement.GetProperty("Values").TryGetProperty(schedule.Trim('%'), out var value));
        Assert.Equal(6, value.GetString()!.Split(' ').Length);
        Assert.False(Timer(name).Trigger.RunOnStartup, "It would run with every cold start.");
        Assert.True(Timer(name).Trigger.UseMonitor);
    }

    [Theory]
    [MemberData(nameof(Timers))]
    public async Task A_timer_runs_its_job(string name)
    {
        await using var run = await TestRun.StartAsync();
        var context = new InvocationContext(Timer(name), run.Services!, incoming: null);

        // There is no storage to be reached, which is for the job to find out.
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Timer(name).InvokeAsync(context, TestContext.Current.CancellationToken));
    }

    private static DoubleTimer Timer(string name) => DoubleTimer.All.Single(timer => timer.Name == name);
}
