using System.Globalization;
using System.Text;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>Bodies that are broken, hostile or both: each gets a prompt 4xx of the contract, and memory stays flat.</summary>
public abstract class RequestBodyTests(SimulatorHost simulated) : IClassFixture<SimulatorHost>
{
    private const string Good = """{"model":"simulator","messages":[{"role":"user","content":"hi"}]}""";
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(60);

    // By name, so that the test runner does not carry the bodies about.
    private static readonly Dictionary<string, (Func<byte[]> Body, int Status, string Code)> BadBodies = new()
    {
        ["empty"] = (() => [], 400, "invalid_json"),
        ["not JSON"] = (() => "nope"u8.ToArray(), 400, "invalid_json"),
        ["cut off"] = (() => Utf8(Good[..30]), 400, "invalid_json"),
        ["something after it"] = (() => Utf8(Good + "{}"), 400, "invalid_json"),
        ["an array"] = (() => "[1]"u8.ToArray(), 400, "invalid_json"),
        ["Latin-1"] = (() => Encoding.Latin1.GetBytes(Good.Replace("hi", "ü", StringComparison.Ordinal)), 400, "invalid_encoding"),
        ["UTF-16"] = (() => Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(Good)).ToArray(), 400, "invalid_encoding"),
        ["half a surrogate pair"] = (() => Utf8(Good.Replace("hi", "\\ud83d", StringComparison.Ordinal)), 400, "invalid_encoding"),
        ["10 000 levels"] = (() => Utf8("{\"a\":" + new string('[', 10_000) + new string(']', 10_000) + "}"), 400, "nesting_too_deep"),
        ["a field twice"] = (() => Utf8("{\"model\":\"other\"," + Good[1..]), 400, "invalid_json"),
        ["a field twice, escaped"] = (() => Utf8("{\"mod\\u0065l\":\"other\"," + Good[1..]), 400, "invalid_json"),
        ["a field of the wrong type"] = (() => Utf8("{\"stream\":\"yes\"," + Good[1..]), 400, "invalid_request"),
        ["60 000 fields, one twice"] = (() => Utf8("{" + string.Concat(Enumerable.Range(0, 60_000).Select(i => $"\"k{i}\":1,")) + "\"k7\":1}"), 400, "invalid_json"),
        ["500 000 fields"] = (() => Utf8("{" + string.Concat(Enumerable.Range(0, 500_000).Select(i => $"\"k{i}\":1,")) + Good[1..]), 413, "request_too_large"),
        ["9 MB"] = (() => Utf8(Good.Replace("hi", new string('a', 9_000_000), StringComparison.Ordinal)), 413, "request_too_large"),
    };

    public static TheoryData<string> BadBodyNames() => [.. BadBodies.Keys];

    [Theory]
    [MemberData(nameof(BadBodyNames))]
    public async Task A_bad_body_gets_its_error(string what)
    {
        var (make, status, code) = BadBodies[what];
        var body = make();
        var answer = await (await RawAsync()).PostAsync(body, body.Length);

        AssertError(what, answer, status, code);
    }

    [Theory]
    [InlineData("Content-Type: text/plain\r\n")]
    [InlineData("")]
    [InlineData("Content-Type: application/json; charset=utf-16\r\n")]
    [InlineData("Content-Type: application/json\r\nContent-Encoding: gzip\r\n")]
    public async Task Another_media_type_is_refused(string headers)
    {
        var answer = await (await RawAsync()).PostAsync(Utf8(Good), Good.Length, headers);

        AssertError(headers, answer, 415, "unsupported_media_type");
    }

    [Theory]
    [InlineData("application/json; charset=UTF8")]
    [InlineData("application/json;charset=\"utf-8\"")]
    [InlineData("application/vnd.api+json; charset=us-ascii")]
    public async Task Json_in_utf8_is_taken_under_every_name_of_it(string type) =>
        Assert.Equal(200, (await (await RawAsync()).PostAsync(Utf8(Good), Good.Length, $"Content-Type: {type}\r\n")).Status);

    [Theory]
    [InlineData("metadata", false)]
    [InlineData("stop", false)]
    [InlineData("logit_bias", false)]
    [InlineData("field_of_some_server", false)]
    [InlineData("field_of_some_server", true)]
    public async Task A_free_client_may_send_no_more_in_other_fields_than_in_texts(string field, bool isLong)
    {
        var raw = new RawHttp(simulated.Host, await simulated.Host.NewKeyAsync("free"));
        string[] values =
        [
            new string('[', 60) + string.Concat(Enumerable.Repeat("[],", 20_000)) + "[]" + new string(']', 60),
            "[" + string.Concat(Enumerable.Repeat("1,", 20_000)) + "1]",
            "{" + string.Concat(Enumerable.Range(0, 4000).Select(i => $"\"name{i}\":1,")) + "\"a\":1}",
            "\"" + new string('x', isLong ? 7_000_000 : 20_000) + "\"",
            "\"" + string.Concat(Enumerable.Repeat("\\u0041", 20_000)) + "\"",
        ];
        foreach (var value in values)
        {
            var body = Utf8($"{{\"{field}\":{value},{Good[1..]}");
            var answer = await raw.PostAsync(body, body.Length);

            // Of the wrong type it may be as well.
            Assert.True(answer.Status == 413 || (answer.Status == 400 && field != "field_of_some_server"), $"{value[..20]}: {answer.Body}");
        }
    }

    [Theory]
    [InlineData("AAAA", 200)]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456789+\\/ABCDEFGHIJKLMNOPQRSTUVWXY\\u002B", 200)]
    [InlineData("\\u0041", 413)]
    public async Task An_image_may_be_as_large_as_a_body_for_any_client(string data, int status)
    {
        var raw = new RawHttp(simulated.Host, await simulated.Host.NewKeyAsync("basic"));
        var image = string.Concat(Enumerable.Repeat(data, 7_000_000 / data.Length));
        var body = Utf8(
            "{\"model\":\"simulator\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,"
                + image + "\"}},{\"type\":\"text\",\"text\":\"What is it?\"}]}]}");

        Assert.Equal(status, (await raw.PostAsync(body, body.Length)).Status);
        Assert.Equal(status, (await raw.PostAsync([.. Chunk(body), .. "0\r\n\r\n"u8], null)).Status);
    }

    [Fact]
    public async Task A_body_longer_than_announced_is_cut_off()
    {
        var answer = await (await RawAsync()).PostAsync(Utf8(Good), 20);

        AssertError("too short a Content-Length", answer, 400, "invalid_json");
    }

    [Fact]
    public async Task A_body_shorter_than_announced_is_not_waited_for()
    {
        RunningFrontDoor.SkipFor(RunningFrontDoor.KnownHost);
        var answer = await (await RawAsync()).PostAsync(Utf8(Good), 500);

        if (simulated.Host.IsBehindHost)
        {
            Assert.Equal(500, answer.Status); // its proxy gives up
            Assert.DoesNotContain("\"code\"", answer.Body, StringComparison.Ordinal);
            return;
        }

        AssertError("too long a Content-Length", answer, 400, "invalid_request");
    }

    [Fact]
    public async Task A_byte_order_mark_is_forgiven()
    {
        var body = Encoding.UTF8.GetPreamble().Concat(Utf8(Good)).ToArray();

        Assert.Equal(200, (await (await RawAsync()).PostAsync(body, body.Length)).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hundred_megabytes_are_refused_without_being_kept(bool announced)
    {
        const int Piece = 1024 * 1024;
        const int Pieces = 100;
        var piece = Utf8(new string('a', Piece));
        var raw = await RawAsync();
        await raw.PostAsync(Utf8(Good), Good.Length);
        var before = PeakMegabytes();

        var answer = await raw.PostAsync(
            async stream =>
            {
                for (var i = 0; i < Pieces; i++)
                {
                    await stream.WriteAsync(announced ? piece : Chunk(piece));
                }

                await stream.WriteAsync(announced ? [] : "0\r\n\r\n"u8.ToArray());
            },
            announced ? Piece * Pieces : null);

        AssertError("100 MB", answer, 413, "request_too_large");
        var growth = PeakMegabytes() - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"Peak memory grew by {growth} MB, to {PeakMegabytes()} MB.");
        Assert.True(growth < 64, $"Peak memory grew by {growth} MB."); // the limit on bodies is 8 MB
    }

    private static void AssertError(string what, (int Status, string Body, TimeSpan Elapsed) answer, int status, string code)
    {
        Assert.True(status == answer.Status && answer.Body.Contains($"\"code\":\"{code}\"", StringComparison.Ordinal), $"{what}: {answer.Body}");
        Assert.Contains("\"request_id\":\"", answer.Body, StringComparison.Ordinal);
        Assert.True(answer.Elapsed < Prompt, $"{what}: answered after {answer.Elapsed}.");
    }

    private static byte[] Chunk(byte[] data) =>
        [.. Encoding.ASCII.GetBytes(data.Length.ToString("x", CultureInfo.InvariantCulture)), .. "\r\n"u8, .. data, .. "\r\n"u8];

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private async Task<RawHttp> RawAsync() => new(simulated.Host, await simulated.Host.NewKeyAsync());

    private int PeakMegabytes()
    {
        const string Name = "VmHWM:";
        var line = File.ReadLines($"/proc/{simulated.Host.ProcessId}/status").First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return int.Parse(line[Name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }
}
