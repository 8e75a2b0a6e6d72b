using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiFunctions.Gateway;
using AiFunctions.Gateway.Operations;
using Microsoft.AspNetCore.Routing.Template;

namespace AiFunctions.Worker.Tests;

/// <summary>The gateway's pipeline around the functions of a real worker.</summary>
public sealed partial class GatewayBridgeTests(SharedWorker worker)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Guarded =>
        [.. GatewayOperations.All.Where(operation => operation.Access != OperationAccess.Anonymous).Select(operation => operation.Name)];

    public static TheoryData<string> Routes => [.. GatewayOperations.All.Select(operation => operation.Route).Distinct()];

    [Fact]
    public async Task The_pipeline_runs_around_the_function()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz") { Headers = { { "x-request-id", "from-the-caller" } } };
        using var response = await worker.Client.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"status":"ok"}""", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("from-the-caller", Assert.Single(response.Headers.GetValues("x-request-id")));
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    /// <summary>Only what is found as an operation is asked for credentials.</summary>
    [Theory]
    [MemberData(nameof(Guarded))]
    public async Task Each_operation_is_found_and_asks_for_credentials(string name)
    {
        var operation = GatewayOperations.Get(name);

        using var response = await worker.Client.SendAsync(operation.Method, Filled(operation.Route));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("missing_credentials", await ErrorCode.OfAsync(response));
        Assert.True(response.Headers.Contains("x-request-id"));
    }

    [Fact]
    public async Task An_operation_gets_its_routes_values()
    {
        var (id, keyId, key) = await worker.Client.CreateClientAsync();

        var client = await worker.Client.ManageAsync("GET", $"/manage/clients/{id}", HttpStatusCode.OK);
        await worker.Client.ManageAsync("POST", $"/manage/clients/{id}/keys/{keyId}/rotate", HttpStatusCode.Created);
        using var model = await worker.Client.SendAsync("GET", $"/v1/models/{SharedWorker.ListedModel}", key);

        Assert.Equal(id, client.GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.OK, model.StatusCode);
        Assert.Equal(SharedWorker.ListedModel, JsonElement.Parse(await model.Content.ReadAsStringAsync(Cancellation)).GetProperty("id").GetString());
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_wrong_method_is_answered_405(string route)
    {
        foreach (var method in (string[])["OPTIONS", "HEAD", "PUT", "TRACE"])
        {
            var taken = GatewayOperations.All.Where(operation => Matches(operation.Route, Filled(route))).SelectMany(operation => operation.Methods).Distinct().Order().ToList();
            if (taken.Contains(method))
            {
                continue;
            }

            using var response = await worker.Client.SendAsync(method, Filled(route), WorkerSettings.ManagementKey);

            Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
            Assert.Equal(taken, response.Content.Headers.Allow.Order());
            Assert.True(response.Headers.Contains("x-request-id"));
            if (method != "HEAD")
            {
                Assert.Equal("method_not_allowed", await ErrorCode.OfAsync(response));
            }
        }
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/v1")]
    [InlineData("POST", "/v1/nothing/here")]
    [InlineData("DELETE", "/manage/nothing")]
    [InlineData("OPTIONS", "/nothing")]
    public async Task An_unknown_route_is_answered_404_by_the_gateway(string method, string path)
    {
        using var response = await worker.Client.SendAsync(method, path);
        using var withCredential = await worker.Client.SendAsync(method, path + "?api_key=secret");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("not_found", await ErrorCode.OfAsync(response));
        Assert.True(response.Headers.Contains("x-request-id"));
        Assert.Equal(HttpStatusCode.BadRequest, withCredential.StatusCode);
        Assert.Equal("credential_in_url", await ErrorCode.OfAsync(withCredential));
    }

    [Fact]
    public async Task HEAD_of_an_unknown_route_is_404()
    {
        using var response = await worker.Client.SendAsync("HEAD", "/nothing");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.True(response.Headers.Contains("x-request-id"));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_preflight_reaches_the_pipeline(string route)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, Filled(route));
        request.Headers.Add("Origin", SharedWorker.Origin);
        request.Headers.Add("Access-Control-Request-Method", "GET");

        using var response = await worker.Client.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(SharedWorker.Origin, Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task A_response_arrives_as_it_is_written()
    {
        var firstWasRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var model = worker.Upstream.AddModel(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.SendTextAsync("The first part of the answer. ");
            await exchange.SendTextAsync(string.Concat(Enumerable.Repeat("It goes on for a while. ", 100))); // What the output filter may hold back.
            await firstWasRead.Task.WaitAsync(Patience);
            await exchange.SendTextAsync("And the last.");
            await exchange.FinishAsync();
        });

        using var response = await worker.Client.StreamAsync(model);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        string? line;
        do
        {
            line = await lines.ReadLineAsync(Cancellation).AsTask().WaitAsync(Patience, Cancellation);
            Assert.NotNull(line);
        }
        while (!line.Contains("The first part", StringComparison.Ordinal));

        firstWasRead.SetResult();
        var rest = await lines.ReadToEndAsync(Cancellation);

        // The output filter may have cut the text into other chunks.
        Assert.EndsWith("And the last.", string.Concat(Content().Matches(rest).Select(match => match.Groups["text"].Value)), StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_upstream_hears_that_the_caller_has_gone()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var model = worker.Upstream.AddModel(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.SendTextAsync("The first part of the answer. ");
            await exchange.CallerGone;
            gone.SetResult();
        });

        (await worker.Client.StreamAsync(model)).Dispose();

        await gone.Task.WaitAsync(Patience, Cancellation);
    }

    [Fact]
    public async Task A_query_string_is_not_logged()
    {
        const string Marker = "marker-0b5a2f";

        using var served = await worker.Client.SendAsync("GET", $"/healthz?{Marker}");
        using var refused = await worker.Client.SendAsync("GET", $"/v1/models?api_key={Marker}");
        using var unknown = await worker.Client.SendAsync("GET", $"/nothing?token={Marker}");

        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        Assert.Equal("credential_in_url", await ErrorCode.OfAsync(refused));
        Assert.Equal("credential_in_url", await ErrorCode.OfAsync(unknown));
        Assert.DoesNotContain(Marker, worker.Host.EverythingSaid, StringComparison.Ordinal);
    }

    private static bool Matches(string route, string path) => new TemplateMatcher(TemplateParser.Parse(route), []).TryMatch(path, []);

    private static string Filled(string route) =>
        route.Replace("{id}", "one", StringComparison.Ordinal).Replace("{*id}", "one", StringComparison.Ordinal)
            .Replace("{keyId}", "two", StringComparison.Ordinal).Replace("{certificateId}", "three", StringComparison.Ordinal);

    [GeneratedRegex("\"content\":\"(?<text>[^\"]*)\"")]
    private static partial Regex Content();
}
