using System.Net;
using System.Text.Json;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>A management API that is closed but to the operators' networks.</summary>
public abstract class ManagementNetworkTests(AzuriteFixture azurite)
{
    private const string Header = "X-Socket-Address";
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_callers_of_the_networks_named_reach_it()
    {
        await using var host = await StartAsync();

        foreach (var address in new[] { "203.0.113.9", "::ffff:203.0.113.9", "2001:db8::1" })
        {
            Assert.Equal((HttpStatusCode.OK, null), await AskAsync(host, "/manage/clients", address, host.ManagementKey));
            Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(host, "/manage/clients", address, key: null)).Status);
        }

        foreach (var address in new[] { "203.0.114.9", "198.51.100.1", "2001:db9::1", null })
        {
            foreach (var path in new[] { "/manage/clients", "/MANAGE/clients", "/manage/nothing", "/manage", "/console" })
            {
                Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await AskAsync(host, path, address, host.ManagementKey));
            }

            Assert.Equal(HttpStatusCode.OK, (await AskAsync(host, "/healthz", address, key: null)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(host, "/management", address, key: null)).Status);
        }
    }

    [Fact]
    public async Task No_credential_of_theirs_is_looked_at_or_counted()
    {
        await using var host = await StartAsync(violations: 5);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await AskAsync(host, "/manage/clients", "198.51.100.1", "a wrong key"));
        }

        // The address is not blocked.
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), await AskAsync(host, "/v1/models", "198.51.100.1", "aif_wrong"));
    }

    private async Task<FrontDoor> StartAsync(int violations = 0) => await FrontDoors.StartAsync(new Dictionary<string, string?>
    {
        ["Storage__ConnectionString"] = azurite.ConnectionString,
        ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
        ["Upstreams__0__Name"] = "simulator",
        ["Upstreams__0__Kind"] = "Simulator",
        ["Upstreams__0__Models__0"] = "simulator",
        ["Management__AllowedNetworks__0"] = "203.0.113.0/24",
        ["Management__AllowedNetworks__1"] = "2001:db8::/32",
        ["CallerAddress__Header"] = Header,
        ["AbuseBlocking__Violations"] = violations.ToString(System.Globalization.CultureInfo.InvariantCulture),
    });

    private async Task<(HttpStatusCode Status, string? Code)> AskAsync(FrontDoor host, string path, string? address, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (address is not null)
        {
            request.Headers.Add(Header, address);
        }

        if (key is not null)
        {
            request.Headers.Authorization = new("Bearer", key);
        }

        using var response = await host.Http.SendAsync(request, _cancelled);
        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync(_cancelled));
        return (response.StatusCode, body.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null);
    }
}
