using System.Text.Json;

namespace AiFunctions.EndToEnd.Fixtures;

/// <summary>A script of the folder <c>Sdk</c>, which uses an SDK as its documentation shows and prints what came, a JSON line each.</summary>
internal sealed class NodeScript : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;

    private NodeScript(ChildProcess process) => _process = process;

    /// <summary>Runs a script to its end.</summary>
    /// <returns>The last line that it printed.</returns>
    public static async Task<JsonElement> RunAsync(FrontDoor host, string apiKey, string script, params (string Name, string Value)[] variables)
    {
        await using var running = await StartAsync(host, apiKey, script, variables);
        return await running.ResultAsync();
    }

    /// <summary>Starts a script, for tests that do something while it runs.</summary>
    public static async Task<NodeScript> StartAsync(FrontDoor host, string apiKey, string script, params (string Name, string Value)[] variables)
    {
        var directory = await NpmPackages.SdkAsync();
        var environment = new Dictionary<string, string?>
        {
            ["BASE_URL"] = new Uri(host.BaseAddress, "/v1").AbsoluteUri,
            ["API_KEY"] = apiKey,
            ["OPENAI_API_KEY"] = null,
            ["OPENAI_BASE_URL"] = null,
            ["OPENAI_LOG"] = null,
        };
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return new NodeScript(ChildProcess.Start("node", [script], directory, environment));
    }

    /// <summary>Waits for a line that has this text in it.</summary>
    public async Task<JsonElement> WaitForAsync(string text) =>
        JsonElement.Parse(await _process.WaitForLineAsync(line => line.Contains(text, StringComparison.Ordinal), Timeout));

    /// <summary>Waits for the end, which must be a good one.</summary>
    /// <returns>The last line that it printed.</returns>
    public async Task<JsonElement> ResultAsync()
    {
        var exitCode = await _process.Exited.WaitAsync(Timeout);
        Assert.True(exitCode == 0, $"Exit code {exitCode}:\n{_process.Output}");
        return JsonElement.Parse(_process.StandardOutput.Split('\n')[^1]);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
