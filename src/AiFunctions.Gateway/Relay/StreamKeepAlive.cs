using System.Buffers;
using AiFunctions.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Relay;

/// <summary>
/// Sends a comment to a caller whose model is silent, so that nothing on the way takes the connection for dead. One for each streamed answer.
/// </summary>
/// <remarks>
/// Whoever writes to the caller says so: a comment is only sent between <see cref="Rest"/> and <see cref="ResumeAsync"/>. Its first one starts the
/// response, after which a failure is told by an event.
/// </remarks>
internal sealed class StreamKeepAlive : IDisposable
{
    /// <summary>How long a caller hears nothing.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private const int Busy = 0;
    private const int Resting = 1;
    private const int Writing = 2;

    private readonly HttpContext _context;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _lastWord;
    private int _state;
    private volatile Task _comment = Task.CompletedTask;

    /// <summary>Begins, with the writer busy.</summary>
    public StreamKeepAlive(HttpContext context, TimeProvider time)
    {
        _context = context;
        _time = time;
        _lastWord = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((StreamKeepAlive)state!).OnTick(), this, Interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Nobody writes for now.</summary>
    /// <param name="hasSpoken">Whether the caller has just been sent something.</param>
    public void Rest(bool hasSpoken)
    {
        if (hasSpoken)
        {
            Volatile.Write(ref _lastWord, _time.GetTimestamp());
        }

        Volatile.Write(ref _state, Resting);
    }

    /// <summary>Somebody is about to write.</summary>
    public ValueTask ResumeAsync() => Interlocked.CompareExchange(ref _state, Busy, Resting) == Writing ? new ValueTask(ResumeAfterAsync()) : default;

    /// <summary>Waits for something without writing.</summary>
    public async Task<T> WaitAsync<T>(Task<T> work)
    {
        Rest(hasSpoken: false);
        try
        {
            return await work;
        }
        finally
        {
            await ResumeAsync();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private async Task ResumeAfterAsync()
    {
        while (Interlocked.CompareExchange(ref _state, Busy, Resting) == Writing)
        {
            await _comment;
            await Task.Yield();
        }
    }

    private void OnTick()
    {
        var silence = _time.GetElapsedTime(Volatile.Read(ref _lastWord));
        if (silence < Interval)
        {
            Again(Interval - silence);
        }
        else if (Interlocked.CompareExchange(ref _state, Writing, Resting) == Resting)
        {
            _comment = CommentAsync();
        }
        else
        {
            Again(TimeSpan.FromSeconds(1)); // somebody is about to speak
        }
    }

    private async Task CommentAsync()
    {
        try
        {
            EventStreamRelay.Begin(_context.Response);
            _context.Response.BodyWriter.Write(": keep-alive\n\n"u8);
            await _context.Response.BodyWriter.FlushAsync(_context.RequestAborted);
            Volatile.Write(ref _lastWord, _time.GetTimestamp());
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The caller is gone, and whoever writes next will see it.
        }
        finally
        {
            Volatile.Write(ref _state, Resting);
            Again(Interval);
        }
    }

    private void Again(TimeSpan later)
    {
        try
        {
            _timer.Change(later, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The answer is over.
        }
    }
}
