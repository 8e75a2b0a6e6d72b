using System.Globalization;
using System.Net;
using System.Text.Json;
using AiFunctions.Worker.Tests.Host;

namespace AiFunctions.Worker.Tests;

/// <summary>Whom the deployed app takes its callers for, behind Azure's front end and the host.</summary>
public sealed class CallerAddressTests(SharedWorker worker)
{
    private const string Invented = "203.0.113.9";
    private const string Real = "198.51.100.7";
    private const string Stranger = "198.51.100.8";
    private const string FrontEnd = "10.0.128.5";

    /// <summary>Everything that a caller may claim in X-Forwarded-For, and what versions of the host make of the header.</summary>
    private static readonly string?[] Claims =
    [
        null,
        Invented,
        $"{Invented}:4711",
        $"{Invented}, {Real}",
        $"{Invented}, {Real}:50000",
        $"{Invented}, {Real}:50000, {FrontEnd}",
        $"{Invented}, {Real}:50000, {FrontEnd}:8080",
        $"{Real}, {Invented}",
        $"{Real}, {Invented}, 127.0.0.1",
        "127.0.0.1",
        "::1",
        "unknown, , nonsense",
    ];

    [Fact]
    public async Task A_caller_is_who_the_front_end_says_whatever_the_caller_claims()
    {
        await using var host = await FunctionsHost.StartAsync(worker.Settings(AzuriteFixture.NewTablePrefix()));
        using var client = new WorkerClient(host);

        foreach (var other in new[] { Invented, Stranger, FrontEnd, "127.0.0.1" })
        {
            await BlockAsync(client, other);
        }

        foreach (var claim in Claims)
        {
            Assert.Equal((claim, "missing_credentials"), (claim, await AskAsync(client, Real, claim)));
        }

        await BlockAsync(client, Real);
        foreach (var claim in Claims)
        {
            Assert.Equal((claim, "temporarily_blocked"), (claim, await AskAsync(client, Real, claim)));
        }
    }

    [Fact]
    public async Task A_block_is_neither_evaded_nor_shared()
    {
        await using var host = await FunctionsHost.StartAsync(worker.Settings(AzuriteFixture.NewTablePrefix()));
        using var client = new WorkerClient(host);
        await BlockAsync(client, Real);

        for (var i = 0; i < 20; i++)
        {
            var claim = string.Create(CultureInfo.InvariantCulture, $"203.0.113.{i}");
            Assert.Equal("temporarily_blocked", await AskAsync(client, Real, claim));
            Assert.Equal("missing_credentials", await AskAsync(client, Stranger, claim));
            Assert.Equal("missing_credentials", await AskAsync(client, Stranger, Real));
        }
    }

    [Fact]
    public async Task The_settings_can_say_that_there_is_no_front_end()
    {
        await using var host = await FunctionsHost.StartAsync(worker.Settings(AzuriteFixture.NewTablePrefix(), ("CallerAddress__AzureFrontEnd", "false")));
        using var client = new WorkerClient(host);

        await BlockAsync(client, Real);
        Assert.Equal("missing_credentials", await AskAsync(client, Real, Real));

        await BlockAsync(client, "127.0.0.1");
        Assert.Equal("temporarily_blocked", await AskAsync(client, Real, Real));
    }

    private static Task<JsonElement> BlockAsync(WorkerClient client, string address) =>
        client.ManageAsync("POST", "/manage/blocks", HttpStatusCode.Created, new { address, seconds = 600 });

    // As Azure's front end passes a request on: it writes its caller over any CLIENT-IP.
    private static async Task<string?> AskAsync(WorkerClient client, string caller, string? claim)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation("CLIENT-IP", $"{caller}:50001");
        if (claim is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", claim);
        }

        using var response = await client.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await ErrorCode.OfAsync(response);
    }
}
