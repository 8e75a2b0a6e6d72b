using System.Net;
using System.Net.Http.Json;
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
        await using var host = await FunctionsHost.StartAsync(WorkerSettings.With(
            ("Storage__ConnectionString", worker.ConnectionString), ("Storage__TablePrefix", AzuriteFixture.NewTablePrefix())));
        using var client = new HttpClient(host.CreateHandler()) { BaseAddress = host.Address };

        await BlockAsync(client, Invented);
        Assert.Equal("missing_credentials", await AskAsync(client));

        await BlockAsync(client, "127.0.0.1");
        Assert.Equal("temporarily_blocked", await AskAsync(client));
    }

    private static async Task BlockAsync(HttpClient client, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/manage/blocks")
        {
            Headers = { Authorization = new("Bearer", WorkerSettings.ManagementKey) },
            Content = JsonContent.Create(new { address, seconds = 600 }),
        };
        using var response = await client.SendAsync(request, Cancellation);
        Assert.True(response.StatusCode == HttpStatusCode.Created, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private static async Task<string?> AskAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models") { Headers = { { "X-Forwarded-For", Invented } } };
        using var response = await client.SendAsync(request, Cancellation);
        return await ErrorCode.OfAsync(response);
    }
}
