using System.Net;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>The home directory of whoever runs the gateway is none of its places.</summary>
public abstract class HomeDirectoryTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Nothing_is_written_there()
    {
        using var home = new TemporaryDirectory();
        await using var host = await FrontDoors.StartAsync(new Dictionary<string, string?>
        {
            ["HOME"] = home.Path,
            ["USERPROFILE"] = home.Path,
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
            ["Upstreams__0__Name"] = "simulator",
            ["Upstreams__0__Kind"] = "Simulator",
            ["Upstreams__0__Models__0"] = "simulator",
        });
        using var response = await host.ChatAsync(await host.NewKeyAsync(), "Hello");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await host.ManageAsync(HttpMethod.Post, "/manage/rotation/run", null, HttpStatusCode.OK);

        Assert.Empty(Directory.EnumerateFileSystemEntries(home.Path, "*", SearchOption.AllDirectories));
    }
}
