using System.Net;
using AiFunctions.Worker.Tests.Host;

namespace AiFunctions.Worker.Tests;

/// <summary>What the host itself does to requests, for better or worse.</summary>
public sealed class HostRulesTests(SharedWorker worker)
{
    [Fact]
    public async Task A_body_above_the_hosts_limit_is_refused_with_a_bare_500()
    {
        await using var host = await FunctionsHost.StartAsync(WorkerSettings.With(("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "1000")));
        using var client = new HttpClient(host.CreateHandler());

        using var small = await client.PostAsync(new Uri("http://gateway/v1/chat/completions"), new ByteArrayContent(new byte[1000]), TestContext.Current.CancellationToken);
        using var large = await client.PostAsync(new Uri("http://gateway/v1/chat/completions"), new ByteArrayContent(new byte[1001]), TestContext.Current.CancellationToken);

        Assert.Equal("missing_credentials", await ErrorCode.OfAsync(small));
        Assert.Equal(HttpStatusCode.InternalServerError, large.StatusCode);
        Assert.Empty(await large.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("DENY", Assert.Single(large.Headers.GetValues("X-Frame-Options")));
    }

    [Fact]
    public async Task An_answer_that_the_worker_does_not_end_is_no_whole_answer()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var model = worker.Upstream.AddModel(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.SendTextAsync("The first part of the answer. ");
            await end.Task;
        });
        await using var host = await FunctionsHost.StartAsync(worker.Settings(AzuriteFixture.NewTablePrefix()));
        using var client = new WorkerClient(host);
        using var response = await client.StreamAsync(model);

        await host.KillWorkerAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        end.SetResult();
    }

    [Theory]
    [InlineData("Unhandled exception. System.Exception", true)]
    [InlineData("error: something", true)]
    [InlineData("It FAILED", true)]
    [InlineData("Warning: mind the gap", true)]
    [InlineData("Management__Key must have at least 32 characters.", false)]
    public void A_line_on_standard_error_is_logged_for_its_words(string line, bool logged) => Assert.Equal(logged ? [line] : [], HostLog.From(line));
}
