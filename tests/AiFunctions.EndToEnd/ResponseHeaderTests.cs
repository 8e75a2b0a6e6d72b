using System.Net;
using System.Text.Json;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>The headers that every response has, and CORS.</summary>
public abstract class ResponseHeaderTests(SimulatorHost simulated, AzuriteFixture azurite) : IClassFixture<SimulatorHost>
{
    private const string Origin = "https://app.example.com";
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/healthz", 200)]
    [InlineData("GET", "/v1/models", 401)]
    [InlineData("GET", "/v1/nothing", 404)]
    [InlineData("GET", "/", 404)]
    [InlineData("PUT", "/v1/chat/completions", 405)]
    [InlineData("OPTIONS", "/v1/chat/completions", 405)]
    [InlineData("GET", "/v1/models?key=x", 400)]
    [InlineData("GET", "/manage/clients", 401)]
    public async Task Every_response_has_them(string method, string path, int status)
    {
        using var response = await SendAsync(simulated.Host, method, path);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("default-src 'self'", Header(response, "Content-Security-Policy"));
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        Assert.Equal("DENY", Header(response, "X-Frame-Options"));
        Assert.Equal("max-age=31536000", Header(response, "Strict-Transport-Security"));
        Assert.Equal("no-store", Header(response, "Cache-Control"));
        Assert.True(simulated.Host.IsBehindHost || Header(response, "Server") is null); // The Functions host and proxies have theirs.
        Assert.NotNull(Header(response, "x-request-id"));
        Assert.Equal(status == 401, response.Headers.WwwAuthenticate.Count > 0);
        Assert.Equal(status == 405 ? "POST" : null, response.Content.Headers.Allow.SingleOrDefault());
        if (status >= 400)
        {
            var error = JsonElement.Parse(await response.Content.ReadAsStringAsync(_cancelled)).GetProperty("error");
            Assert.Equal(Header(response, "x-request-id"), error.GetProperty("request_id").GetString());
            Assert.DoesNotContain('\n', error.GetProperty("message").GetString()!);
        }
    }

    [Theory]
    [InlineData("/healthz", HttpStatusCode.OK)]
    [InlineData("/v1/models", HttpStatusCode.Unauthorized)]
    public async Task What_can_be_got_can_be_asked_about(string path, HttpStatusCode status)
    {
        using var response = await SendAsync(simulated.Host, "HEAD", path);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(Header(response, "x-request-id"));
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(_cancelled));
    }

    [Fact]
    public async Task A_request_id_that_is_given_is_kept()
    {
        using var response = await SendAsync(simulated.Host, "GET", "/v1/models", ("x-request-id", "my-id.7"));

        Assert.Equal("my-id.7", Header(response, "x-request-id"));
    }

    [Fact]
    public async Task Without_origins_there_is_no_cors()
    {
        using var response = await SendAsync(simulated.Host, "GET", "/healthz", ("Origin", Origin));

        Assert.Null(Header(response, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_page_of_an_allowed_origin_gets_through_and_can_read_errors()
    {
        await using var host = await FrontDoors.StartAsync(new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
            ["Cors__AllowedOrigins__0"] = Origin,
        });

        using var preflight = await SendAsync(
            host,
            "OPTIONS",
            "/v1/chat/completions",
            ("Origin", Origin),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "authorization,content-type,user-agent,openai-beta,x-stainless-os"));
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal(Origin, Header(preflight, "Access-Control-Allow-Origin"));
        Assert.Contains("x-stainless-os", Header(preflight, "Access-Control-Allow-Headers"), StringComparison.Ordinal);
        Assert.Contains("user-agent", Header(preflight, "Access-Control-Allow-Headers"), StringComparison.Ordinal);
        Assert.Equal("7200", Header(preflight, "Access-Control-Max-Age"));
        Assert.Equal("nosniff", Header(preflight, "X-Content-Type-Options"));

        using var error = await SendAsync(host, "GET", "/v1/models", ("Origin", Origin));
        Assert.Equal(HttpStatusCode.Unauthorized, error.StatusCode);
        Assert.Equal(Origin, Header(error, "Access-Control-Allow-Origin"));

        using var other = await SendAsync(host, "GET", "/healthz", ("Origin", "https://evil.example.com"));
        Assert.Null(Header(other, "Access-Control-Allow-Origin"));
    }

    private async Task<HttpResponseMessage> SendAsync(FrontDoor host, string method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await host.Http.SendAsync(request, _cancelled);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
