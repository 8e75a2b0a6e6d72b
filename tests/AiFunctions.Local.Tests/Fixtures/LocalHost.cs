using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AiFunctions.Local.Tests.Fixtures;

/// <summary>The built Local host, running as a process of its own in a directory of its own; or the front door that was started elsewhere.</summary>
internal sealed partial class LocalHost : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly ChildProcess? _process;
    private readonly ConcurrentQueue<string> _clients = [];
    private readonly TemporaryDirectory? _ownDirectory;

    private LocalHost(ChildProcess? process, string directory, TemporaryDirectory? ownDirectory, string? managementKey, HttpMessageHandler? handler)
    {
        Http = handler is null ? new HttpClient() : new HttpClient(handler);
        _process = process;
        _ownDirectory = ownDirectory;
        WorkingDirectory = directory;
        ManagementKey = managementKey;
    }

    public Uri BaseAddress { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>The key for the management API; null when the host had to make one itself.</summary>
    public string? ManagementKey { get; }

    public string WorkingDirectory { get; }

    public int ProcessId => Process.Id;

    /// <summary>All that it has printed.</summary>
    public string Output => _process?.Output ?? "";

    public Task<int> Exited => Process.Exited;

    /// <summary>A client without credentials.</summary>
    public HttpClient Http { get; }

    private ChildProcess Process
    {
        get
        {
            if (_process is null)
            {
                RunningFrontDoor.Skip("the host's process");
            }

            return _process;
        }
    }

    /// <summary>Takes the front door that was started elsewhere for the host. What is made there is deleted in the end.</summary>
    public static async Task<LocalHost> AttachAsync(Uri address)
    {
        var host = new LocalHost(process: null, "", ownDirectory: null, RunningFrontDoor.ManagementKey, handler: null) { BaseAddress = address };
        host.Http.BaseAddress = address;
        await host.WaitForHealthAsync(HttpStatusCode.OK, StartTimeout);
        return host;
    }

    /// <summary>Starts the host and waits until it serves.</summary>
    /// <param name="settings">Environment settings, on top of a random management key, no demo client, no Azurite of its own and no blocks for violations.</param>
    /// <param name="directory">The working directory; by default a new one that is deleted in the end.</param>
    /// <param name="url">The address that it listens on.</param>
    /// <param name="handler">What the client sends by; by default, what trusts the certificates that the system does.</param>
    public static async Task<LocalHost> StartAsync(
        IReadOnlyDictionary<string, string?> settings, string? directory = null, string url = "http://127.0.0.1:0", HttpMessageHandler? handler = null)
    {
        var host = Launch(settings, directory, url, handler);
        try
        {
            await host.WaitUntilReadyAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the process and waits for nothing: for starts that are to fail.</summary>
    public static LocalHost Launch(
        IReadOnlyDictionary<string, string?> settings, string? directory = null, string url = "http://127.0.0.1:0", HttpMessageHandler? handler = null)
    {
        RunningFrontDoor.SkipFor("a host of its own, with settings of its own");
        var environment = CleanEnvironment();
        environment["Management__Key"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        environment["Local__DemoClient"] = "false";
        environment["Storage__StartAzurite"] = "false";
        environment["AbuseBlocking__Violations"] = "0"; // Many tests send bad keys from one address.
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        var own = directory is null ? new TemporaryDirectory() : null;
        directory ??= own!.Path;
        var process = ChildProcess.Start(
            DotNet(), [Path.Combine(Repository.HostDirectory, "AiFunctions.Local.dll"), "--urls", url], directory, environment);
        return new LocalHost(process, directory, own, environment["Management__Key"], handler);
    }

    /// <summary>Waits for the address in the banner and for <c>/healthz</c>.</summary>
    public async Task WaitUntilReadyAsync()
    {
        var line = await Process.WaitForLineAsync(line => AddressPattern().IsMatch(line), StartTimeout);
        BaseAddress = new Uri(AddressPattern().Match(line).Value);
        Http.BaseAddress = BaseAddress;
        await WaitForHealthAsync(HttpStatusCode.OK, StartTimeout);
    }

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

    /// <summary>Sends a request to the management API.</summary>
    public async Task<JsonElement> ManageAsync(HttpMethod method, string path, object? body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ManagementKey);
        request.Content = body is null ? null : JsonContent.Create(body);
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{method} {path}: {(int)response.StatusCode} {text}");
        var answer = text.Length == 0 ? default : JsonElement.Parse(text);
        if (_process is null && method == HttpMethod.Post && path == "/manage/clients" && expected == HttpStatusCode.Created)
        {
            _clients.Enqueue(answer.GetProperty("id").GetString()!);
        }

        return answer;
    }

    /// <summary>Sends a chat request, not streamed.</summary>
    public async Task<HttpResponseMessage> ChatAsync(string key, string text, string model = "simulator")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/chat/completions", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Content = JsonContent.Create(new { model, messages = new[] { new { role = "user", content = text } } });
        return await Http.SendAsync(request);
    }

    /// <summary>Stops it as Ctrl-C does.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> StopAsync()
    {
        var started = Stopwatch.GetTimestamp();
        Process.Interrupt();
        await Process.Exited.WaitAsync(StopTimeout);
        var elapsed = Stopwatch.GetElapsedTime(started);
        TestContext.Current.TestOutputHelper?.WriteLine($"Stopped in {elapsed.TotalMilliseconds:0} ms.");
        return elapsed;
    }

    /// <summary>Kills it, and none of its children.</summary>
    public Task KillAsync() => Process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
        {
            await DeleteClientsAsync();
            Http.Dispose();
            return;
        }

        Http.Dispose();
        if (!_process.Exited.IsCompleted)
        {
            try
            {
                await StopAsync();
            }
            catch (TimeoutException)
            {
                // Disposing kills it.
            }
        }

        await _process.DisposeAsync();
        _ownDirectory?.Dispose();
    }

    /// <summary>A front door that was started elsewhere keeps nothing of the tests'. Some tests have deleted theirs.</summary>
    private async Task DeleteClientsAsync()
    {
        foreach (var id in _clients)
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri($"/manage/clients/{id}", UriKind.Relative));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ManagementKey);
            using var response = await Http.SendAsync(request);
            Assert.True(response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotFound, $"Client {id} is left behind: {(int)response.StatusCode}.");
        }
    }

    /// <summary>By its full path, since a test may take the PATH away.</summary>
    private static string DotNet() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(directory => Path.Combine(directory, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"))
        .First(File.Exists);

    /// <summary>Our own settings must not become the host's: everything that its configuration would read is removed.</summary>
    private static Dictionary<string, string?> CleanEnvironment()
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (name.Contains("__", StringComparison.Ordinal)
                || name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase)
                || name.Equals("DOTNET_ENVIRONMENT", StringComparison.OrdinalIgnoreCase)
                || name.Equals("APPLICATIONINSIGHTS_CONNECTION_STRING", StringComparison.OrdinalIgnoreCase))
            {
                environment[name] = null;
            }
        }

        return environment;
    }

    // An address with a path would be the storage emulator's.
    [GeneratedRegex(@"https?://127\.0\.0\.1:[1-9][0-9]*(?![0-9]|/devstoreaccount1)")]
    private static partial Regex AddressPattern();
}
