using AiFunctions.Worker.Tests.Host;

namespace AiFunctions.Worker.Tests;

public sealed class StartTests
{
    [Theory]
    [InlineData("Management__Key", "too-short", "error: Management__Key must have at least 32 characters.")] // refused by its validator
    [InlineData("InputGuard__BlockThreshold", "my secret", "error: InputGuard__BlockThreshold must be of another type.")] // refused by the binder
    public async Task A_bad_setting_ends_the_worker_with_one_clear_line_in_the_hosts_log(string setting, string value, string line)
    {
        var failure = await Assert.ThrowsAsync<WorkerStartException>(() => FunctionsHost.StartAsync(WorkerSettings.With((setting, value))));

        Assert.Equal(1, failure.ExitCode);
        Assert.Equal([line], failure.Log);
    }
}
