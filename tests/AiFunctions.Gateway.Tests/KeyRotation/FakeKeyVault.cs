using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiFunctions.Gateway.KeyRotation;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiFunctions.Gateway.Tests.KeyRotation;

/// <summary>Key Vault's REST interface for secrets, over HTTPS: the challenge, listing versions, and setting a secret.</summary>
/// <remarks>Reading a value is refused, as by an identity that has no <c>secrets/get</c>.</remarks>
internal sealed class FakeKeyVault : IAsyncDisposable
{
    private const string Token = "token-of-the-tests";

    private readonly WebApplication _server;
    private readonly X509Certificate2 _certificate;
    private int _challenges;

    private FakeKeyVault()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    /// <summary>The versions set, in order.</summary>
    public ConcurrentQueue<(string Name, string Value, string? KeyId, long? Expires)> Versions { get; } = new();

    /// <summary>Whether it answers 503.</summary>
    public bool IsDown { get; set; }

    /// <summary>Whether it takes a secret and then fails to say so.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>What a secret that is set waits for.</summary>
    public Func<Task> BeforeSet { get; set; } = () => Task.CompletedTask;

    public int Challenges => _challenges;

    public static async Task<FakeKeyVault> StartAsync()
    {
        var vault = new FakeKeyVault();
        await vault._server.StartAsync();
        return vault;
    }

    public KeyVaultDelivery NewDelivery()
    {
        var options = new SecretClientOptions
        {
            DisableChallengeResourceVerification = true, // it is no vault.azure.net
            Transport = new HttpClientTransport(new HttpClientHandler
            {
                ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate?.Thumbprint == _certificate.Thumbprint,
            }),
            Retry = { MaxRetries = 0 },
        };
        return new KeyVaultDelivery(new SecretClient(new Uri(_server.Urls.Single()), new FakeCredential(), options), NullLogger<KeyVaultDelivery>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization != "Bearer " + Token)
        {
            Interlocked.Increment(ref _challenges);
            context.Response.Headers.WWWAuthenticate = "Bearer authorization=\"https://login.example/tenant\", resource=\"https://vault.azure.net\"";
            context.Response.StatusCode = 401;
            return;
        }

        if (IsDown)
        {
            context.Response.StatusCode = 503;
            return;
        }

        var parts = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (context.Request.Method, parts)
        {
            case ("GET", ["secrets", var name, "versions"]):
                var known = Versions.Where(version => version.Name == name).Select((version, i) => Describe(context, version, i)).ToArray<JsonNode?>();
                await context.Response.WriteAsJsonAsync(new JsonObject { ["value"] = new JsonArray(known), ["nextLink"] = null });
                break;
            case ("PUT", ["secrets", var name]):
                await BeforeSet();
                var body = (await JsonSerializer.DeserializeAsync<JsonObject>(context.Request.Body))!;
                var set = (name, (string)body["value"]!, (string?)body["tags"]?["key_id"], (long?)body["attributes"]?["exp"]);
                Versions.Enqueue(set);
                if (LosesAnswers)
                {
                    context.Abort();
                    return;
                }

                var answer = Describe(context, set, Versions.Count);
                answer["value"] = set.Item2;
                await context.Response.WriteAsJsonAsync(answer);
                break;
            default:
                context.Response.StatusCode = 403;
                break;
        }
    }

    private static JsonObject Describe(HttpContext context, (string Name, string Value, string? KeyId, long? Expires) version, int number) => new()
    {
        ["id"] = $"https://{context.Request.Host}/secrets/{version.Name}/{number:x32}",
        ["attributes"] = new JsonObject { ["enabled"] = true, ["created"] = 1700000000, ["updated"] = 1700000000 },
        ["tags"] = new JsonObject { ["key_id"] = version.KeyId },
    };

    private sealed class FakeCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(Token, DateTimeOffset.UtcNow.AddHours(1));

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
