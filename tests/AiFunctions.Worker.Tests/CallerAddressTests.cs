using System.Net;
using System.Text.Json;
using AiFunctions.Worker.Tests.Host;

namespace AiFunctions.Worker.Tests;

/// <summary>Whom the deployed app takes its callers for.</summary>
public sealed class CallerAddressTests(SharedWorker worker)
{
    private const string Invented = "203.0.113.9";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_caller_does_not_choose_its_address()
    {
        await using var host = await FunctionsHost.StartAsync(worker.Settings(AzuriteFixture.NewTablePrefix()));
        using var client = new WorkerClient(host);

        await BlockAsync(client, Invented);
        Assert.Equal("missing_credentials", await AskAsync(client));

        await BlockAsync(client, "127.0.0.1");
        Assert.Equal("temporarily_blocked", await AskAsync(client));
    }

    private static Task<JsonElement> BlockAsync(WorkerClient client, string address) =>
        client.ManageAsync("POST", "/manage/blocks", HttpStatusCode.Created, new { address, seconds = 600 });

    private static async Task<string?> AskAsync(WorkerClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models") { Headers = { { "X-Forwarded-For", Invented } } };
        using var response = await client.Http.SendAsync(request, Cancellation);
        return await ErrorCode.OfAsync(response);
    }
}
