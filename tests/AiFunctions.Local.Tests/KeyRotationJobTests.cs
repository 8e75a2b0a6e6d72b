using System.Net;

namespace AiFunctions.Local.Tests;

/// <summary>The rotation job, and the schedule that Local itself runs it by.</summary>
public sealed class KeyRotationJobTests(AzuriteFixture azurite) : EndToEnd.KeyRotationJobTests(azurite)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_schedule_runs_it()
    {
        var prefix = AzuriteFixture.NewTablePrefix();
        var settings = Settings(prefix);
        settings["KeyRotation__Schedule"] = "* * * * * *";
        await using var host = await FrontDoors.StartAsync(settings);
        var (client, _) = await OldKeyAsync(host, prefix);

        var clock = System.Diagnostics.Stopwatch.StartNew();
        int keys;
        do
        {
            await Task.Delay(100, _cancelled);
            keys = (await host.ManageAsync(HttpMethod.Get, $"/manage/clients/{client}/keys", null, HttpStatusCode.OK)).GetProperty("data").GetArrayLength();
        }
        while (keys == 1 && clock.Elapsed < Longest);

        Assert.Equal(2, keys);
    }
}
