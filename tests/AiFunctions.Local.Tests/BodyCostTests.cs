using System.Diagnostics;
using System.Globalization;
using System.Text;
using AiFunctions.Local.Tests.Fixtures;

namespace AiFunctions.Local.Tests;

/// <summary>
/// What the worst bodies cost that a client of the smallest tier may send. Measures, and so is run on demand, on a machine that does nothing else:
/// <c>dotnet test tests/AiFunctions.Local.Tests -c Release --filter "FullyQualifiedName~BodyCostTests" --logger "console;verbosity=detailed" -- xUnit.Explicit=only</c>.
/// </summary>
public sealed class BodyCostTests(AzuriteFixture azurite)
{
    private const int Times = 10;
    private const double Megabyte = 1e6;
    private const double MostMillisecondsPerMegabyte = 100;

    // What the runtime takes and gives back around any request.
    private const double SmallChange = 4;

    private static readonly (string Name, Func<string> Body)[] Bodies =
    [
        ("lists, 64 deep, in `metadata`", () => Member("metadata", Repeat(new string('[', 60) + new string(']', 60) + ",", 7_900_000))),
        ("empty lists", () => Member("metadata", Repeat("[],", 7_900_000))),
        ("numbers", () => Member("metadata", Repeat("1,", 7_900_000))),
        ("empty texts", () => Member("x", Repeat("\"\",", 7_900_000))),
        ("names", () => "{" + string.Concat(Enumerable.Range(0, 600_000).Select(i => $"\"k{i}\":1,")) + Good[1..]),
        ("one long name", () => "{\"" + new string('x', 7_900_000) + "\":1," + Good[1..]),
        ("escapes in a text", () => Content("\"" + Filled("\\u0041", 7_900_000) + "\"")),
        ("a text without spaces", () => Content("\"" + new string('a', 7_900_000) + "\"")),
        ("a text of words", () => Content("\"" + Filled("a word or two ", 7_900_000) + "\"")),
        ("parts of a message", () => Content(Repeat("{\"type\":\"text\",\"text\":\"\"},", 7_900_000))),
        ("messages", () => "{\"model\":\"stub\",\"messages\":" + Repeat("{\"role\":\"user\",\"content\":\"\"},", 7_900_000) + "}"),
        ("white space", () => new string(' ', 7_900_000) + Good),
        ("as many values as there may be", () => Member("metadata", Repeat("[],", 3 * 12_000))),
        ("as many escapes as there may be", () => Content("\"" + Filled("\\u00fc", 6 * 16_000) + "\"")),
        ("an image", () => Content("[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64," + new string('A', 7_900_000) + "\"}}]")),
        ("a text file", () => Content("[{\"type\":\"file\",\"file\":{\"file_data\":\"data:text/plain;base64," + Filled("QSB3b3JkIG9y", 7_900_000) + "\"}}]")),
        ("a file that is no text", () => Content("[{\"type\":\"file\",\"file\":{\"file_data\":\"data:application/pdf;base64," + Filled("JVBERi0xLjcA", 7_900_000) + "\"}}]")),
        ("64 MiB", () => Content("\"" + new string('a', 64 * 1024 * 1024) + "\"")),
    ];

    private const string Good = """{"model":"stub","messages":[{"role":"user","content":"hi"}]}""";

    [Fact(Explicit = true)]
    public async Task The_worst_bodies_of_the_smallest_tier()
    {
        await using var upstream = await StubUpstream.StartAsync();
        upstream.AddModel(exchange => exchange.RespondTextAsync("done"), "stub");
        await using var host = await LocalHost.StartAsync(new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
            ["Upstreams__0__Name"] = "stub",
            ["Upstreams__0__Kind"] = "OpenAI",
            ["Upstreams__0__BaseUrl"] = upstream.BaseUrl,
            ["Upstreams__0__Models__0"] = "*",
            ["RateLimits__Tiers__free__RequestsPerMinute"] = "1000000",
            ["RateLimits__Tiers__free__RequestsPerDay"] = "1000000",
            ["RateLimits__Tiers__free__TokensPerMinute"] = "100000000000",
            ["RateLimits__Tiers__free__TokensPerDay"] = "100000000000",
        });
        var raw = new RawHttp(host, await host.NewKeyAsync("free"));
        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine("| body | MB | answer | after | peak memory | CPU per MB |\n|---|---|---|---|---|---|");
        var faults = new List<string>();
        foreach (var (name, make) in Bodies)
        {
            var body = Encoding.UTF8.GetBytes(make());
            for (var i = 0; i < Times; i++)
            {
                await raw.PostAsync(Encoding.UTF8.GetBytes(Good), Good.Length);
            }

            await raw.PostAsync(body, body.Length);
            await Task.Delay(500, TestContext.Current.CancellationToken);
            var idle = Memory(host.ProcessId, "VmRSS:");
            await File.WriteAllTextAsync($"/proc/{host.ProcessId}/clear_refs", "5", TestContext.Current.CancellationToken); // forgets the peak
            using var process = Process.GetProcessById(host.ProcessId);
            var cpu = process.TotalProcessorTime;
            var status = 0;
            var slowest = TimeSpan.Zero;
            for (var i = 0; i < Times; i++)
            {
                (status, _, var elapsed) = await raw.PostAsync(body, body.Length);
                slowest = elapsed > slowest ? elapsed : slowest;
            }

            process.Refresh();
            var megabytes = body.Length / Megabyte;
            var perMegabyte = (process.TotalProcessorTime - cpu).TotalMilliseconds / Times / megabytes;
            var peak = Memory(host.ProcessId, "VmHWM:") - idle;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {name} | {megabytes:0.0} | {status} | {slowest.TotalMilliseconds:0} ms | {peak:0.0} MB | {perMegabyte:0.0} ms |"));
            if (peak > Math.Max(SmallChange, 3 * megabytes) || (perMegabyte > MostMillisecondsPerMegabyte && megabytes > 1))
            {
                faults.Add($"{name}: {peak:0.0} MB, {perMegabyte:0.0} ms for a megabyte");
            }
        }

        Assert.Empty(faults);
    }

    private static string Member(string name, string value) => $"{{\"{name}\":{value},{Good[1..]}";

    private static string Content(string value) => $"{{\"model\":\"stub\",\"messages\":[{{\"role\":\"user\",\"content\":{value}}}]}}";

    // A list, from an item with its comma.
    private static string Repeat(string item, int length) => "[" + Filled(item, length)[..^1] + "]";

    private static string Filled(string part, int length) => string.Concat(Enumerable.Repeat(part, length / part.Length));

    private static double Memory(int process, string name)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return int.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024 / Megabyte;
    }
}
