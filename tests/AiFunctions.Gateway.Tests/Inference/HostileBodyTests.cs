using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AiFunctions.Gateway.Apis.ChatCompletions;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Inference;
using AiFunctions.Gateway.InputGuard;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.RequestBody;
using AiFunctions.Gateway.Tests.InputGuard;
using AiFunctions.Gateway.Tests.Tokens;
using AiFunctions.Gateway.Tiers;
using AiFunctions.Gateway.Upstreams;
using AiFunctions.Gateway.Upstreams.Simulator;
using Azure.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.Inference;

/// <summary>
/// Whatever is posted, the answer is a completion or one of the contract's errors: the middleware from the body on, as they are, with the
/// simulator behind them.
/// </summary>
public sealed class HostileBodyTests : IDisposable
{
    private static readonly string[] Codes =
        ["invalid_json", "invalid_encoding", "invalid_request", "nesting_too_deep", "prompt_rejected", "request_too_large", "model_not_found"];

    // Everything is judged, and whatever is judged is flagged: so every text goes all the way.
    private readonly GuardParts _guard = new(new InputGuardOptions { FlagThreshold = 0, TrustSystemMessages = false });
    private static readonly FilterPolicy Filter = new(new OutputFilterOptions());
    private readonly UpstreamRouter _upstreams;
    private readonly RequestDelegate _pipeline;

    public HostileBodyTests()
    {
        _upstreams = new UpstreamRouter(
            Options.Create(new UpstreamListOptions { Upstreams = [new UpstreamOptions { Name = "s", Kind = "Simulator", Models = ["simulator"] }] }),
            new SimulatedModel([new SimulatedChatApi()], Options.Create(new SimulatorOptions { WordDelayMilliseconds = 0 }), TimeProvider.System),
            new Lazy<TokenCredential>(() => throw new InvalidOperationException()),
            TimeProvider.System,
            NullLogger<UpstreamRouter>.Instance);
        var call = new ModelCall(_upstreams, LoadedVocabulary.Estimator(), _guard.Guard, _guard.AnswersUnder(Filter), _guard.Models, TimeProvider.System);
        var body = new RequestBodyMiddleware(context => call.RunAsync(new ChatCompletionsApi(), context), Options.Create(new RequestBodyOptions { MaxBytes = 2 * 1024 * 1024 }));
        _pipeline = new ErrorBoundaryMiddleware(body.InvokeAsync, NullLogger<ErrorBoundaryMiddleware>.Instance).InvokeAsync;
    }

    public void Dispose()
    {
        _upstreams.Dispose();
        _guard.Dispose();
    }

    [Fact]
    public Task Twenty_thousand_bodies() => RunAsync(20_000);

    /// <summary>Takes minutes: <c>dotnet test tests/AiFunctions.Gateway.Tests -c Release --filter A_million_bodies -- xUnit.Explicit=only</c>.</summary>
    [Fact(Explicit = true)]
    public Task A_million_bodies() => RunAsync(1_000_000);

    private async Task RunAsync(int bodies)
    {
        var answers = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var longest = (Elapsed: TimeSpan.Zero, Seed: 0, Bytes: 0);
        var started = Stopwatch.GetTimestamp();
        var total = 0L;
        for (var seed = 0; seed < bodies; seed++)
        {
            var body = HostileBodies.Make(seed);
            total += body.Length;
            var sent = Stopwatch.GetTimestamp();
            var answer = await PostAsync(body, seed);
            var elapsed = Stopwatch.GetElapsedTime(sent);
            if (elapsed > longest.Elapsed)
            {
                longest = (elapsed, seed, body.Length);
            }

            answers[answer] = answers.GetValueOrDefault(answer) + 1;
            if (seed % 1000 == 0)
            {
                _guard.Reviews.TakeAll();
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{bodies} bodies, {total / 1_000_000.0:0} MB, in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s; the longest "
                + $"took {longest.Elapsed.TotalMilliseconds:0.0} ms (seed {longest.Seed}, {longest.Bytes} bytes)."));
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(", ", answers.Select(answer => $"{answer.Key}: {answer.Value}")));

        // Not all of one kind, or the bodies would test little.
        Assert.True(answers.GetValueOrDefault("200") > bodies / 20, "Too few were served.");
        Assert.All(Codes[..5], code => Assert.True(answers.ContainsKey(code), $"None was refused as {code}."));
    }

    /// <returns>The error's code; 200 when there is none.</returns>
    private async Task<string> PostAsync(byte[] body, int seed)
    {
        var context = new DefaultHttpContext { TraceIdentifier = "request" };
        context.Request.Method = "POST";
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream(body);
        using var response = new MemoryStream();
        context.Response.Body = response;
        context.SetEndpoint(GatewayOperations.Get("ChatCompletions").Endpoint);
        context.Features.Set<ITokenBudget>(new FakeTokenBudget { Limits = new EffectiveLimits(1, 1, 1, 1, 1, 0, MaxRequestCharacters: 256_000, MaxOutputTokens: 20) });
        context.Features.Set(new ClientIdentity(
            new Client { Id = "c", Name = "n", Tier = "free", CreatedAt = default, UpdatedAt = default },
            new ClientKey { KeyId = "k", ClientId = "c", Hash = [], CreatedAt = default }));

        await _pipeline(context);
        await context.Response.CompleteAsync();

        if (context.Response.StatusCode == StatusCodes.Status200OK)
        {
            Assert.True(response.Length > 0, $"Seed {seed}: an empty answer.");
            return "200";
        }

        using var error = JsonDocument.Parse(response.GetBuffer().AsMemory(0, (int)response.Length));
        var code = error.RootElement.GetProperty("error").GetProperty("code").GetString()!;
        Assert.True(context.Response.StatusCode is >= 400 and < 500 && Codes.Contains(code), $"Seed {seed}: {context.Response.StatusCode} {code}");
        Assert.True(
            code != "invalid_request" || error.RootElement.GetProperty("error").GetProperty("param").ValueKind == JsonValueKind.String, $"Seed {seed}: no field is named.");
        return code;
    }
}
