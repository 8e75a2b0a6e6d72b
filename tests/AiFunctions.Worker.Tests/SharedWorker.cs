using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiFunctions.Worker.Tests.Host;

[assembly: AssemblyFixture(typeof(AiFunctions.Worker.Tests.SharedWorker))]

namespace AiFunctions.Worker.Tests;

/// <summary>A worker with storage and a scripted upstream, for all tests that need no settings of their own: a start takes seconds.</summary>
public sealed class SharedWorker : IAsyncLifetime
{
    /// <summary>The origin whose pages may call it.</summary>
    public const string Origin = "https://page.example";

    /// <summary>A model that its upstream names, besides all others.</summary>
    public const string ListedModel = "listed-model";

    private readonly AzuriteFixture _azurite = new();

    internal FunctionsHost Host { get; private set; } = null!;

    internal StubUpstream Upstream { get; private set; } = null!;

    /// <summary>A client without credentials.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>A storage account that other workers may use too.</summary>
    public string ConnectionString => _azurite.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        await _azurite.InitializeAsync();
        Upstream = await StubUpstream.StartAsync();
        Host = await FunctionsHost.StartAsync(WorkerSettings.With(
            ("Storage__ConnectionString", ConnectionString),
            ("Storage__TablePrefix", AzuriteFixture.NewTablePrefix()),
            ("Cors__AllowedOrigins__0", Origin),
            ("Upstreams__0__Name", "stub"),
            ("Upstreams__0__Kind", "OpenAI"),
            ("Upstreams__0__Models__1", ListedModel),
            ("Upstreams__0__BaseUrl", Upstream.BaseUrl),
            ("Upstreams__0__ApiKey", "upstream-key-of-the-tests")));
        Client = new HttpClient(Host.CreateHandler()) { BaseAddress = Host.Address };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        await Upstream.DisposeAsync();
        await _azurite.DisposeAsync();
    }

    /// <summary>Sends a request, with a credential if there is one.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        string method, string path, string? credential = null, object? body = null, HttpCompletionOption until = HttpCompletionOption.ResponseContentRead)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = credential is null ? null : new("Bearer", credential);
        request.Content = body is null ? null : JsonContent.Create(body);
        return await Client.SendAsync(request, until, TestContext.Current.CancellationToken);
    }

    /// <summary>Does something as the operator.</summary>
    /// <returns>The answer's body.</returns>
    public async Task<JsonElement> ManageAsync(string method, string path, HttpStatusCode expected, object? body = null)
    {
        using var response = await SendAsync(method, path, WorkerSettings.ManagementKey, body);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == expected, $"{method} {path}: {response.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    /// <summary>Makes a client.</summary>
    /// <returns>Its id and a key.</returns>
    public async Task<(string Id, string KeyId, string Key)> CreateClientAsync()
    {
        var client = await ManageAsync("POST", "/manage/clients", HttpStatusCode.Created, new { name = "of a test", tier = "pro" });
        var id = client.GetProperty("id").GetString()!;
        var key = await ManageAsync("POST", $"/manage/clients/{id}/keys", HttpStatusCode.Created);
        return (id, key.GetProperty("key_id").GetString()!, key.GetProperty("key").GetString()!);
    }
}
