using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiFunctions.Infra.Tests.Fixtures;

namespace AiFunctions.Infra.Tests;

public sealed partial class QueryTests
{
    // The properties of the telemetry that the gateway sends: of each request, each finding and each failed job.
    private static readonly string[] KnownProperties =
    [
        "request_id", "client_id", "key_id", "operation", "model", "upstream", "status", "error_code", "request_bytes", "response_bytes", "input_tokens",
        "output_tokens", "duration_ms", "time_to_first_token_ms", "streamed", "guard_score", "guard_verdict", "filter_counts", "caller_hash",
        "EventName", "Kind", "ClientId", "Severity", "Seen", "Expected", "Threshold", "Job",
    ];

    private static readonly Lazy<Task<string>> Checker = new(InstallAsync);

    private static string[] Files => [.. Directory.EnumerateFiles(Repository.Path("infra/queries"), "*.kql").Order(StringComparer.Ordinal)];

    [Fact]
    public async Task They_are_right_for_the_tables_of_a_workspace()
    {
        var results = await CheckAsync(Files);

        Assert.Equal(Files.Select(Path.GetFileName), results.Select(result => result.GetProperty("file").GetString()));
        Assert.All(results, result => Assert.Equal("[]", result.GetProperty("problems").GetRawText()));
        Assert.All(results, result => Assert.NotEqual(0, result.GetProperty("columns").GetArrayLength()));
    }

    [Fact]
    public async Task A_wrong_one_would_be_noticed()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.File("wrong.kql");
        await File.WriteAllTextAsync(file, "AppEvents | where Nmae == \"AiRequest\"", TestContext.Current.CancellationToken);

        var result = Assert.Single(await CheckAsync([file]));

        Assert.Contains("Nmae", Assert.Single(result.GetProperty("problems").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void They_read_only_properties_that_are_sent()
    {
        var read = Files.SelectMany(file => PropertyRead().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value)).Distinct().ToArray();

        Assert.NotEmpty(read);
        Assert.DoesNotContain(read, name => !KnownProperties.Contains(name));
    }

    private static async Task<JsonElement[]> CheckAsync(IEnumerable<string> files)
    {
        var directory = await Checker.Value;
        var run = await Command.RunAsync("node", ["check.cjs", .. files], directory);
        Assert.True(run.ExitCode == 0, run.Error);
        return [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }

    /// <summary>Installs the language's own analyser, once for as long as its lock file stays the same.</summary>
    private static async Task<string> InstallAsync()
    {
        var source = Repository.Path("tests/AiFunctions.Infra.Tests/Kusto");
        var version = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"))));
        var target = Repository.Path($"tests/AiFunctions.Infra.Tests/obj/npm/kusto-{version[..12]}");
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }

        var marker = Path.Combine(target, ".installed");
        if (!File.Exists(marker))
        {
            var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
            var run = await Command.RunAsync(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], target);
            Assert.True(run.ExitCode == 0, run.Error);
            await File.WriteAllTextAsync(marker, version);
        }

        return target;
    }

    [GeneratedRegex(@"\bProperties\.(?<name>\w+)")]
    private static partial Regex PropertyRead();
}
