using System.Collections.Concurrent;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.SecondOpinion;
using Azure.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.OutputFilter;

/// <summary>The question about a passage, before a server on a real socket that speaks the documented format or breaks it.</summary>
public sealed class PassageJudgeTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly ConcurrentQueue<(string Path, string? Key, string Body)> _requests = new();
    private (int Status, string Body) _answer;
    private WebApplication _server = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            _requests.Enqueue((context.Request.Path + context.Request.QueryString, context.Request.Headers["Ocp-Apim-Subscription-Key"], await reader.ReadToEndAsync(_cancelled)));
            context.Response.StatusCode = _answer.Status;
            await context.Response.WriteAsync(_answer.Body);
        });
        await _server.StartAsync();
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(0, 2, 4, false)]
    [InlineData(0, 4, 4, true)]
    [InlineData(6, 0, 4, true)]
    [InlineData(2, 2, 2, true)]
    [InlineData(4, 4, 6, false)]
    public async Task A_passage_is_asked_about_as_documented(int selfHarm, int violence, int minimum, bool isDangerous)
    {
        _answer = (200, Analysis(selfHarm, violence));
        using var judge = Judge(minimum);

        Assert.Equal(isDangerous, await judge.IsDangerousAsync("a passage", "request-1", _cancelled));

        var (path, key, body) = Assert.Single(_requests);
        Assert.Equal(("/contentsafety/text:analyze?api-version=2024-09-01", "the key"), (path, key));
        Assert.Equal("""{"text":"a passage","categories":["SelfHarm","Violence"],"outputType":"FourSeverityLevels"}""", body);
    }

    [Theory]
    [InlineData(403, "{}")]
    [InlineData(200, "nonsense")]
    [InlineData(200, "[]")]
    [InlineData(200, "{}")]
    [InlineData(200, "{\"categoriesAnalysis\":[]}")]
    [InlineData(200, "{\"categoriesAnalysis\":[{\"category\":\"Violence\"}]}")]
    [InlineData(200, "{\"categoriesAnalysis\":[{\"category\":\"Violence\",\"severity\":\"6\"}]}")]
    public async Task Without_an_answer_the_settings_decide(int status, string body)
    {
        _answer = (status, body);
        using var useScore = Judge();
        using var assumeDanger = Judge(onFailure: OutputFailurePolicy.AssumeDanger);

        Assert.False(await useScore.IsDangerousAsync("a passage", "request-1", _cancelled));
        Assert.True(await assumeDanger.IsDangerousAsync("a passage", "request-1", _cancelled));
    }

    private static string Analysis(int selfHarm, int violence) =>
        $$"""{"blocklistsMatch":[],"categoriesAnalysis":[{"category":"SelfHarm","severity":{{selfHarm}}},{"category":"Violence","severity":{{violence}}}]}""";

    private PassageJudge Judge(int minimum = 4, OutputFailurePolicy onFailure = OutputFailurePolicy.UseScore) => new(
        Options.Create(new OutputFilterOptions
        {
            ContentSafety = new OutputContentSafetyOptions
            {
                Endpoint = new Uri(_server.Urls.First()), ApiKey = "the key", TimeoutMilliseconds = 10_000, MinimumSeverity = minimum, OnFailure = onFailure,
            },
        }),
        new Lazy<TokenCredential>(() => throw new InvalidOperationException()),
        TimeProvider.System,
        NullLogger<PassageJudge>.Instance);
}
