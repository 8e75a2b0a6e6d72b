using AiFunctions.Gateway.Callers;
using AiFunctions.Worker.Tests.Double;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Worker.Tests;

/// <summary>Whom the deployed app takes its callers for.</summary>
public sealed class CallerAddressTests
{
    [Fact]
    public async Task The_platforms_front_end_is_believed()
    {
        await using var run = await TestRun.StartAsync();

        Assert.Equal(1, run.Services!.GetRequiredService<IOptions<CallerAddressOptions>>().Value.Proxies);
    }

    [Fact]
    public async Task The_settings_can_say_otherwise()
    {
        await using var run = await TestRun.StartAsync("--CallerAddress:Proxies=2");

        Assert.Equal(2, run.Services!.GetRequiredService<IOptions<CallerAddressOptions>>().Value.Proxies);
    }
}
