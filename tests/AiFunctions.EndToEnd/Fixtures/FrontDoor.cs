using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace AiFunctions.EndToEnd.Fixtures;

/// <summary>A gateway that answers somewhere, and what tests ask of it.</summary>
/// <param name="managementKey">Its management key; null when it has to make one itself.</param>
/// <param name="handler">What the client sends by; by default, what trusts the certificates that the system does.</param>
internal abstract class FrontDoor(string? managementKey, HttpMessageHandler? handler = null) : IAsyncDisposable
{
    protected static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(180);
    private const int MostHeaderBytesOfAHost = 32 * 1024;
    private static readonly TimeSpan StorageTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Where it answers.</summary>
    public Uri BaseAddress { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>The key for the management API; null when the gateway had to make one itself.</summary>
    public string? ManagementKey { get; } = managementKey;

    /// <summary>A client without credentials.</summary>
    public HttpClient Http { get; } = new(new SlowStorageHandler(handler ?? new HttpClientHandler()));

    /// <summary>
    /// Whether a host stands before the gateway, as in the Functions app: a web server of its own, which names itself and reads requests first.
    /// </summary>
    public abstract bool IsBehindHost { get; }

    /// <summary>Whether it keeps a log of requests in storage, as Local does.</summary>
    public abstract bool KeepsRequestLog { get; }

    /// <summary>The process that the gateway runs in.</summary>
    public abstract int ProcessId { get; }

    /// <summary>All that the gateway has said: printed, or sent to be logged.</summary>
    public abstract string Output { get; }

    /// <summary>Completes with the exit code of the gateway's process.</summary>
    public abstract Task<int> Exited { get; }

    /// <summary>Waits until it listens, and for <c>/healthz</c>.</summary>
    public async Task WaitUntilReadyAsync()
    {
        BaseAddress = await WaitUntilListeningAsync();
        Http.BaseAddress = BaseAddress;
        await WaitForHealthAsync(HttpStatusCode.OK, StartTimeout);
    }

    /// <summary>Waits for a start that settings stop.</summary>
    /// <returns>The exit code, and the lines that explain it.</returns>
    public abstract Task<(int ExitCode, IReadOnlyList<string> Lines)> WaitForFailedStartAsync();

    /// <summary>Asks <c>/healthz</c> until it answers with the status.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> WaitForHealthAsync(HttpStatusCode expected, TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            using var response = await Http.GetAsync(new Uri("/healthz", UriKind.Relative));
            var elapsed = Stopwatch.GetElapsedTime(started);
            if (response.StatusCode == expected)
            {
                return elapsed;
            }

            Assert.True(elapsed < timeout, $"/healthz is still {(int)response.StatusCode} after {timeout.TotalSeconds} s:\n{Output}");
            await Task.Delay(Poll);
        }
    }

    /// <summary>Makes a client and gives it a key, both by the management API.</summary>
    public async Task<string> NewKeyAsync(string tier = "pro") => await IssueKeyAsync(await CreateClientAsync($"test {Guid.NewGuid():N}", tier));

    /// <summary>Makes a client.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> CreateClientAsync(string name, string tier)
    {
        var created = await ManageAsync(HttpMethod.Post, "/manage/clients", new { name, tier }, HttpStatusCode.Created);
        return created.GetProperty("id").GetString()!;
    }

    /// <summary>Issues a key to a client.</summary>
    /// <returns>The key.</returns>
    public async Task<string> IssueKeyAsync(string clientId)
    {
        var created = await ManageAsync(HttpMethod.Post, $"/manage/clients/{clientId}/keys", new { }, HttpStatusCode.Created);
        return created.GetProperty("key").GetString()!;
    }

    /// <summary>Sends a request to the management API. Storage that is slow on a busy machine is no outage: what it refuses is asked again.</summary>
    public async Task<JsonElement> ManageAsync(HttpMethod method, string path, object? body, HttpStatusCode expected)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ManagementKey);
            request.Content = body is null ? null : JsonContent.Create(body);
            using var response = await Http.SendAsync(request);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable && expected != HttpStatusCode.ServiceUnavailable && Stopwatch.GetElapsedTime(started) < StorageTimeout)
            {
                await Task.Delay(Poll);
                continue;
            }

            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == expected, $"{method} {path}: {(int)response.StatusCode} {text}");
            var answer = text.Length == 0 ? default : JsonElement.Parse(text);
            if (method == HttpMethod.Post && path == "/manage/clients" && expected == HttpStatusCode.Created)
            {
                OnClientCreated(answer.GetProperty("id").GetString()!);
            }

            return answer;
        }
    }

    /// <summary>Whether a host stands before the gateway that takes no headers as long as this.</summary>
    public bool IsTooMuchForItsHost(int headerLength) => IsBehindHost && headerLength > MostHeaderBytesOfAHost;

    /// <summary>Sends a header that is too long for the host.</summary>
    public async Task AssertHeaderRefusedByHostAsync(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/models", UriKind.Relative));
        request.Headers.TryAddWithoutValidation(header, value);
        try
        {
            using var response = await Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, response.StatusCode);
            Assert.Empty(await response.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException)
        {
            // The host answers while the header is still coming, and closes the connection: the answer is not always read.
        }
    }

    /// <summary>Sends a chat request, not streamed.</summary>
    public async Task<HttpResponseMessage> ChatAsync(string key, string text, string model = "simulator")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/chat/completions", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Content = JsonContent.Create(new { model, messages = new[] { new { role = "user", content = text } } });
        return await Http.SendAsync(request);
    }

    /// <summary>Ends it as an operator or the platform does, and what it has begun.</summary>
    /// <returns>How long it took.</returns>
    public abstract Task<TimeSpan> StopAsync();

    /// <summary>Kills the process, and none of its children.</summary>
    public abstract Task KillAsync();

    public virtual ValueTask DisposeAsync()
    {
        Http.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits until it listens.</summary>
    /// <returns>Where.</returns>
    protected abstract Task<Uri> WaitUntilListeningAsync();

    /// <summary>Told of each client that a test makes.</summary>
    /// <param name="id">The client's id.</param>
    protected virtual void OnClientCreated(string id)
    {
    }
}
