using AiFunctions.Worker.Tests.Double;

namespace AiFunctions.Worker.Tests;

public sealed class StartTests
{
    [Theory]
    [InlineData("--Management:Key=too-short", "Management__Key must have at least 32 characters.")] // refused by its validator
    [InlineData("--InputGuard:BlockThreshold=my secret", "InputGuard__BlockThreshold must be of another type.")] // refused by the binder
    public async Task A_bad_setting_ends_the_worker_with_one_clear_line(string setting, string line) =>
        Assert.Equal([line], await TestRun.FailAsync(setting));
}
