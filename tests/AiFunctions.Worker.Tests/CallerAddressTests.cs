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

        Assert.True(run.Services!.GetRequiredService<IOptions<CallerAddressOptions>>().Value.AzureFrontEnd);
    }

    [Fact]
    public async Task The_settings_can_say_otherwise()
    {
        await using var run = await TestRun.StartAsync("--CallerAddress:AzureFrontEnd=false");

        Assert.False(run.Services!.GetRequiredService<IOptions<CallerAddressOptions>>().Value.AzureFrontEnd);
    }
}
