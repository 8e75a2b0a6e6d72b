using AiFunctions.Gateway.Callers;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Blocks;

/// <summary>What a block of a caller's address means for a request that has no good credential, or none yet.</summary>
internal sealed class AddressBlocks(BlockList blocks, CallerAddress addresses, TimeProvider time)
{
    /// <summary>Finds the block of a request's address.</summary>
    public async ValueTask<Block?> FindAsync(HttpContext context)
    {
        await blocks.EnsureRecentAsync(CancellationToken.None);
        return addresses.HashOf(context) is { } address ? blocks.Find(BlockSubject.OfAddress(address)) : null;
    }

    /// <summary>Whether a well-formed key that this instance does not know may be looked up in storage.</summary>
    public async ValueTask<bool> MayLookUpAsync(HttpContext context) =>
        await FindAsync(context) is not { } block || block.LookUps.TryTake(time.GetUtcNow());
}
