using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Net;
using System.Text.Json;
using AiFunctions.EndToEnd.Fixtures;
using OpenAI;
using OpenAI.Chat;

namespace AiFunctions.EndToEnd;

/// <summary>SDKs as they come, whose client has used up its day: the error reaches the application, and trying again blocks nobody.</summary>
public abstract class LongWaitTests(AzuriteFixture azurite)
{
    private const int Calls = 10;
    private static readonly TimeSpan NoSleep = TimeSpan.FromSeconds(120); // for the hours that are left of a day; the machine may be busy

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("openai-4")]
    [InlineData("openai")]
    [InlineData("openai-7")]
    public async Task The_JavaScript_SDK_raises_the_error_at_once(string sdk)
    {
        await using var host = await StartAsync();
        var key = await UsedUpKeyAsync(host);

        var result = await NodeScript.RunAsync(host, key, "long-wait.mjs", ("SDK", sdk), ("CALLS", Calls.ToString(CultureInfo.InvariantCulture)));

        TestContext.Current.TestOutputHelper?.WriteLine($"{sdk}: {result.GetProperty("milliseconds").GetDouble():0} ms for {Calls} calls");
        Assert.Equal(Calls, result.GetProperty("requests").GetInt32()); // none was tried again
        Assert.Equal(Calls, result.GetProperty("errors").GetArrayLength());
        Assert.All(result.GetProperty("errors").EnumerateArray(), error =>
        {
            Assert.True(error.GetProperty("isRateLimitError").GetBoolean());
            Assert.Equal("requests_per_day", error.GetProperty("code").GetString());
        });
        await AssertNobodyIsBlockedAsync(host, key);
    }

    [Fact]
    public async Task The_NET_SDK_raises_the_error_without_sleeping_for_as_long()
    {
        await using var host = await StartAsync();
        var key = await UsedUpKeyAsync(host);
        var client = new ChatClient("simulator", new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri(host.BaseAddress, "/v1") });

        var tomorrow = DateTime.UtcNow.Date.AddDays(1);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Calls).Select(async _ =>
        {
            var error = await Assert.ThrowsAsync<ClientResultException>(
                () => client.CompleteChatAsync([new UserChatMessage("Hello")], cancellationToken: Cancellation)).WaitAsync(NoSleep);
            Assert.Equal(429, error.Status);
            var response = error.GetRawResponse()!;
            Assert.Equal("requests_per_day", JsonElement.Parse(response.Content).GetProperty("error").GetProperty("code").GetString());
            Assert.True(response.Headers.TryGetValue("Retry-After", out var date));
            Assert.True(DateTime.TryParseExact(date, "ddd MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite, out var until));
            Assert.InRange(until, tomorrow, tomorrow.AddSeconds(5));
        }));
        TestContext.Current.TestOutputHelper?.WriteLine($".NET: {clock.ElapsedMilliseconds} ms for {Calls} calls at once");
        await AssertNobodyIsBlockedAsync(host, key);
    }

    [Fact]
    public async Task The_NET_SDK_with_a_policy_that_knows_the_header_raises_it_at_once()
    {
        await using var host = await StartAsync();
        var key = await UsedUpKeyAsync(host);
        var policy = new PatientRetryPolicy();
        var client = new ChatClient("simulator", new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri(host.BaseAddress, "/v1"), RetryPolicy = policy });

        for (var i = 1; i <= Calls; i++)
        {
            var error = await Assert.ThrowsAsync<ClientResultException>(() => client.CompleteChatAsync([new UserChatMessage("Hello")], cancellationToken: Cancellation));
            Assert.Equal((429, i), (error.Status, policy.Requests));
        }

        await AssertNobodyIsBlockedAsync(host, key);
    }

    private static async Task AssertNobodyIsBlockedAsync(FrontDoor host, string key)
    {
        using var refused = await host.ChatAsync(key, "Hello");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 60, 86_400);
        Assert.Equal("false", refused.Headers.GetValues("x-should-retry").Single());
        var blocks = await host.ManageAsync(HttpMethod.Get, "/manage/blocks", null, HttpStatusCode.OK);
        Assert.Equal(0, blocks.GetProperty("data").GetArrayLength());
    }

    private static async Task<string> UsedUpKeyAsync(FrontDoor host)
    {
        await WaitForRoomInDayAsync();
        var key = await host.NewKeyAsync("daily");
        using var served = await host.ChatAsync(key, "Hello");
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        return key;
    }

    /// <summary>So that the wait is a long one in each call.</summary>
    private static Task WaitForRoomInDayAsync()
    {
        var left = TimeSpan.FromDays(1) - DateTimeOffset.UtcNow.TimeOfDay;
        return left < TimeSpan.FromMinutes(3) ? Task.Delay(left + TimeSpan.FromSeconds(1), Cancellation) : Task.CompletedTask;
    }

    private Task<FrontDoor> StartAsync() => FrontDoors.StartAsync(new Dictionary<string, string?>
    {
        ["Storage__ConnectionString"] = azurite.ConnectionString,
        ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
        ["RateLimits__Tiers__daily__RequestsPerDay"] = "1",
        ["AbuseBlocking__Violations"] = "5",
    });

    /// <summary>As the documentation shows it.</summary>
    private sealed class PatientRetryPolicy : ClientRetryPolicy
    {
        public int Requests { get; private set; }

        protected override void OnRequestSent(PipelineMessage message) => Requests++;

        protected override ValueTask OnRequestSentAsync(PipelineMessage message)
        {
            OnRequestSent(message);
            return default;
        }

        protected override bool ShouldRetry(PipelineMessage message, Exception? exception) =>
            !(message.Response?.Headers.TryGetValue("x-should-retry", out var retry) == true && retry == "false") && base.ShouldRetry(message, exception);

        protected override ValueTask<bool> ShouldRetryAsync(PipelineMessage message, Exception? exception) => new(ShouldRetry(message, exception));
    }
}
