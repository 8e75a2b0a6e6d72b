using AiFunctions.Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.Blocks;

/// <summary>Stores this instance's blocks in the background: neither a slow nor a missing storage holds up an answer.</summary>
internal sealed partial class BlockWriter(
    BlockQueue queue, BlockStore store, BlockList blocks, TimeProvider time, ILogger<BlockWriter> logger) : StorageWriter
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CleanEvery = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    protected override void CompleteQueue() => queue.Complete();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var block in queue.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                await StoreAsync(block, stoppingToken);
                await CleanAsync(time, CleanEvery, store.DeleteForgottenAsync);
            }
            catch (OperationCanceledException) when (Ending.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogNotStored(logger, e.GetType().FullName!); // a block that holds here only is no reason to end
            }
        }
    }

    // Storage that is away is asked again for as long as there is something to store.
    private async Task StoreAsync(Block block, CancellationToken cancellationToken)
    {
        var isLogged = false;
        while (blocks.IsCurrent(block) && block.IsInForce(time.GetUtcNow()))
        {
            try
            {
                blocks.Replace(block, await store.AddAsync(block, cancellationToken));
                return;
            }
            catch (StorageUnavailableException e)
            {
                if (!isLogged)
                {
                    isLogged = true;
                    LogNotStored(logger, e.GetType().FullName!);
                }
            }

            await Task.Delay(RetryDelay, time, Ending);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A block could not be stored ({ExceptionType}); until it is, it holds on this instance only")]
    private static partial void LogNotStored(ILogger logger, string exceptionType);
}
