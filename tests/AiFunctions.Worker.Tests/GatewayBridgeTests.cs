using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway;
using AiFunctions.Gateway.Operations;
using AiFunctions.Worker.Tests.Double;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions.Worker.Tests;

public sealed class GatewayBridgeTests
{
    private const string Marker = "marker-0b5a2f";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> ManagementOperations =>
        [.. GatewayOperations.All.Where(operation => operation.Access == OperationAccess.Management).Select(operation => operation.Name)];

    public static TheoryData<string> Routes => [.. GatewayOperations.All.Select(operation => operation.Route).Distinct()];

    [Fact]
    public async Task The_pipeline_runs_around_the_function()
    {
        await using var run = await TestRun.StartAsync();
        run.InPlaceOf["Health"] = http => http.Response.WriteAsync("from the function");

        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz") { Headers = { { "x-request-id", "from-the-caller" } } };
        using var response = await run.Client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("from the function", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("from-the-caller", Assert.Single(response.Headers.GetValues("x-request-id")));
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal(["Health"], run.Executed);
        AssertAllAnswered(run);
    }

    [Theory]
    [InlineData("GET", "/v1/models")]
    [InlineData("POST", "/v1/chat/completions")]
    [InlineData("GET", "/manage/clients")]
    public async Task A_stage_that_answers_keeps_the_function_from_running(string method, string path)
    {
        await using var run = await TestRun.StartAsync();

        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await run.Client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("missing_credentials", await ErrorCodeAsync(response));
        Assert.True(response.Headers.Contains("x-request-id"));
        Assert.Empty(run.Executed);
        AssertAllAnswered(run);
    }

    [Theory]
    [MemberData(nameof(ManagementOperations))]
    public async Task The_functions_own_operation_is_selected(string name)
    {
        var operation = GatewayOperations.Get(name);
        string? selected = null;
        RouteValueDictionary? values = null;
        await using var run = await TestRun.StartAsync();
        run.InPlaceOf[name] = http =>
        {
            selected = http.GetEndpoint()?.Metadata.GetMetadata<GatewayOperation>()?.Name;
            values = new(http.Request.RouteValues); // The request clears its own when it ends.
            return Task.CompletedTask;
        };

        using var response = await SendAsync(run, operation.Method, operation.Route.Replace("{id}", "one").Replace("{keyId}", "two"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([name], run.Executed);
        Assert.Equal(name, selected);
        Assert.Equal(operation.Route.Contains("{id}") ? "one" : null, values!["id"]);
        Assert.Equal(operation.Route.Contains("{keyId}") ? "two" : null, values["keyId"]);
        AssertAllAnswered(run);
    }

    [Fact]
    public async Task A_function_runs_its_operation()
    {
        await using var run = await TestRun.StartAsync();

        using var response = await SendAsync(run, "GET", "/manage/clients/no-id-of-ours");

        Assert.Equal(["GetClient"], run.Executed);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("not_found", await ErrorCodeAsync(response));
        AssertAllAnswered(run);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_wrong_method_that_the_trigger_lets_through_is_answered_405(string route)
    {
        await using var run = await TestRun.StartAsync();

        using var response = await SendAsync(run, "OPTIONS", route.Replace("{id}", "one").Replace("{keyId}", "two"));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("method_not_allowed", await ErrorCodeAsync(response));
        Assert.Equal(
            GatewayOperations.All.Where(operation => operation.Route == route).Select(operation => operation.Method).Order(),
            response.Content.Headers.Allow.Order());
        Assert.Empty(run.Executed);
        AssertAllAnswered(run);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_preflight_reaches_the_pipeline(string route)
    {
        await using var run = await TestRun.StartAsync("--Cors:AllowedOrigins:0=https://page.example");
        using var request = new HttpRequestMessage(HttpMethod.Options, route.Replace("{id}", "one").Replace("{keyId}", "two"));
        request.Headers.Add("Origin", "https://page.example");
        request.Headers.Add("Access-Control-Request-Method", "GET");

        using var response = await run.Client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("https://page.example", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Empty(run.Executed);
        AssertAllAnswered(run);
    }

    [Fact]
    public async Task A_response_arrives_as_it_is_written()
    {
        var firstWasRead = new TaskCompletionSource();
        await using var run = await TestRun.StartAsync();
        run.InPlaceOf["Health"] = async http =>
        {
            await http.Response.WriteAsync("first", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await firstWasRead.Task.WaitAsync(TimeSpan.FromSeconds(30), http.RequestAborted);
            await http.Response.WriteAsync("second", http.RequestAborted);
        };

        using var response = await run.Client.GetAsync("/healthz", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(Cancellation);
        var first = new byte["first".Length];
        await body.ReadExactlyAsync(first, Cancellation);
        firstWasRead.SetResult();
        using var rest = new StreamReader(body);

        Assert.Equal("first"u8, first);
        Assert.Equal("second", await rest.ReadToEndAsync(Cancellation));
        AssertAllAnswered(run);
    }

    [Fact]
    public async Task A_functions_exception_becomes_a_contract_error()
    {
        await using var run = await TestRun.StartAsync();
        run.InPlaceOf["Health"] = _ => throw new InvalidOperationException(Marker);

        using var response = await run.Client.GetAsync("/healthz", Cancellation);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("internal_error", await ErrorCodeAsync(response));
        Assert.DoesNotContain(run.Logs.Lines, line => line.Contains(Marker));
        AssertAllAnswered(run);
    }

    [Fact]
    public async Task An_exception_in_mid_response_cuts_the_connection()
    {
        await using var run = await TestRun.StartAsync();
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously); // a reset may take unread bytes with it
        run.InPlaceOf["Health"] = async http =>
        {
            await http.Response.WriteAsync("half", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await read.Task;
            throw new InvalidOperationException(Marker);
        };

        using var response = await run.Client.GetAsync("/healthz", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        read.SetResult();

        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(Cancellation));
        Assert.DoesNotContain(run.Logs.Lines, line => line.Contains(Marker));
    }

    [Fact]
    public async Task A_fault_in_front_of_the_error_boundary_is_no_success_and_quotes_nothing()
    {
        await using var run = await TestRun.StartAsync();
        var http = new DefaultHttpContext { RequestServices = run.Services! };

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => run.Pipeline!(new InvocationContext(new Definition(Marker), run.Services!, http)));

        Assert.DoesNotContain(Marker, exception.ToString());
        Assert.Equal(StatusCodes.Status500InternalServerError, http.Response.StatusCode);
        Assert.Empty(run.Executed);
    }

    [Fact]
    public async Task A_fault_outside_the_error_boundary_does_not_end_a_begun_response_cleanly()
    {
        await using var run = await TestRun.StartAsync();
        var connection = new Connection();
        var http = new DefaultHttpContext();
        http.Features.Set<IHttpResponseFeature>(new BegunResponse());
        http.Features.Set<IHttpRequestLifetimeFeature>(connection);

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => run.Pipeline!(new InvocationContext(new Definition(Marker), run.Services!, http)));

        Assert.True(connection.Aborted);
    }

    [Fact]
    public async Task A_function_hears_that_the_caller_has_gone()
    {
        var started = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        using var caller = new CancellationTokenSource();
        await using var run = await TestRun.StartAsync();
        run.InPlaceOf["Health"] = async http =>
        {
            using var registration = http.RequestAborted.Register(aborted.SetResult);
            started.SetResult();
            await aborted.Task;
            http.RequestAborted.ThrowIfCancellationRequested();
        };

        var request = run.Client.GetAsync("/healthz", caller.Token);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        Assert.Empty(run.Failures);
    }

    [Fact]
    public async Task A_trigger_that_is_not_HTTP_is_left_alone()
    {
        await using var run = await TestRun.StartAsync();
        var context = new InvocationContext(new Definition("SomeTimer"), run.Services!, incoming: null);

        await run.Pipeline!(context);

        Assert.Equal(["SomeTimer"], run.Executed);
        Assert.Null(context.Result.Value);
    }

    [Fact]
    public async Task A_query_string_is_not_logged()
    {
        await using var run = await TestRun.StartAsync();
        run.InPlaceOf["Health"] = _ => Task.CompletedTask;

        using var served = await run.Client.GetAsync($"/healthz?{Marker}", Cancellation);
        using var refused = await run.Client.GetAsync($"/v1/models?api_key={Marker}", Cancellation);

        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        Assert.Equal("credential_in_url", await ErrorCodeAsync(refused));
        Assert.DoesNotContain(run.Logs.Lines, line => line.Contains(Marker));
    }

    private static async Task<HttpResponseMessage> SendAsync(TestRun run, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = new("Bearer", TestRun.ManagementKey);
        if (method is "POST" or "PATCH")
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        return await run.Client.SendAsync(request, Cancellation);
    }

    private static async Task<string?> ErrorCodeAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return body.GetProperty("error").GetProperty("code").GetString();
    }

    private static void AssertAllAnswered(TestRun run)
    {
        Assert.Empty(run.Failures);
        Assert.Empty(run.WithoutResponse);
    }

    private sealed class BegunResponse : HttpResponseFeature
    {
        public override bool HasStarted => true;
    }

    private sealed class Connection : IHttpRequestLifetimeFeature
    {
        public bool Aborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => Aborted = true;
    }

    private sealed class Definition(string name) : FunctionDefinition
    {
        public override string Name => name;
    }
}
