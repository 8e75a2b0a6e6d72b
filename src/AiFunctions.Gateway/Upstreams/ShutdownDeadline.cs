using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>
/// Ends the calls that are still under way a while after the host was told to stop, so that each caller gets an error and none a silent cut.
/// </summary>
internal sealed class ShutdownDeadline : IDisposable
{
    // The rest of the host's time is for saying so.
    private const double ShareOfTimeout = 0.6;

    private readonly CancellationTokenSource _ending;

    public ShutdownDeadline(IHostApplicationLifetime lifetime, IOptions<HostOptions> options, TimeProvider time)
    {
        var grace = options.Value.ShutdownTimeout * ShareOfTimeout;
        _ending = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        Token = _ending.Token;
        lifetime.ApplicationStopping.Register(() => _ending.CancelAfter(grace));
    }

    /// <summary>Cancelled when calls must end.</summary>
    public CancellationToken Token { get; }

    /// <inheritdoc/>
    public void Dispose() => _ending.Dispose();
}
