using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using AiFunctions.Gateway.AnomalyDetection;
using AiFunctions.Gateway.AnomalyDetection.Activity;
using AiFunctions.Gateway.AnomalyDetection.LogAnalytics;
using AiFunctions.TestHosts;
using Azure.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static AiFunctions.Gateway.Tests.AnomalyDetection.Activities;

namespace AiFunctions.Gateway.Tests.AnomalyDetection;

/// <summary>Against a local server that answers as the documentation of the service says.</summary>
public sealed class LogAnalyticsActivitySourceTests : IAsyncLifetime
{
    private const string Workspace = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";
    private const string PartialError = """
        ,"error":{"code":"PartialError","message":"There were some errors when processing your query.","details":[
        {"code":"EngineError","message":"secret-detail","innererror":{"code":"-2133196797","message":"The results of this query exceed the set limit"}}]}
        """;

    private readonly WebApplication _server;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _answers = new();
    private readonly ConcurrentQueue<(string Path, string? Authorization, string? Prefer, JsonElement Body)> _requests = new();
    private readonly Credential _credential = new();
    private LogAnalyticsActivitySource _source = null!;

    public LogAnalyticsActivitySourceTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(async context =>
        {
            var body = await JsonDocument.ParseAsync(context.Request.Body);
            _requests.Enqueue((context.Request.Path, context.Request.Headers.Authorization, context.Request.Headers["Prefer"], body.RootElement));
            Assert.True(_answers.TryDequeue(out var answer));
            await answer(context);
        });
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync(Cancellation);
        var endpoint = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _source = new LogAnalyticsActivitySource(
            Options.Create(new AnomalyDetectionOptions { WorkspaceId = Workspace, QueryEndpoint = new Uri(endpoint) }),
            new Lazy<TokenCredential>(_credential),
            TimeProvider.System,
            NullLogger<LogAnalyticsActivitySource>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _source.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task It_asks_once_with_a_token_a_time_and_the_query()
    {
        Answer(200, Table(Row("client")));

        await _source.ReadAsync(Period, Cancellation);

        var (path, authorization, prefer, body) = Assert.Single(_requests);
        Assert.Equal(($"/v1/workspaces/{Workspace}/query", "Bearer the-token", "wait=120"), (path, authorization, prefer));
        Assert.Equal(ActivityQuery.For(Period), body.GetProperty("query").GetString());
        Assert.Equal("2026-01-01T11:00:00.0000000Z/2026-02-05T12:00:00.0000000Z", body.GetProperty("timespan").GetString());
        Assert.EndsWith("/.default", Assert.Single(_credential.Scopes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_are_read_by_the_names_of_their_columns()
    {
        Answer(200, Table(Row("client"), Row("new", isNew: true)));

        var reading = await _source.ReadAsync(Period, Cancellation);

        Assert.True(reading.IsComplete);
        var client = reading.Clients[0];
        Assert.Equal(("client", ClientHistory.Hours), (client.ClientId, client.History.KnownHours));
        Assert.Equal(
            (1f, 2f, 8f),
            (
                client.History[ActivitySeries.Requests][^1], client.History[ActivitySeries.PeakRequests][0],
                client.History[ActivitySeries.SquaredLogBytes][5]));
        Assert.Equal((30, 10), (client.History.Operations.Total, client.History.LatelyModels.Total));
        var slice = Assert.Single(client.Recent);
        Assert.Equal(
            (Now.AddMinutes(-5), 7, 700, 1, 2, 3),
            (
                slice.Start, slice.Counts.Requests, slice.Counts.Tokens, slice.Counts.ClientErrors, slice.Counts.ServerErrors,
                slice.Counts.Refusals));
        Assert.Equal((49.5, 350.25, 7, 7), (slice.Counts.LogBytes, slice.Counts.SquaredLogBytes, slice.Counts.Operations.Total, slice.Counts.Models.Total));
        Assert.Equal(("new", 0), (reading.Clients[1].ClientId, reading.Clients[1].History.KnownHours));
    }

    [Fact]
    public async Task Nobody_is_no_trouble()
    {
        Answer(200, Table());

        Assert.Empty((await _source.ReadAsync(Period, Cancellation)).Clients);
    }

    [Fact]
    public async Task A_partial_answer_is_used_and_said_to_be_one()
    {
        Answer(200, Table(Row("client"))[..^1] + PartialError + "}");

        var reading = await _source.ReadAsync(Period, Cancellation);

        Assert.False(reading.IsComplete);
        Assert.Equal("client", Assert.Single(reading.Clients).ClientId);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task What_may_pass_is_tried_again_when_the_service_says(int status)
    {
        Answer(status, "{}", retryAfter: 0);
        Answer(status, "{}", retryAfter: 0);
        Answer(200, Table(Row("client")));

        Assert.Single((await _source.ReadAsync(Period, Cancellation)).Clients);
        Assert.Equal(3, _requests.Count);
    }

    [Fact]
    public async Task In_the_end_it_gives_up()
    {
        for (var i = 0; i < 4; i++)
        {
            Answer(429, "{}", retryAfter: 0);
        }

        await Assert.ThrowsAsync<ActivityUnavailableException>(() => _source.ReadAsync(Period, Cancellation));
        Assert.Equal(4, _requests.Count);
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"secret-detail","code":"BadArgumentError"}}""")]
    [InlineData(403, """{"error":{"message":"secret-detail","code":"InsufficientAccessError"}}""")]
    [InlineData(504, """{"error":{"message":"secret-detail","code":"GatewayTimeout"}}""")]
    [InlineData(200, """{"error":{"message":"secret-detail","code":"SemanticError"}}""")]
    [InlineData(200, """{"tables":[]}""")]
    [InlineData(200, """{"tables":[{"name":"PrimaryResult","columns":[{"name":"client_id","type":"string"}],"rows":[["a"]]}]}""")]
    [InlineData(200, """{"tables":[{"name":"PrimaryResult","columns":"secret-detail","rows":[]}]}""")]
    [InlineData(200, "[1]")]
    [InlineData(200, "secret-detail")]
    [InlineData(200, "")]
    public async Task What_will_not_pass_is_not_tried_again_and_nothing_of_it_is_repeated(int status, string text)
    {
        Answer(status, text);

        var e = await Assert.ThrowsAsync<ActivityUnavailableException>(() => _source.ReadAsync(Period, Cancellation));

        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
        Assert.Single(_requests);
    }

    [Fact]
    public async Task Who_gives_up_is_not_kept()
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        _answers.Enqueue(async context =>
        {
            await gone.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _source.ReadAsync(Period, gone.Token));
    }

    [Fact]
    public async Task The_query_binds_against_the_schema_of_AppEvents_and_has_the_columns_that_are_read()
    {
        var result = await CheckAsync(ActivityQuery.For(Period));

        Assert.Empty(result.GetProperty("diagnostics").EnumerateArray());
        Assert.Equal(
            ["client_id string", .. Columns.Skip(1).Select(column => column + " dynamic")],
            result.GetProperty("columns").EnumerateArray().Select(column => $"{column[0]} {column[1]}"));
    }

    [Fact]
    public async Task The_check_of_the_query_finds_what_does_not_bind() =>
        Assert.NotEmpty((await CheckAsync(ActivityQuery.For(Period).Replace("ItemCount", "ItemCounts", StringComparison.Ordinal))).GetProperty("diagnostics").EnumerateArray());

    private static readonly string[] Columns =
    [
        "client_id", "recent", "requests", "peak_requests", "peak_tokens", "client_errors", "server_errors", "peak_refusals", "log_bytes", "squared_log_bytes",
        "mix_before", "mix_lately",
    ];

    private static async Task<JsonElement> CheckAsync(string query)
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "query.kql");
        await File.WriteAllTextAsync(file, query, Cancellation);
        await using var node = ChildProcess.Start("node", ["check-query.mjs", file], await NpmPackages.KustoAsync());
        Assert.True(await node.Exited == 0, node.Output);
        return JsonElement.Parse(node.StandardOutput);
    }

    // In another order than the query's, and as the service writes values of type dynamic: as text.
    private static string Table(params Dictionary<string, string?>[] rows)
    {
        var columns = Columns.Reverse().ToArray();
        return JsonSerializer.Serialize(new
        {
            tables = new[]
            {
                new
                {
                    name = "PrimaryResult",
                    columns = columns.Select(name => new { name, type = name == "client_id" ? "string" : "dynamic" }),
                    rows = rows.Select(row => columns.Select(name => row[name])),
                },
            },
        });
    }

    private static Dictionary<string, string?> Row(string client, bool isNew = false)
    {
        var row = Columns.ToDictionary(name => name, _ => (string?)null);
        row["client_id"] = client;
        row["recent"] = $$$"""
            [{"start":"{{{Now.AddMinutes(-5).ToString("O", CultureInfo.InvariantCulture)}}}","requests":7,"tokens":700,"client_errors":1,"server_errors":2,"refusals":3,
            "log_bytes":49.5,"squared_log_bytes":350.25,"mix":{"o-12":7,"m34":7}}]
            """;
        if (!isNew)
        {
            for (var i = 2; i < 10; i++)
            {
                row[Columns[i]] = "[" + string.Join(',', Enumerable.Repeat(i - 1, ClientHistory.Hours)) + "]";
            }

            row["mix_before"] = """{"o-12":20,"m34":20}""";
            row["mix_lately"] = """{"o-12":10,"m34":10}""";
        }

        return row;
    }

    private void Answer(int status, string body, int? retryAfter = null) => _answers.Enqueue(context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (retryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return context.Response.WriteAsync(body);
    });

    private sealed class Credential : TokenCredential
    {
        public ConcurrentQueue<string> Scopes { get; } = new();

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes.Enqueue(requestContext.Scopes.Single());
            return new AccessToken("the-token", DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
