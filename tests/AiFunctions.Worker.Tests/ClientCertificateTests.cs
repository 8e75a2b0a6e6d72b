using AiFunctions.Worker.Tests.Host;

namespace AiFunctions.Worker.Tests;

/// <summary>When the deployed app believes the header that Azure's front end passes certificates on in.</summary>
public sealed class ClientCertificateTests
{
    private static readonly (string Name, string? Value) On = ("Authentication__ClientCertificates__Mode", "Require");
    private static readonly (string Name, string? Value) Trusted = ("Authentication__ClientCertificates__TrustForwardedHeader", "true");
    private static readonly (string Name, string? Value) Platform = ("WEBSITE_INSTANCE_ID", "0a1b");

    [Fact]
    public async Task It_does_not_count_outside_Azure()
    {
        await using var host = await FunctionsHost.StartAsync(WorkerSettings.With(On, Trusted));

        Assert.Equal("missing_credentials", await AskAsync(host, "AAAA"));
    }

    [Fact]
    public async Task It_counts_inside_Azure()
    {
        await using var host = await FunctionsHost.StartAsync(WorkerSettings.With(On, Trusted, Platform));

        Assert.Equal("storage_unavailable", await AskAsync(host, "AAAA")); // it is looked up, and this worker has no storage
        Assert.Equal("invalid_token", await AskAsync(host, "no base64"));
        Assert.Equal("missing_credentials", await AskAsync(host, null));
    }

    [Fact]
    public async Task Inside_Azure_it_must_be_said_that_the_header_is_believed()
    {
        var failure = await Assert.ThrowsAsync<WorkerStartException>(() => FunctionsHost.StartAsync(WorkerSettings.With(On, Platform)));

        Assert.Contains("Authentication__ClientCertificates__TrustForwardedHeader", Assert.Single(failure.Log), StringComparison.Ordinal);
    }

    private static async Task<string?> AskAsync(FunctionsHost host, string? certificate)
    {
        using var client = new HttpClient(host.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://gateway/v1/models");
        if (certificate is not null)
        {
            request.Headers.TryAddWithoutValidation("X-ARR-ClientCert", certificate);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return await ErrorCode.OfAsync(response);
    }
}
