using System.Net;
using AiFunctions.Worker.Tests.Host;

namespace AiFunctions.Worker.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task Thin()
    {
        await using var host = await FunctionsHost.StartAsync(new Dictionary<string, string?> { ["Storage__ConnectionString"] = "UseDevelopmentStorage=true", ["Management__Key"] = new string('k', 40), ["Upstreams__0__Name"] = "s", ["Upstreams__0__Kind"] = "Simulator", ["Upstreams__0__Models__0"] = "*" });
        using var client = new HttpClient { BaseAddress = host.Address };
        foreach (var (m, p) in new[] { ("GET", "/v1/models"), ("HEAD", "/v1/models"), ("PUT", "/v1/models"), ("GET", "/nowhere"), ("GET", "/nowhere?api_key=x"), ("GET", "/manage/clients"), ("GET", "/manage/nowhere"), ("GET", "/healthz"), ("OPTIONS", "/v1/models"), ("GET", "/") })
        {
            using var r = await client.SendAsync(new HttpRequestMessage(new HttpMethod(m), p), TestContext.Current.CancellationToken);
            Console.WriteLine($"{m} {p} {r.StatusCode} {r.Content.Headers.Allow.FirstOrDefault()} {await r.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
        }
        Console.WriteLine(string.Join('\n', host.Log));
    }
}
