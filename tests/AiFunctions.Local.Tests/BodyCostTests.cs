using System.Diagnostics;
using System.Globalization;
using System.Text;
using AiFunctions.Local.Tests.Fixtures;

namespace AiFunctions.Local.Tests;

/// <summary>
/// What the worst bodies cost that a client of the smallest tier may send. Measures, and so is run on demand, on a machine that does nothing else, after
/// <c>dotnet publish src/AiFunctions.Local -c Release</c>: each body in a process of its own that has served small ones, once, then ten times in a row;
/// memory is the peak of what is resident, over that before.
/// <c>dotnet test tests/AiFunctions.Local.Tests -c Release --filter "FullyQualifiedName~BodyCostTests" --logger "console;verbosity=detailed" -- xUnit.Explicit=only</c>.
/// </summary>
public sealed class BodyCostTests(AzuriteFixture azurite)
{
    private const int Times = 10;
    private const int Large = 7_900_000;
    private const double Megabyte = 1e6;
    private const double MostMillisecondsPerMegabyte = 100;

    // What the runtime takes and gives back around any request.
    private const double SmallChange = 4;

    private static readonly string Program = Repository.Path("src/AiFunctions.Local/bin/Release/net10.0/publish/AiFunctions.Local");

    // How a body of some length is made, and how long it is.
    private static readonly (string Name, Func<int, string> Make, int Length)[] Bodies =
    [
        ("lists, 64 deep, in `metadata`", length => Member("metadata", Repeat(new string('[', 60) + new string(']', 60) + ",", length)), Large),
        ("empty lists", length => Member("metadata", Repeat("[],", length)), Large),
        ("numbers", length => Member("metadata", Repeat("1,", length)), Large),
        ("empty texts", length => Member("x", Repeat("\"\",", length)), Large),
        ("names", length => "{" + string.Concat(Enumerable.Range(0, length / 12).Select(i => $"\"k{i:000000}\":1,")) + Good[1..], Large),
        ("one long name", length => "{\"" + new string('x', length) + "\":1," + Good[1..], Large),
        ("escapes in a text", length => Content("\"" + Filled("\\u0041", length) + "\""), Large),
        ("escapes in base64", length => Content("\"" + Filled("abcdefghijklmnopqrs\\u002B", length) + "\""), Large),
        ("a text without spaces", length => Content("\"" + new string('a', length) + "\""), Large),
        ("a text of words", length => Content("\"" + Filled("a word or two ", length) + "\""), Large),
        ("parts of a message", length => Content(Repeat("{\"type\":\"text\",\"text\":\"\"},", length)), Large),
        ("messages", length => "{\"model\":\"stub\",\"messages\":" + Repeat("{\"role\":\"user\",\"content\":\"\"},", length) + "}", Large),
        ("white space", length => new string(' ', length) + Good, Large),
        ("as many values as there may be", length => Member("metadata", Repeat("[],", length)), 3 * 12_000),
        ("as many escapes as there may be", length => Content("\"" + Filled("\\u00fc", length) + "\""), 6 * 16_000),
        ("an image", length => Content(Image(length)), Large),
        ("an image, in chunks", length => Content(Image(length)), Large),
        ("images", length => Content("[" + string.Join(',', Enumerable.Repeat(Image(length / 100)[1..^1], 100)) + "]"), Large),
        ("a text file", length => Content(File("text/plain", "QSB3b3JkIG9y", length)), Large),
        ("a text file in UTF-16", length => Content(File("text/plain;charset=utf-16", "QQAgAHcAbwByAGQA", length)), Large),
        ("a file that is no text", length => Content(File("application/pdf", "JVBERi0xLjcA", length)), Large),
        ("a file of text at its end", length => Content(File("text/plain", "gICAgICAgICA", length)), Large),
        ("64 MiB", length => Content("\"" + new string('a', length) + "\""), 64 * 1024 * 1024),
    ];

    private const string Good = """{"model":"stub","messages":[{"role":"user","content":"hi"}]}""";

    [Fact(Explicit = true)]
    public async Task The_worst_bodies_of_the_smallest_tier()
    {
        Assert.True(System.IO.File.Exists(Program), "Publish the host first: dotnet publish src/AiFunctions.Local -c Release");
        await using var upstream = await StubUpstream.StartAsync();
        upstream.AddModel(exchange => exchange.RespondTextAsync("done"), "stub");
        var settings = new Dictionary<string, string?>
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
        };
        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine("| body | MB | answer | after | peak memory | ten in a row | CPU per MB |\n|---|---|---|---|---|---|---|");
        var faults = new List<string>();
        foreach (var (name, make, length) in Bodies)
        {
            await using var host = await LocalHost.StartAsync(settings, program: Program);
            var cost = await MeasureAsync(host, make, length, inChunks: name.EndsWith("in chunks", StringComparison.Ordinal));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {cost.Megabytes:0.0} | {cost.Status} | {cost.Slowest.TotalMilliseconds:0} ms | {cost.Peak:0.0} MB | {cost.PeakOfMany:0.0} MB "
                    + $"| {cost.MillisecondsPerMegabyte:0.0} ms |"));
            if (cost.Peak > Math.Max(SmallChange, 3 * cost.Megabytes) || (cost.MillisecondsPerMegabyte > MostMillisecondsPerMegabyte && cost.Megabytes > 1))
            {
                faults.Add($"{name}: {cost}");
            }
        }

        Assert.Empty(faults);
    }

    private static async Task<Cost> MeasureAsync(LocalHost host, Func<int, string> make, int length, bool inChunks)
    {
        var raw = new RawHttp(host, await host.NewKeyAsync("free"));
        var good = Encoding.UTF8.GetBytes(Good);
        var small = Encoding.UTF8.GetBytes(make(length / 100));
        var body = Encoding.UTF8.GetBytes(make(length));
        if (inChunks)
        {
            (small, body) = (InChunks(small), InChunks(body));
        }

        for (var i = 0; i < Times; i++)
        {
            await raw.PostAsync(good, good.Length);
            await raw.PostAsync(small, inChunks ? null : small.Length);
        }

        var idle = await IdleAsync(host);
        var (status, _, slowest) = await raw.PostAsync(body, inChunks ? null : body.Length);
        var peak = Memory(host.ProcessId, "VmHWM:") - idle;

        using var process = Process.GetProcessById(host.ProcessId);
        var cpu = process.TotalProcessorTime;
        for (var i = 0; i < Times; i++)
        {
            (status, _, var elapsed) = await raw.PostAsync(body, inChunks ? null : body.Length);
            slowest = elapsed > slowest ? elapsed : slowest;
        }

        process.Refresh();
        var megabytes = body.Length / Megabyte;
        return new Cost(
            megabytes, status, slowest, peak, Memory(host.ProcessId, "VmHWM:") - idle, (process.TotalProcessorTime - cpu).TotalMilliseconds / Times / megabytes);
    }

    /// <summary>What the process holds when it has nothing to do. Its peak is forgotten.</summary>
    private static async Task<double> IdleAsync(LocalHost host)
    {
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        var idle = Memory(host.ProcessId, "VmRSS:");
        await System.IO.File.WriteAllTextAsync($"/proc/{host.ProcessId}/clear_refs", "5", TestContext.Current.CancellationToken);
        return idle;
    }

    private static byte[] InChunks(byte[] body) =>
        [.. body.Chunk(16 * 1024).SelectMany(chunk => (byte[])[.. Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"), .. chunk, .. "\r\n"u8]), .. "0\r\n\r\n"u8];

    private static string Image(int length) => "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64," + new string('A', length) + "\"}}]";

    private static string File(string type, string data, int length) =>
        "[{\"type\":\"file\",\"file\":{\"file_data\":\"data:" + type + ";base64," + Filled(data, length) + "\"}}]";

    private static string Member(string name, string value) => $"{{\"{name}\":{value},{Good[1..]}";

    private static string Content(string value) => $"{{\"model\":\"stub\",\"messages\":[{{\"role\":\"user\",\"content\":{value}}}]}}";

    // A list, from an item with its comma.
    private static string Repeat(string item, int length) => "[" + Filled(item, length)[..^1] + "]";

    private static string Filled(string part, int length) => string.Concat(Enumerable.Repeat(part, length / part.Length));

    private static double Memory(int process, string name)
    {
        var line = System.IO.File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return int.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024 / Megabyte;
    }

    private sealed record Cost(double Megabytes, int Status, TimeSpan Slowest, double Peak, double PeakOfMany, double MillisecondsPerMegabyte);
}
