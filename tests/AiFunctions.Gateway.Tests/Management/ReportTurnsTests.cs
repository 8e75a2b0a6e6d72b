using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Management;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.Management;

public sealed class ReportTurnsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ReportTurns _turns;
    private int _running;
    private int _most;

    public ReportTurnsTests() => _turns = new ReportTurns(_time);

    public void Dispose() => _turns.Dispose();

    [Fact]
    public async Task Few_are_made_at_once_and_all_in_the_end()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _turns.RunAsync(new DefaultHttpContext(), async () =>
        {
            var running = Interlocked.Increment(ref _running);
            Interlocked.Exchange(ref _most, Math.Max(running, _most));
            await Task.Yield();
            Interlocked.Decrement(ref _running);
        })));

        Assert.InRange(_most, 1, ReportTurns.AtOnce);
    }

    [Fact]
    public async Task Who_waits_too_long_is_told_to_come_again()
    {
        var slow = new TaskCompletionSource();
        var running = Enumerable.Range(0, ReportTurns.AtOnce).Select(_ => _turns.RunAsync(new DefaultHttpContext(), () => slow.Task)).ToList();
        var waiting = _turns.RunAsync(new DefaultHttpContext(), () => Task.CompletedTask);
        Assert.False(waiting.IsCompleted);

        _time.Advance(ReportTurns.LongestWait);

        var refused = await Assert.ThrowsAsync<GatewayException>(() => waiting);
        Assert.Equal((429, "concurrent_requests"), (refused.Error.Status, refused.Error.Code));
        Assert.NotNull(refused.Error.RetryAfterSeconds);
        slow.SetResult();
        await Task.WhenAll(running);
        await _turns.RunAsync(new DefaultHttpContext(), () => Task.CompletedTask);
    }

    [Fact]
    public async Task A_report_that_fails_and_a_caller_that_is_gone_leave_no_turn_taken()
    {
        for (var i = 0; i <= ReportTurns.AtOnce; i++)
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => _turns.RunAsync(new DefaultHttpContext(), () => throw new InvalidDataException()));
        }

        var slow = new TaskCompletionSource();
        var running = Enumerable.Range(0, ReportTurns.AtOnce).Select(_ => _turns.RunAsync(new DefaultHttpContext(), () => slow.Task)).ToList();
        using var gone = new CancellationTokenSource();
        var waiting = _turns.RunAsync(new DefaultHttpContext { RequestAborted = gone.Token }, () => Task.CompletedTask);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        slow.SetResult();
        await Task.WhenAll(running);
        await _turns.RunAsync(new DefaultHttpContext(), () => Task.CompletedTask);
    }
}
