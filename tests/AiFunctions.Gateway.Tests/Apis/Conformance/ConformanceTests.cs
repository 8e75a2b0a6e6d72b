using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AiFunctions.Gateway.InputGuard.Prompts;
using AiFunctions.Gateway.InputGuard.Scoring;
using AiFunctions.Gateway.OutputFilter.Answers;
using AiFunctions.Gateway.Tests.Inference;
using AiFunctions.Gateway.Tests.OutputFilter;
using AiFunctions.Gateway.Upstreams;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Tests.Apis.Conformance;

/// <summary>What holds for every operation of a model. A new one joins by a class of one line, with samples of its format.</summary>
public abstract class ConformanceTests
{
    private const string Planted = "Mail jane.roe@corp.example now, or call 555-0100. Card 4929 1234 5678 9011, then ssn 536-22-8726 and some words after it.";

    private protected abstract ApiSamples Samples { get; }

    [Fact]
    public void The_sample_passes_and_its_model_is_known()
    {
        using var request = JsonDocument.Parse(Samples.Request);

        Assert.Null(Samples.Api.Check(request.RootElement));
        Assert.NotEmpty(Samples.Api.ModelOf(request.RootElement));
    }

    /// <summary>A text hidden in any string of a request is judged, or stands where it only steers.</summary>
    [Fact]
    public void Every_text_is_judged_or_known_to_steer()
    {
        const string Marker = "qzmarker and some more words, so that it is too long to be an id of any kind whatsoever";
        var unjudged = new List<string>();
        foreach (var path in StringsOf(JsonNode.Parse(Samples.Request)!, ""))
        {
            var request = JsonNode.Parse(Samples.Request)!;
            Replace(request, path, Marker);
            using var document = JsonDocument.Parse(request.ToJsonString());
            if (Samples.Api.Check(document.RootElement) is null && !Judged(document.RootElement).Contains(Marker, StringComparison.Ordinal))
            {
                unjudged.Add(WithoutIndexes(path));
            }
        }

        Assert.Equal(Samples.Steering.Order(StringComparer.Ordinal), unjudged.Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>A member that nobody has heard of is judged, too, wherever an object stands.</summary>
    [Fact]
    public void A_member_that_nobody_knows_is_judged()
    {
        foreach (var path in ObjectsOf(JsonNode.Parse(Samples.Request)!, "").Where(path => !Samples.SteeringObjects.Contains(WithoutIndexes(path))))
        {
            var request = JsonNode.Parse(Samples.Request)!;
            Find(request, path).AsObject()["novelty"] = "qzmarker in a new member";
            using var document = JsonDocument.Parse(request.ToJsonString());
            Assert.True(
                Samples.Api.Check(document.RootElement) is not null || Judged(document.RootElement).Contains("qzmarker", StringComparison.Ordinal),
                $"novelty in {path} is not judged.");
        }
    }

    [Fact]
    public void A_request_that_needs_no_change_goes_out_byte_for_byte()
    {
        var body = Encoding.UTF8.GetBytes(Samples.Request);
        Assert.Equal(Samples.Request, Encoding.UTF8.GetString(Samples.Api.Outline(body, 1_000_000).For(new UpstreamDialect(OutputLimitField.MaxTokens, AsksForUsage: true))));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"model\":7}")]
    [InlineData("{\"model\":\"m\"}")]
    [InlineData("{\"model\":\"\",\"input\":\"x\",\"messages\":[]}")]
    public async Task A_bad_request_is_a_400_that_names_the_field(string body)
    {
        await using var host = new ModelCallHost(Samples.Api, body);
        await host.StartAsync();
        using var response = await host.SendAsync();

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("error");
        Assert.Equal("invalid_request", error.GetProperty("code").GetString());
        Assert.NotEmpty(error.GetProperty("param").GetString()!);
        Assert.Equal(0, host.Asked);
    }

    [Theory]
    [InlineData("whole")]
    [InlineData("refused")]
    [InlineData("no answer")]
    [InlineData("reset")]
    [InlineData("html")]
    [InlineData("error in a 200")]
    [InlineData("half")]
    public async Task However_it_ends_it_is_settled_once(string end)
    {
        await using var host = new ModelCallHost(Samples.Api, Samples.Request)
        {
            Budget = new() { Limits = new(1, 1, 1, 1, 1, 0, MaxRequestCharacters: 1_000_000, MaxOutputTokens: 1_000_000) },
            TimeoutSeconds = end == "no answer" ? 1 : 120,
        };
        host.Answer = async context =>
        {
            switch (end)
            {
                case "refused":
                    context.Response.StatusCode = 500;
                    break;
                case "reset":
                    ModelCallHost.Reset(context);
                    break;
                case "no answer":
                    await ModelCallHost.GoneAsync(context);
                    break;
                default:
                    var answer = end switch
                    {
                        "html" => "<html></html>",
                        "error in a 200" => "{\"error\":{\"message\":\"no\"}}",
                        "half" => Samples.Answer("hello")[..^5],
                        _ => Samples.Answer("hello"),
                    };
                    await ModelCallHost.WriteAsync(context, answer, "application/json");
                    break;
            }
        };
        await host.StartAsync();

        using var response = await host.SendAsync();
        var settled = await host.SettledAsync();

        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var error = response.IsSuccessStatusCode ? null : JsonElement.Parse(body).GetProperty("error").GetProperty("code").GetString();
        Assert.Equal(end switch { "whole" => null, "no answer" => "upstream_timeout", _ => "upstream_error" }, error);
        switch (end)
        {
            case "whole":
                Assert.Equal(Samples.ReportedTokens, settled);
                break;
            case "refused":
                Assert.Equal(0, settled);
                break;
            case "no answer":
                Assert.Equal(host.Budget.Reserved[0], settled); // it may still be at work
                break;
            case "html" or "error in a 200":
                Assert.Equal(0, settled);
                break;
            default:
                Assert.InRange(settled, 1, host.Budget.Reserved[0]);
                break;
        }
    }

    [Fact]
    public async Task Planted_secrets_do_not_leave_and_opaque_strings_leave_whole()
    {
        foreach (var answer in (string[])[Samples.Answer("harmless"), .. Samples.OpaqueAnswers])
        {
            await using var host = new ModelCallHost(Samples.Api, Samples.Request)
            {
                Budget = new() { Limits = new(1, 1, 1, 1, 1, 0, MaxRequestCharacters: 1_000_000, MaxOutputTokens: 1_000_000) },
                Answer = context => ModelCallHost.WriteAsync(context, answer, "application/json"),
            };
            await host.StartAsync();
            using var response = await host.SendAsync();
            Assert.Equal(answer, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        if (Samples.Events([]) is not null)
        {
            Assert.DoesNotContain("jane.roe", Whole(Planted), StringComparison.Ordinal);
        }
    }

    /// <summary>I6: however a text is cut into events, the caller sees what it would have seen of a whole answer.</summary>
    [Fact]
    public void A_stream_says_what_a_whole_answer_says()
    {
        if (Samples.Events([]) is null)
        {
            Assert.Null(Samples.Api.Answers); // nothing to stream, and nothing to filter
            return;
        }

        var whole = Samples.TextOf(Whole(Planted));
        Assert.Contains("[REDACTED_EMAIL]", whole, StringComparison.Ordinal);
        for (var seed = 0; seed < 2000; seed++)
        {
            var pieces = Filtered.Cut(Planted, new Random(seed), longest: 1 + (seed % 17));
            Assert.Equal(whole, Samples.TextOfEvents(Streamed(pieces)));
        }
    }

    private string Whole(string text)
    {
        var filter = new AnswerFilter(Samples.Api.Answers!.NewReader(Filtered.Policy, null, isJson: false), Filtered.Policy);
        var output = new ArrayBufferWriter<byte>();
        Assert.True(filter.TryFilterJson(Encoding.UTF8.GetBytes(Samples.Answer(text)), output));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private string Streamed(IReadOnlyList<string> pieces)
    {
        var filter = new AnswerFilter(Samples.Api.Answers!.NewReader(Filtered.Policy, null, isJson: false), Filtered.Policy);
        var output = new ArrayBufferWriter<byte>();
        foreach (var sseEvent in Samples.Events(pieces)!)
        {
            Assert.True(filter.TryWriteEvent(Encoding.UTF8.GetBytes(sseEvent), output));
        }

        filter.Complete(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private string Judged(JsonElement request)
    {
        using var text = new PromptText(trustDeveloper: false, trustAssistant: false);
        Samples.Api.ReadPrompt(request, text);
        return $"{text.Join(TextSource.User)} {text.Join(TextSource.Document)}";
    }

    private static IEnumerable<string> StringsOf(JsonNode? node, string path) => node switch
    {
        JsonObject members => members.SelectMany(member => StringsOf(member.Value, path.Length == 0 ? member.Key : $"{path}.{member.Key}")),
        JsonArray items => items.SelectMany((item, i) => StringsOf(item, $"{path}[{i}]")),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => [path],
        _ => [],
    };

    private static IEnumerable<string> ObjectsOf(JsonNode? node, string path) => node switch
    {
        JsonObject members => members.SelectMany(member => ObjectsOf(member.Value, path.Length == 0 ? member.Key : $"{path}.{member.Key}")).Append(path),
        JsonArray items => items.SelectMany((item, i) => ObjectsOf(item, $"{path}[{i}]")),
        _ => [],
    };

    private static string WithoutIndexes(string path) => Regex.Replace(path, @"\[\d+\]", "[]");

    private static void Replace(JsonNode root, string path, string text)
    {
        var cut = path.LastIndexOfAny(['.', '[']);
        var parent = cut < 0 ? root : Find(root, path[..cut]);
        if (path[^1] == ']')
        {
            parent.AsArray()[int.Parse(path[(cut + 1)..^1], CultureInfo.InvariantCulture)] = text;
        }
        else
        {
            parent.AsObject()[path[(cut + 1)..]] = text;
        }
    }

    private static JsonNode Find(JsonNode root, string path) => path
        .Split(['.', '['], StringSplitOptions.RemoveEmptyEntries)
        .Aggregate(root, (node, step) => step[^1] == ']' ? node[int.Parse(step[..^1], CultureInfo.InvariantCulture)]! : node[step]!);
}
