using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiFunctions.Worker.Tests.Double;

namespace AiFunctions.Worker.Tests;

/// <summary>When the deployed app believes the header that Azure's front end passes certificates on in.</summary>
public sealed class ClientCertificateTests
{
    private const string Header = "X-ARR-ClientCert";
    private const string On = "--Authentication:ClientCertificates:Mode=Require";
    private const string Trusted = "--Authentication:ClientCertificates:TrustForwardedHeader=true";
    private const string Platform = "WEBSITE_INSTANCE_ID";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_counts_inside_Azure_only()
    {
        await using (var laptop = await TestRun.StartAsync(On, Trusted))
        {
            Assert.Equal("missing_credentials", await AskAsync(laptop, "AAAA"));
        }

        // No other test looks at certificates, so none minds the variable.
        Environment.SetEnvironmentVariable(Platform, "0a1b");
        try
        {
            await using var azure = await TestRun.StartAsync(On, Trusted);
            Assert.Equal("storage_unavailable", await AskAsync(azure, "AAAA")); // it is looked up, and these tests have no storage
            Assert.Equal("invalid_token", await AskAsync(azure, "no base64"));
            Assert.Equal("missing_credentials", await AskAsync(azure, null));

            Assert.Contains("Authentication__ClientCertificates__TrustForwardedHeader", Assert.Single(await TestRun.FailAsync(On)), StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Platform, null);
        }
    }

    private static async Task<string?> AskAsync(TestRun run, string? certificate)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        if (certificate is not null)
        {
            request.Headers.TryAddWithoutValidation(Header, certificate);
        }

        using var response = await run.Client.SendAsync(request, Cancelled);
        Assert.NotEqual(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("error").GetProperty("code").GetString();
    }
}
