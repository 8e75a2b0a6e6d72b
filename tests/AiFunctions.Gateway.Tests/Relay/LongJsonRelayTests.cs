using System.Net;
using AiFunctions.Gateway.Apis.Embeddings;
using AiFunctions.Gateway.Relay;
using AiFunctions.Gateway.Tests.Inference;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Tests.Relay;

/// <summary>Answers without text pass as they come, however long they are.</summary>
public sealed class LongJsonRelayTests : IAsyncLifetime
{
    private const string Head = "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[";
    private const string Tail = "]}],\"model\":\"m\",\"usage\":{\"prompt_tokens\":7,\"total_tokens\":7}}";
    private readonly ModelCallHost _host = new(new EmbeddingsApi(), "{\"model\":\"m\",\"input\":\"hi\"}");

    public async ValueTask InitializeAsync() => await _host.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_hundred_megabytes_pass_as_they_come()
    {
        const int Pieces = 1600;
        var piece = string.Concat(Enumerable.Repeat("0.123456789012345,", 3640)); // 64 KB
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.Answer = async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Head);
            for (var i = 0; i < Pieces; i++)
            {
                if (i == 10)
                {
                    await context.Response.Body.FlushAsync();
                    await seen.Task.WaitAsync(ModelCallHost.Soon); // the caller has its beginning before the rest is made
                }

                await context.Response.WriteAsync(piece);
            }

            await context.Response.WriteAsync("1" + Tail);
        };

        using var response = await _host.SendAsync(HttpCompletionOption.ResponseHeadersRead);
        seen.SetResult();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Head.Length + ((long)Pieces * piece.Length) + 1 + Tail.Length, await ReadAsync(response));
        Assert.Equal(7, await _host.SettledAsync());
    }

    [Fact]
    public async Task A_short_answer_has_its_length_and_every_byte()
    {
        _host.Answer = context => ModelCallHost.WriteAsync(context, Head + "1.50, 2e-3" + Tail, "application/json");

        using var response = await _host.SendAsync();

        Assert.Equal(Head + "1.50, 2e-3" + Tail, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(Head.Length + 10 + Tail.Length, response.Content.Headers.ContentLength);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task However_it_is_cut_its_usage_is_found(int length)
    {
        var answer = Head + string.Join(", ", Enumerable.Repeat("0.25", 3000)) + Tail;
        _host.Answer = async context =>
        {
            context.Response.ContentType = "application/json";
            for (var at = 0; at < answer.Length; at += length)
            {
                await context.Response.WriteAsync(answer.Substring(at, Math.Min(length, answer.Length - at)));
                if (length > 1 || at > answer.Length - 200)
                {
                    await context.Response.Body.FlushAsync();
                }
            }
        };

        using var response = await _host.SendAsync();

        Assert.Equal(answer, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(7, await _host.SettledAsync());
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{\"data\":[]}x")]
    [InlineData("{\"data\":[")]
    [InlineData("{\"data\":[],\"error\":\"no\"}")]
    [InlineData("{\"error\":{\"message\":\"no\"}}")]
    [InlineData("")]
    public async Task What_is_no_answer_is_told_in_our_words(string answer)
    {
        _host.Answer = context => ModelCallHost.WriteAsync(context, answer, "application/json");

        using var response = await _host.SendAsync();

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains("upstream_error", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_of_null_is_none()
    {
        _host.Answer = context => ModelCallHost.WriteAsync(context, "{\"error\":null,\"data\":[]}", "application/json");

        using var response = await _host.SendAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task What_breaks_off_after_its_beginning_is_cut_off_and_settled_as_estimated()
    {
        _host.Answer = async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Head + string.Concat(Enumerable.Repeat("0.5,", LongJsonRelay.LongestHeld)));
            await context.Response.Body.FlushAsync();
            ModelCallHost.Reset(context);
        };

        using var response = await _host.SendAsync(HttpCompletionOption.ResponseHeadersRead);

        await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(response));
        Assert.Equal(_host.Budget.Reserved[0], await _host.SettledAsync());
    }

    private static async Task<long> ReadAsync(HttpResponseMessage response)
    {
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[256 * 1024];
        var bytes = 0L;
        while (await body.ReadAsync(buffer, TestContext.Current.CancellationToken) is var read and > 0)
        {
            bytes += read;
        }

        return bytes;
    }
}
