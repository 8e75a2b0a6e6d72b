using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AiFunctions.Local.Tests.Fixtures;

namespace AiFunctions.Local.Tests.Fuzz;

/// <summary>Whatever comes in by the socket, what goes out is an answer, and nothing of it is a fault of the gateway's. A request is made from its seed alone.</summary>
/// <remarks>
/// Two thousand requests; more with <c>AIFUNCTIONS_FUZZ_REQUESTS=200000</c>, others with <c>AIFUNCTIONS_FUZZ_SEED</c>, to a published host with
/// <c>AIFUNCTIONS_FUZZ_HOST</c>, its path:
/// <c>dotnet test tests/AiFunctions.Local.Tests -c Release --filter "FullyQualifiedName~RequestFuzzTests" --logger "console;verbosity=detailed"</c>.
/// </remarks>
public sealed class RequestFuzzTests(AzuriteFixture azurite)
{
    private const int InParallel = 24;
    private const int MostTries = 10;
    private const int MostTold = 20;
    private const int LongestTold = 3000;

    private const string StorageAway = "\"code\":\"storage_unavailable\"";

    // Far beyond what any answer takes, so that a busy machine is no fault.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    // Who has not sent all that was announced waits for the server as the server does for it.
    private static readonly TimeSpan LongestForHalf = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Every_request_gets_an_answer_and_none_is_a_fault_of_the_gateway()
    {
        var requests = Number("AIFUNCTIONS_FUZZ_REQUESTS", 2000);
        var first = Number("AIFUNCTIONS_FUZZ_SEED", 0);
        var settings = new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
            ["Upstreams__0__Name"] = "simulator",
            ["Upstreams__0__Kind"] = "Simulator",
            ["Simulator__WordDelayMilliseconds"] = "0",
            ["AbuseBlocking__Violations"] = "0",
            ["Cors__AllowedOrigins__0"] = "https://a.example",
        };
        foreach (var limit in (string[])["RequestsPerMinute", "RequestsPerDay", "TokensPerMinute", "TokensPerDay"])
        {
            settings[$"RateLimits__Tiers__pro__{limit}"] = "1000000000";
        }

        await using var host = await LocalHost.StartAsync(settings, program: Environment.GetEnvironmentVariable("AIFUNCTIONS_FUZZ_HOST"));
        var fuzzer = new RequestFuzzer(host.BaseAddress.Authority, await host.NewKeyAsync(), host.ManagementKey!);
        var answers = new ConcurrentDictionary<string, int>();
        var faults = new ConcurrentQueue<string>();
        var slowest = (Elapsed: TimeSpan.Zero, Seed: 0);
        var began = Stopwatch.GetTimestamp();
        var @lock = new Lock();

        await Parallel.ForAsync(
            first,
            first + requests,
            new ParallelOptions { MaxDegreeOfParallelism = InParallel, CancellationToken = TestContext.Current.CancellationToken },
            async (seed, cancellationToken) =>
            {
                var request = fuzzer.Make(seed);
                var started = Stopwatch.GetTimestamp();
                var answer = await SendAsync(host, request);
                var elapsed = Stopwatch.GetElapsedTime(started);
                for (var i = 0; i < MostTries && answer.Contains(StorageAway, StringComparison.Ordinal); i++)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken); // the emulator has no time on a busy machine
                    answer = await SendAsync(host, request);
                }

                lock (@lock)
                {
                    slowest = request.IsWhole && elapsed > slowest.Elapsed ? (elapsed, seed) : slowest;
                }

                var (kind, isFault) = Judge(request, answer);
                answers.AddOrUpdate(kind, 1, (_, count) => count + 1);
                if (isFault && faults.Count < MostTold)
                {
                    faults.Enqueue($"Seed {seed}, {kind}:\n{Encoding.Latin1.GetString(request.Bytes)[..Math.Min(request.Bytes.Length, LongestTold)]}\n---\n{answer}");
                }
            });

        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{requests} requests from seed {first} in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s; "
                + $"the slowest took {slowest.Elapsed.TotalMilliseconds:0} ms (seed {slowest.Seed})."));
        TestContext.Current.TestOutputHelper!.WriteLine(
            string.Join(", ", answers.OrderBy(answer => answer.Key, StringComparer.Ordinal).Select(answer => $"{answer.Key}: {answer.Value}")));
        Assert.True(faults.IsEmpty, string.Join("\n\n", faults));
        Assert.DoesNotContain(" fail: ", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(" crit: ", host.Output, StringComparison.Ordinal);
        Assert.True(answers.GetValueOrDefault("200") > requests / 20, "Too few were served for the others to mean much.");
    }

    /// <returns>The answer's status and code, and whether the gateway is at fault.</returns>
    private static (string Kind, bool IsFault) Judge(FuzzedRequest request, string answer)
    {
        if (answer.Length == 0)
        {
            return ("no answer", request.IsWhole);
        }

        var interim = answer.StartsWith("HTTP/1.1 100 ", StringComparison.Ordinal) ? answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4 : 0;
        if (interim > 0 && interim == answer.Length)
        {
            return ("100", request.IsWhole);
        }

        var body = answer.IndexOf("\r\n\r\n", interim, StringComparison.Ordinal) + 4;
        if (body < 4 || !answer.AsSpan(interim).StartsWith("HTTP/1.1 ", StringComparison.Ordinal))
        {
            return ("no HTTP", true);
        }

        var kind = answer.Substring(interim + "HTTP/1.1 ".Length, 3);
        var status = int.Parse(kind, CultureInfo.InvariantCulture);
        var error = answer.IndexOf("{\"error\":", body, StringComparison.Ordinal);
        if (status >= 400 && error >= 0)
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(answer[error..]));
            using var document = JsonDocument.ParseValue(ref reader);
            kind += " " + document.RootElement.GetProperty("error").GetProperty("code").GetString();
        }

        return (kind, status is >= 500 and not 505); // 505 is the server's, for a version that HTTP has not
    }

    private static async Task<string> SendAsync(FrontDoor host, FuzzedRequest request)
    {
        using var connection = new TcpClient { LingerState = new LingerOption(enable: true, seconds: 0) };
        await connection.ConnectAsync(host.BaseAddress.Host, host.BaseAddress.Port);
        using var timeout = new CancellationTokenSource(request.IsWhole ? Longest : LongestForHalf);
        var stream = connection.GetStream();
        var answer = new StringBuilder();
        try
        {
            var sending = SendAsync(stream, request.Bytes, timeout.Token);
            var buffer = new byte[16 * 1024];
            while (await stream.ReadAsync(buffer, timeout.Token) is > 0 and var read)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }

            await sending;
        }
        catch (IOException)
        {
            // The server hangs up on what it will not read; what it said before has come.
        }
        catch (OperationCanceledException) when (!request.IsWhole)
        {
            // It waits for the rest.
        }

        return answer.ToString();
    }

    private static async Task SendAsync(NetworkStream stream, byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(bytes, cancellationToken);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // As above.
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
