using AiFunctions.Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>Stores this instance's activity every minute, in the background.</summary>
internal sealed partial class ActivityWriter(ActivityRecorder recorder, ActivityStore store, TimeProvider time, ILogger<ActivityWriter> logger) : StorageWriter
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _one = new(1);
    private bool _isFailing;

    /// <summary>Stores what is not stored yet.</summary>
    /// <exception cref="StorageUnavailableException">Storage is away. Nothing is lost by that but what is more than two hours old.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            foreach (var slice in recorder.TakeUnstored())
            {
                await store.WriteSliceAsync(slice, cancellationToken);
                recorder.SetStored(slice);
            }

            recorder.ForgetPast(time.GetUtcNow());
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void CompleteQueue()
    {
        // What comes now is stored by the last flush, or never.
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (recorder.IsOn)
        {
            await Task.Delay(Interval, time, Ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await TryFlushAsync(stoppingToken);
            if (Ending.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task TryFlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FlushAsync(cancellationToken);
            _isFailing = false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process ends.
        }
        catch (Exception e)
        {
            if (!_isFailing)
            {
                LogNotStored(logger, e.GetType().FullName!);
            }

            _isFailing = true;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Clients' activity could not be stored ({ExceptionType}); this is tried again every minute")]
    private static partial void LogNotStored(ILogger logger, string exceptionType);
}
