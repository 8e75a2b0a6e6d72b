using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace AiFunctions.Local.Tests.Fixtures;

/// <summary>A host that listens on https and takes client certificates.</summary>
internal sealed class TlsHost : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<IDisposable> _owned = [];
    private readonly X509Certificate2 _server = TestCertificates.Create("server", use: TestCertificates.ServerAuthentication);

    public LocalHost Host { get; private set; } = null!;

    public static async Task<TlsHost> StartAsync(AzuriteFixture azurite, string mode, params (string Name, string? Value)[] settings)
    {
        var tls = new TlsHost();
        var path = Path.Combine(tls._directory.Path, "server.pfx");
        await File.WriteAllBytesAsync(path, tls._server.Export(X509ContentType.Pkcs12, "of the tests"));
        var all = new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
            ["Upstreams__0__Name"] = "simulator",
            ["Upstreams__0__Kind"] = "Simulator",
            ["Upstreams__0__Models__0"] = "simulator",
            ["Kestrel__Certificates__Default__Path"] = path,
            ["Kestrel__Certificates__Default__Password"] = "of the tests",
            ["Authentication__ClientCertificates__Mode"] = mode,
        };
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        tls.Host = await LocalHost.StartAsync(all, tls._directory.Path, "https://127.0.0.1:0", TestCertificates.Handler(tls._server, client: null));
        return tls;
    }

    /// <summary>Has a client trusted by a certificate.</summary>
    /// <returns>The certificate's id.</returns>
    public async Task<string> TrustAsync(string client, X509Certificate2 certificate)
    {
        var added = await Host.ManageAsync(
            HttpMethod.Post, $"/manage/clients/{client}/certificates", new { pem = certificate.ExportCertificatePem() }, HttpStatusCode.Created);
        return added.GetProperty("id").GetString()!;
    }

    /// <summary>Asks for the models with a certificate, a key and a header, or without.</summary>
    public async Task<(HttpStatusCode Status, string? Code)> AskAsync(
        X509Certificate2? certificate, string? bearer = null, (string Name, string Value)? header = null, string path = "/v1/models")
    {
        // A connection of its own: the certificate is shown when one is made.
        using var http = new HttpClient(new SlowStorageHandler(TestCertificates.Handler(_server, certificate))) { BaseAddress = Host.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (bearer is not null)
        {
            request.Headers.Authorization = new("Bearer", bearer);
        }

        if (header is { } given)
        {
            request.Headers.TryAddWithoutValidation(given.Name, given.Value);
        }

        using var response = await http.SendAsync(request);
        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, body.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null);
    }

    public X509Certificate2 Own(X509Certificate2 certificate)
    {
        _owned.Add(certificate);
        return certificate;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _owned.ForEach(owned => owned.Dispose());
        _server.Dispose();
        _directory.Dispose();
    }
}
