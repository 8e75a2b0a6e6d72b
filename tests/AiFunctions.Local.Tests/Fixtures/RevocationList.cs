using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Local.Tests.Fixtures;

/// <summary>A server that publishes an authority's list of revoked certificates.</summary>
internal sealed class RevocationList : IAsyncDisposable
{
    private readonly WebApplication _app;
    private byte[] _list = [];

    private RevocationList()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapGet("/list.crl", () => Results.Bytes(_list, "application/pkix-crl"));
    }

    /// <summary>Where certificates say that it is.</summary>
    public Uri Address => new(new Uri(_app.Urls.Single()), "/list.crl");

    /// <summary>Starts it with nothing to publish.</summary>
    public static async Task<RevocationList> StartAsync()
    {
        var list = new RevocationList();
        await list._app.StartAsync();
        return list;
    }

    /// <summary>Publishes that an authority has revoked a certificate.</summary>
    public void Publish(X509Certificate2 authority, X509Certificate2 revoked)
    {
        var builder = new CertificateRevocationListBuilder();
        builder.AddEntry(revoked, DateTimeOffset.UtcNow.AddMinutes(-5));
        _list = builder.Build(
            authority, crlNumber: 1, DateTimeOffset.UtcNow.AddDays(1), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1,
            DateTimeOffset.UtcNow.AddMinutes(-10));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
