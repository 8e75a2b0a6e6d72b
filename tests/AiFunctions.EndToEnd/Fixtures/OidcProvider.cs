using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace AiFunctions.EndToEnd.Fixtures;

/// <summary>A real OpenID Connect authority, <c>oidc-provider</c>, in a process of its own.</summary>
internal sealed class OidcProvider : IAsyncDisposable
{
    public const string Audience = "https://gateway.example";
    private const string Secret = "secret-of-the-tests";
    private const string Callback = "http://127.0.0.1:1/callback";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new();
    private ChildProcess? _process;
    private int _questions;

    /// <summary>Its address, and what its tokens name as their issuer. The same after a restart.</summary>
    public string Issuer { get; private set; } = "";

    /// <summary>The key that it signs with.</summary>
    public SigningKey Key { get; private set; } = new();

    public static async Task<OidcProvider> StartAsync()
    {
        var provider = new OidcProvider();
        await provider.StartProcessAsync(port: 0);
        return provider;
    }

    /// <summary>Kills it, as an outage.</summary>
    public async Task StopAsync() => await _process!.DisposeAsync();

    /// <summary>Starts it again where it was.</summary>
    public Task RestartAsync() => StartProcessAsync(new Uri(Issuer).Port);

    /// <summary>An application's own token, by its secret.</summary>
    public async Task<string> ApplicationTokenAsync(string application, string? scope = "models.use")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Issuer}/token");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{application}:{Secret}")));
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["resource"] = Audience };
        if (scope is not null)
        {
            form["scope"] = scope;
        }

        request.Content = new FormUrlEncodedContent(form);
        return await ReadTokenAsync(request);
    }

    /// <summary>A user's token: signs the user in, has them agree, and redeems the code (RFC 6749, 4.1, with RFC 7636).</summary>
    public async Task<string> UserTokenAsync(string user, string application = "web-app")
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
        using var browser = new HttpClient(handler) { BaseAddress = new Uri(Issuer) };
        var verifier = SigningKey.Text(RandomNumberGenerator.GetBytes(32));
        var location = await FollowAsync(browser, QueryHelpers.AddQueryString("/auth", new Dictionary<string, string?>
        {
            ["client_id"] = application,
            ["response_type"] = "code",
            ["redirect_uri"] = Callback,
            ["scope"] = "openid models.use",
            ["resource"] = Audience,
            ["code_challenge"] = SigningKey.Text(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
        }));

        foreach (var form in new Dictionary<string, string>[] { new() { ["prompt"] = "login", ["login"] = user, ["password"] = "any" }, new() { ["prompt"] = "consent" } })
        {
            Assert.Contains("/interaction/", location, StringComparison.Ordinal);
            using var answered = await browser.PostAsync(new Uri(new Uri(Issuer), location), new FormUrlEncodedContent(form));
            location = await FollowAsync(browser, answered.Headers.Location!.ToString());
        }

        Assert.StartsWith(Callback, location, StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Issuer}/token");
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["client_id"] = application,
            ["code"] = QueryHelpers.ParseQuery(new Uri(location).Query)["code"]!,
            ["redirect_uri"] = Callback,
            ["code_verifier"] = verifier,
            ["resource"] = Audience,
        });
        return await ReadTokenAsync(request);
    }

    /// <summary>The claims of a token like its own, for tests to change.</summary>
    public JsonObject Claims(string application = "app") => new()
    {
        ["iss"] = Issuer,
        ["aud"] = Audience,
        ["sub"] = application,
        ["client_id"] = application,
        ["scope"] = "models.use",
        ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        ["exp"] = DateTimeOffset.UtcNow.AddMinutes(10).ToUnixTimeSeconds(),
    };

    /// <summary>The header of a token like its own.</summary>
    public JsonObject Header() => new() { ["alg"] = "RS256", ["typ"] = "at+jwt", ["kid"] = Key.Id };

    /// <summary>Has it sign with a key, and publish others besides.</summary>
    public async Task SetKeysAsync(SigningKey key, params SigningKey[] published)
    {
        Key = key;
        await AskAsync("keys " + KeySet([key, .. published]), "keys set");
    }

    /// <summary>How often its discovery document was read.</summary>
    public async Task<int> CountReadingsAsync() => int.Parse((await AskAsync("count", "count "))["count ".Length..], CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    private async Task StartProcessAsync(int port)
    {
        _process = ChildProcess.Start("node", ["provider.mjs"], await NpmPackages.OidcAsync(), new Dictionary<string, string?>
        {
            ["KEYS"] = KeySet([Key]),
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
        });
        Issuer = (await _process.WaitForLineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal), Timeout))["ready ".Length..];
    }

    // An answer is known by its question's number.
    private async Task<string> AskAsync(string question, string answer)
    {
        var number = string.Create(CultureInfo.InvariantCulture, $" #{Interlocked.Increment(ref _questions)}");
        await _process!.WriteLineAsync(question + number);
        var line = await _process.WaitForLineAsync(line => line.StartsWith(answer, StringComparison.Ordinal) && line.EndsWith(number, StringComparison.Ordinal), Timeout);
        return line[..^number.Length];
    }

    private static string KeySet(IEnumerable<SigningKey> keys) => new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => key.ToJwk())]) }.ToJsonString();

    private async Task<string> ReadTokenAsync(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonElement.Parse(body).GetProperty("access_token").GetString()!;
    }

    // To where the user has something to do, or to the application.
    private static async Task<string> FollowAsync(HttpClient browser, string location)
    {
        while (true)
        {
            using var response = await browser.GetAsync(new Uri(browser.BaseAddress!, location));
            Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
            location = response.Headers.Location!.ToString();
            if (location.Contains("/interaction/", StringComparison.Ordinal) || location.StartsWith(Callback, StringComparison.Ordinal))
            {
                return location;
            }
        }
    }
}
