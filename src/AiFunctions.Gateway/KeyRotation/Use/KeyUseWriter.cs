using AiFunctions.Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.KeyRotation.Use;

/// <summary>Stores keys' days of use in the background.</summary>
internal sealed partial class KeyUseWriter(KeyUseQueue queue, KeyUseStore store, TimeProvider time, ILogger<KeyUseWriter> logger) : StorageWriter
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override void CompleteQueue() => queue.Complete();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var use in queue.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                while (!await TryStoreAsync(use, stoppingToken))
                {
                    await Task.Delay(RetryDelay, time, Ending);
                }
            }
            catch (OperationCanceledException) when (Ending.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogNotStored(logger, e.GetType().FullName!);
            }
        }
    }

    private async Task<bool> TryStoreAsync(KeyUse use, CancellationToken cancellationToken)
    {
        try
        {
            await store.NoteAsync(use, cancellationToken);
            return true;
        }
        catch (StorageUnavailableException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The day of a key's use could not be stored ({ExceptionType})")]
    private static partial void LogNotStored(ILogger logger, string exceptionType);
}
