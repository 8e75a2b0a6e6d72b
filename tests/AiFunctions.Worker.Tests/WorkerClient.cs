using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiFunctions.Worker.Tests.Host;

namespace AiFunctions.Worker.Tests;

/// <summary>A caller of a host's gateway.</summary>
internal sealed class WorkerClient(FunctionsHost host) : IDisposable
{
    /// <summary>A client without credentials.</summary>
    public HttpClient Http { get; } = new(host.CreateHandler()) { BaseAddress = host.Address };

    /// <summary>Sends a request, with a credential if there is one.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        string method, string path, string? credential = null, object? body = null, HttpCompletionOption until = HttpCompletionOption.ResponseContentRead)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = credential is null ? null : new("Bearer", credential);
        request.Content = body is null ? null : JsonContent.Create(body);
        return await Http.SendAsync(request, until, TestContext.Current.CancellationToken);
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
    /// <returns>Its id, and a key with its id.</returns>
    public async Task<(string Id, string KeyId, string Key)> CreateClientAsync()
    {
        var client = await ManageAsync("POST", "/manage/clients", HttpStatusCode.Created, new { name = "of a test", tier = "pro" });
        var id = client.GetProperty("id").GetString()!;
        var key = await ManageAsync("POST", $"/manage/clients/{id}/keys", HttpStatusCode.Created);
        return (id, key.GetProperty("key_id").GetString()!, key.GetProperty("key").GetString()!);
    }

    /// <summary>Has a chat streamed, as a client of its own.</summary>
    /// <returns>The answer, of which no more than the head has been read.</returns>
    public async Task<HttpResponseMessage> StreamAsync(string model)
    {
        var (_, _, key) = await CreateClientAsync();
        var response = await SendAsync(
            "POST",
            "/v1/chat/completions",
            key,
            new { model, stream = true, messages = new[] { new { role = "user", content = "Hello" } } },
            HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response;
    }

    public void Dispose() => Http.Dispose();
}
