using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using AiFunctions.Local.Tests.Fixtures;

namespace AiFunctions.Local.Tests;

/// <summary>Client certificates as a way in, over real TLS.</summary>
public sealed class ClientCertificateTests(CertificateHosts hosts, AzuriteFixture azurite) : IClassFixture<CertificateHosts>
{
    private static readonly (HttpStatusCode, string?) Served = (HttpStatusCode.OK, null);
    private static readonly (HttpStatusCode, string?) NotTrusted = (HttpStatusCode.Unauthorized, "invalid_token");
    private static readonly (HttpStatusCode, string?) Missing = (HttpStatusCode.Unauthorized, "missing_credentials");

    public static TheoryData<string> Modes => ["Accept", "Require"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_registered_certificate_is_a_credential_until_it_is_removed(string mode)
    {
        var tls = Of(mode);
        var certificate = tls.Own(TestCertificates.Create("alice"));
        var client = await tls.Host.CreateClientAsync("alice", "pro");
        Assert.Equal(NotTrusted, await tls.AskAsync(certificate));

        var id = await tls.TrustAsync(client, certificate);
        Assert.Equal(Served, await tls.AskAsync(certificate));

        await tls.Host.ManageAsync(HttpMethod.Delete, $"/manage/clients/{client}/certificates/{id}", null, HttpStatusCode.NoContent);
        Assert.Equal(NotTrusted, await tls.AskAsync(certificate));
        await tls.Host.ManageAsync(HttpMethod.Delete, $"/manage/clients/{client}/certificates/{id}", null, HttpStatusCode.NotFound);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Without_a_certificate_the_answer_says_so(string mode)
    {
        Assert.Equal(Missing, await Of(mode).AskAsync(certificate: null));
        Assert.Equal(Served, await Of(mode).AskAsync(certificate: null, path: "/healthz"));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Of_two_certificates_with_the_same_name_one_is_registered(string mode)
    {
        var tls = Of(mode);
        var registered = tls.Own(TestCertificates.Create("twin"));
        await tls.TrustAsync(await tls.Host.CreateClientAsync("twin", "pro"), registered);

        Assert.Equal(NotTrusted, await tls.AskAsync(tls.Own(TestCertificates.Create("twin"))));
        Assert.Equal(Served, await tls.AskAsync(registered));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_certificate_counts_in_its_time_only(string mode)
    {
        var tls = Of(mode);
        var client = await tls.Host.CreateClientAsync("timely", "pro");
        var early = tls.Own(TestCertificates.Create("early", from: TimeSpan.FromHours(1)));
        var ending = tls.Own(TestCertificates.Create("ending", until: TimeSpan.FromSeconds(20)));
        await tls.TrustAsync(client, early);
        await tls.TrustAsync(client, ending);

        Assert.Equal(NotTrusted, await tls.AskAsync(early));
        Assert.Equal(NotTrusted, await tls.AskAsync(tls.Own(TestCertificates.Create("late", from: TimeSpan.FromDays(-2), until: TimeSpan.FromDays(-1)))));
        while (DateTime.Now <= ending.NotAfter)
        {
            await Task.Delay(100, Cancelled);
        }

        Assert.Equal(NotTrusted, await tls.AskAsync(ending));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task The_header_of_another_platform_is_not_looked_at(string mode)
    {
        var tls = Of(mode);
        var certificate = tls.Own(TestCertificates.Create("header"));
        await tls.TrustAsync(await tls.Host.CreateClientAsync("header", "pro"), certificate);

        Assert.Equal(Missing, await tls.AskAsync(null, header: ("X-ARR-ClientCert", Convert.ToBase64String(certificate.RawData))));
    }

    [Fact]
    public async Task Where_it_is_accepted_a_key_goes_before_it()
    {
        var tls = hosts.Accepting;
        var certificate = tls.Own(TestCertificates.Create("beside"));
        await tls.TrustAsync(await tls.Host.CreateClientAsync("beside", "pro"), certificate);
        var key = await tls.Host.NewKeyAsync();

        Assert.Equal(Served, await tls.AskAsync(certificate, key));
        Assert.Equal(Served, await tls.AskAsync(tls.Own(TestCertificates.Create("stranger")), key));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), await tls.AskAsync(certificate, "wrong"));
    }

    [Fact]
    public async Task Where_it_is_required_a_key_must_be_the_same_clients()
    {
        var tls = hosts.Requiring;
        var certificate = tls.Own(TestCertificates.Create("both"));
        var client = await tls.Host.CreateClientAsync("both", "pro");
        await tls.TrustAsync(client, certificate);
        var key = await tls.Host.IssueKeyAsync(client);
        var others = await tls.Host.NewKeyAsync();

        Assert.Equal(Served, await tls.AskAsync(certificate));
        Assert.Equal(Served, await tls.AskAsync(certificate, key));
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await tls.AskAsync(certificate, others));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), await tls.AskAsync(certificate, "wrong"));
        Assert.Equal(Missing, await tls.AskAsync(null, key));
        Assert.Equal(NotTrusted, await tls.AskAsync(tls.Own(TestCertificates.Create("stranger")), key));
    }

    [Fact]
    public async Task Where_it_is_required_a_token_must_be_the_same_clients()
    {
        await using var authority = await OidcProvider.StartAsync();
        await using var tls = await TlsHost.StartAsync(
            azurite,
            "Require",
            ("Authentication__Jwt__Authority", authority.Issuer),
            ("Authentication__Jwt__Audience", OidcProvider.Audience));
        var certificate = tls.Own(TestCertificates.Create("token"));
        var client = await tls.Host.CreateClientAsync("token", "pro");
        await tls.TrustAsync(client, certificate);
        var token = await authority.ApplicationTokenAsync("app");

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await tls.AskAsync(certificate, token));
        await tls.Host.ManageAsync(HttpMethod.Patch, $"/manage/clients/{client}", new { application = "app" }, HttpStatusCode.OK);
        Assert.Equal(Served, await tls.AskAsync(certificate, token));
        Assert.Equal(Missing, await tls.AskAsync(null, token));
        Assert.Equal(NotTrusted, await tls.AskAsync(certificate, token[..^9]));
    }

    [Fact]
    public async Task Where_the_settings_name_roots_a_chain_must_lead_to_one()
    {
        using var directory = new TemporaryDirectory();
        using var authority = TestCertificates.CreateAuthority("root");
        using var elsewhere = TestCertificates.CreateAuthority("root");
        var roots = Path.Combine(directory.Path, "roots.pem");
        await File.WriteAllTextAsync(roots, authority.ExportCertificatePem(), Cancelled);
        await using var tls = await TlsHost.StartAsync(
            azurite,
            "Accept",
            ("Authentication__ClientCertificates__ChainTrust", "CustomRoots"),
            ("Authentication__ClientCertificates__TrustedRoots__0", roots));
        var client = await tls.Host.CreateClientAsync("chains", "pro");
        var signed = tls.Own(TestCertificates.Create("signed", issuer: authority));
        var signedElsewhere = tls.Own(TestCertificates.Create("signed", issuer: elsewhere));
        var own = tls.Own(TestCertificates.Create("own"));

        Assert.Equal(NotTrusted, await tls.AskAsync(signed)); // the root alone is not enough
        foreach (var certificate in new[] { signed, signedElsewhere, own })
        {
            await tls.TrustAsync(client, certificate);
        }

        Assert.Equal(Served, await tls.AskAsync(signed));
        Assert.Equal(NotTrusted, await tls.AskAsync(signedElsewhere));
        Assert.Equal(NotTrusted, await tls.AskAsync(own));
    }

    [Fact]
    public async Task Where_revocations_are_checked_the_authoritys_list_is_asked_and_must_be_there()
    {
        using var directory = new TemporaryDirectory();
        using var authority = TestCertificates.CreateAuthority("root");
        await using var list = await RevocationList.StartAsync();
        var roots = Path.Combine(directory.Path, "roots.pem");
        await File.WriteAllTextAsync(roots, authority.ExportCertificatePem(), Cancelled);
        await using var tls = await TlsHost.StartAsync(
            azurite,
            "Accept",
            ("Authentication__ClientCertificates__ChainTrust", "CustomRoots"),
            ("Authentication__ClientCertificates__TrustedRoots__0", roots),
            ("Authentication__ClientCertificates__CheckRevocation", "true"),
            ("HOME", directory.Path)); // where the system keeps lists that it has fetched
        var client = await tls.Host.CreateClientAsync("revocations", "pro");
        var good = tls.Own(TestCertificates.Create("good", issuer: authority, revocations: list.Address));
        var revoked = tls.Own(TestCertificates.Create("revoked", issuer: authority, revocations: list.Address));
        var unknown = tls.Own(TestCertificates.Create("unknown", issuer: authority, revocations: new Uri(list.Address, "/gone")));
        list.Publish(authority, revoked);
        foreach (var certificate in new[] { good, revoked, unknown })
        {
            await tls.TrustAsync(client, certificate);
        }

        Assert.Equal(Served, await tls.AskAsync(good));
        Assert.Equal(NotTrusted, await tls.AskAsync(revoked));
        Assert.Equal(NotTrusted, await tls.AskAsync(unknown));
    }

    [Fact]
    public async Task A_removed_certificate_is_dead_on_every_host_within_30_seconds()
    {
        var prefix = AzuriteFixture.NewTablePrefix();
        await using var here = await TlsHost.StartAsync(azurite, "Accept", ("Storage__TablePrefix", prefix));
        await using var elsewhere = await TlsHost.StartAsync(azurite, "Accept", ("Storage__TablePrefix", prefix));
        var certificate = here.Own(TestCertificates.Create("two hosts"));
        var client = await here.Host.CreateClientAsync("two hosts", "pro");
        var id = await here.TrustAsync(client, certificate);
        Assert.Equal(Served, await elsewhere.AskAsync(certificate));

        var clock = Stopwatch.StartNew();
        await here.Host.ManageAsync(HttpMethod.Delete, $"/manage/clients/{client}/certificates/{id}", null, HttpStatusCode.NoContent);
        Assert.Equal(NotTrusted, await here.AskAsync(certificate));
        while (await elsewhere.AskAsync(certificate) == Served)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(90), "The certificate still counts elsewhere.");
            await Task.Delay(500, Cancelled);
        }
    }

    [Fact]
    public async Task Untrusted_certificates_count_towards_a_block()
    {
        await using var tls = await TlsHost.StartAsync(azurite, "Accept", ("AbuseBlocking__Violations", "5"));
        var stranger = tls.Own(TestCertificates.Create("stranger"));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(NotTrusted, await tls.AskAsync(stranger));
        }

        Assert.Equal((HttpStatusCode.Forbidden, "temporarily_blocked"), await tls.AskAsync(stranger));
    }

    [Fact]
    public async Task Certificates_are_listed_and_end_with_their_client()
    {
        var tls = hosts.Accepting;
        var client = await tls.Host.CreateClientAsync("list", "pro");
        var other = await tls.Host.CreateClientAsync("other", "pro");
        X509Certificate2[] certificates = [tls.Own(TestCertificates.Create("a")), tls.Own(TestCertificates.Create("b")), tls.Own(TestCertificates.Create("c"))];
        foreach (var certificate in certificates)
        {
            Assert.Equal(await tls.TrustAsync(client, certificate), await tls.TrustAsync(client, certificate)); // again is the same
        }

        var path = $"/manage/clients/{client}/certificates";
        var first = await tls.Host.ManageAsync(HttpMethod.Get, path + "?limit=2", null, HttpStatusCode.OK);
        var second = await tls.Host.ManageAsync(HttpMethod.Get, $"{path}?limit=2&cursor={first.GetProperty("next_cursor").GetString()}", null, HttpStatusCode.OK);
        var listed = first.GetProperty("data").EnumerateArray().Concat(second.GetProperty("data").EnumerateArray()).ToList();
        Assert.Equal(
            certificates.Select(certificate => certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant()).Order(),
            listed.Select(item => item.GetProperty("id").GetString()));
        Assert.All(listed, item => Assert.False(item.TryGetProperty("subject", out _)));
        Assert.Equal(certificates[0].NotAfter.ToUniversalTime(), listed[0].GetProperty("expires_at").GetDateTimeOffset().UtcDateTime, TimeSpan.FromMinutes(1));

        var taken = await tls.Host.ManageAsync(
            HttpMethod.Post, $"/manage/clients/{other}/certificates", new { pem = certificates[0].ExportCertificatePem() }, HttpStatusCode.BadRequest);
        Assert.Equal("pem", taken.GetProperty("error").GetProperty("param").GetString());
        var id = listed[0].GetProperty("id").GetString();
        await tls.Host.ManageAsync(HttpMethod.Delete, $"/manage/clients/{other}/certificates/{id}", null, HttpStatusCode.NotFound);
        await tls.Host.ManageAsync(HttpMethod.Delete, $"{path}/nonsense", null, HttpStatusCode.NotFound);
        await tls.Host.ManageAsync(HttpMethod.Get, "/manage/clients/nobody/certificates", null, HttpStatusCode.NotFound);

        Assert.Equal(Served, await tls.AskAsync(certificates[0]));
        await tls.Host.ManageAsync(HttpMethod.Delete, $"/manage/clients/{client}", null, HttpStatusCode.NoContent);
        Assert.Equal(NotTrusted, await tls.AskAsync(certificates[0]));
        await tls.TrustAsync(other, certificates[0]);
        Assert.Equal(Served, await tls.AskAsync(certificates[0]));
    }

    [Fact]
    public async Task What_a_crash_leaves_of_a_deleted_client_opens_nothing_and_makes_way()
    {
        var prefix = AzuriteFixture.NewTablePrefix();
        await using var tls = await TlsHost.StartAsync(azurite, "Accept", ("Storage__TablePrefix", prefix));
        var certificate = tls.Own(TestCertificates.Create("left behind"));
        var client = await tls.Host.CreateClientAsync("deleted", "pro");
        await tls.TrustAsync(client, certificate);
        await azurite.Tables().GetTableClient(prefix + "Clients").DeleteEntityAsync(client, "client", cancellationToken: Cancelled);

        Assert.Equal(NotTrusted, await tls.AskAsync(certificate));
        await tls.TrustAsync(await tls.Host.CreateClientAsync("next", "pro"), certificate);
        Assert.Equal(Served, await tls.AskAsync(certificate));
    }

    [Fact]
    public async Task What_is_no_certificate_for_a_client_is_refused()
    {
        var tls = hosts.Accepting;
        var client = await tls.Host.CreateClientAsync("bad", "pro");
        using var good = TestCertificates.Create("good");
        using var old = TestCertificates.Create("old", from: TimeSpan.FromDays(-2), until: TimeSpan.FromDays(-1));
        using var weak = TestCertificates.Create("weak", bits: 1024);
        using var server = TestCertificates.Create("server", use: TestCertificates.ServerAuthentication);
        using var ancient = TestCertificates.Create("ancient", from: new DateTimeOffset(1500, 1, 1, 0, 0, 0, TimeSpan.Zero) - DateTimeOffset.UtcNow);
        using var key = good.GetRSAPrivateKey()!;
        var pem = good.ExportCertificatePem();
        object?[] bad =
        [
            new { pem = key.ExportPkcs8PrivateKeyPem() },
            new { pem = pem + "\n" + key.ExportPkcs8PrivateKeyPem() },
            new { pem = pem + "\n" + key.ExportRSAPrivateKeyPem() },
            new { pem = pem + "\n" + pem },
            new { pem = pem + "\n-----BEGIN CERTIFICATE-----\nAAAA" },
            new { pem = key.ExportSubjectPublicKeyInfoPem() },
            new { pem = good.ExportCertificatePem().Replace("MII", "MIJ", StringComparison.Ordinal) },
            new { pem = System.Security.Cryptography.PemEncoding.WriteString("CERTIFICATE", [.. good.RawData, 0]) },
            new { pem = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----" },
            new { pem = Convert.ToBase64String(good.RawData) },
            new { pem = old.ExportCertificatePem() },
            new { pem = weak.ExportCertificatePem() },
            new { pem = server.ExportCertificatePem() },
            new { pem = TestCertificates.WithUnreadableUse() },
            new { pem = TestCertificates.WithUnreadableKey() },
            new { pem = ancient.ExportCertificatePem() },
            new { pem = "" },
            new { pem = new string('a', 20_000) },
            new { pem = 1 },
            new { pem = (string?)null },
            new { pem, other = 1 },
            new { },
        ];
        foreach (var body in bad)
        {
            var refused = await tls.Host.ManageAsync(HttpMethod.Post, $"/manage/clients/{client}/certificates", body, HttpStatusCode.BadRequest);
            Assert.Equal("invalid_request", refused.GetProperty("error").GetProperty("code").GetString());
        }

        Assert.Empty((await tls.Host.ManageAsync(HttpMethod.Get, $"/manage/clients/{client}/certificates", null, HttpStatusCode.OK)).GetProperty("data").EnumerateArray());
        await tls.Host.ManageAsync(HttpMethod.Post, "/manage/clients/nobody/certificates", new { pem }, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("Accept", "curl --insecure https://127.0.0.1:")]
    [InlineData("Require", "curl --insecure --cert client.pem --key client.key https://127.0.0.1:")]
    public async Task The_command_to_paste_fits_the_address(string mode, string begin)
    {
        await using var tls = await TlsHost.StartAsync(azurite, mode, ("Local__DemoClient", "true"));
        var command = Assert.Single(tls.Host.Output.Split('\n'), line => line.StartsWith("curl ", StringComparison.Ordinal));

        Assert.StartsWith(begin, command, StringComparison.Ordinal);
        Assert.Contains($"AiFunctions is listening on {tls.Host.BaseAddress.AbsoluteUri.TrimEnd('/')}\n", tls.Host.Output, StringComparison.Ordinal);
        var key = command.Split("Bearer ")[1].Split('"')[0];
        using var certificate = TestCertificates.Create("demo");
        await tls.TrustAsync("demo", certificate);
        Assert.Equal(Served, await tls.AskAsync(certificate, key));
    }

    [Fact]
    public async Task A_key_works_over_plain_http_where_certificates_are_only_accepted()
    {
        await using var host = await LocalHost.StartAsync(new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
            ["Authentication__ClientCertificates__Mode"] = "Accept",
        });
        using var answer = await host.ChatAsync(await host.NewKeyAsync(), "Hello");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private TlsHost Of(string mode) => mode == "Accept" ? hosts.Accepting : hosts.Requiring;
}
