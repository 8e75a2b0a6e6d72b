using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.KeyRotation.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.KeyRotation;

/// <summary>Gives keys their successors when somebody asks for them.</summary>
/// <remarks>
/// What the timed job has made and sealed is handed out once: whoever takes the seal off the old key's row has it. Otherwise a successor is
/// made at once, and stored before the old key's end is: if the process ends in between, there is a key that nobody has seen, and the old one works
/// on. Who did not get the answer asks again with the old key, which works for all of its grace, and gets one more key; its end is
/// not put off by that.
/// </remarks>
internal sealed class KeyRotator(
    ClientKeyStore keys, ClientDirectory directory, SuccessorSeal seal, KeyEventStore events, TimeProvider time, IOptions<KeyRotationOptions> options)
{
    /// <summary>How many keys of a client may be live at once for one more to be made by rotation.</summary>
    public const int MostLiveKeys = 50;

    private const int Batch = 1000;

    /// <summary>Hands the successor of a key to its holder: the one that waits for it, or a new one.</summary>
    /// <returns>The successor's id, the successor, and when the old key ends.</returns>
    /// <exception cref="GatewayException">The key is no longer live, or the client has too many.</exception>
    public async Task<(string KeyId, string Key, DateTimeOffset PreviousKeyExpiresAt)> PickUpAsync(ClientKey known, HttpContext context)
    {
        while (await keys.FindAsync(known.ClientId, known.KeyId, context.RequestAborted) is
            { SealedSuccessor: { } sealedSuccessor, SuccessorId: { } successorId, AwaitsDelivery: false, ExpiresAt: { } ends } key)
        {
            if (!key.IsLive(time.GetUtcNow()))
            {
                throw new GatewayException(GatewayErrors.KeyNotLive);
            }

            var successor = await keys.FindAsync(key.ClientId, successorId, context.RequestAborted);
            if (successor?.IsLive(time.GetUtcNow()) is not true || seal.TryOpen(key.KeyId, sealedSuccessor) is not { } text)
            {
                break;
            }

            if (await keys.TryReplaceAsync(key with { SealedSuccessor = null }, CancellationToken.None) is not null)
            {
                await events.AddAsync(KeyEvent.OfRequest(KeyEventType.PickedUp, time.GetUtcNow(), successor, context));
                return (successorId, text, ends);
            }
        }

        return await RotateAsync(known, grace: null, context);
    }

    /// <summary>Makes a successor for a key, which goes on working until its grace has passed, or until it would have expired anyway.</summary>
    /// <param name="key">The key.</param>
    /// <param name="grace">How long it still works; null for as long as the settings say.</param>
    /// <param name="context">The request that asks for it.</param>
    /// <returns>The successor's id, the successor, and when the old key ends.</returns>
    /// <exception cref="GatewayException">The key is no longer live, or the client has too many.</exception>
    public async Task<(string KeyId, string Key, DateTimeOffset PreviousKeyExpiresAt)> RotateAsync(ClientKey key, TimeSpan? grace, HttpContext context)
    {
        // What the request came with may be known from some seconds ago, and whoever holds a revoked key must not make one that lasts out of it.
        var all = await keys.ListAsync(key.ClientId, after: null, Batch, context.RequestAborted);
        var current = all.Find(other => other.KeyId == key.KeyId) ?? await keys.FindAsync(key.ClientId, key.KeyId, context.RequestAborted);
        if (current?.IsLive(time.GetUtcNow()) is not true)
        {
            throw new GatewayException(GatewayErrors.KeyNotLive);
        }

        if (all.Count(other => other.IsLive(time.GetUtcNow())) >= MostLiveKeys)
        {
            throw new GatewayException(GatewayErrors.TooManyKeys);
        }

        // From here on to the end, whoever hangs up: half a rotation would only be done again.
        var successor = await keys.IssueAsync(key.ClientId, key.Lifetime, CancellationToken.None);
        var ends = time.GetUtcNow() + (grace ?? TimeSpan.FromDays(options.Value.GraceDays));
        var previous = await keys.RetireAsync(key.ClientId, key.KeyId, ends, CancellationToken.None);
        if (previous is not { RevokedAt: null })
        {
            // Revoked or deleted meanwhile: the successor, which nobody has seen, goes the same way.
            await keys.RevokeAsync(key.ClientId, successor.Record.KeyId, CancellationToken.None);
            directory.Forget(key.ClientId);
            await events.AddAsync(KeyEvent.OfRequest(KeyEventType.Discarded, time.GetUtcNow(), successor.Record, context));
            throw new GatewayException(GatewayErrors.KeyNotLive);
        }

        directory.Forget(key.ClientId);
        await events.AddAsync(KeyEvent.OfRequest(KeyEventType.Issued, successor.Record.CreatedAt, successor.Record, context));
        await events.AddAsync(KeyEvent.OfRequest(KeyEventType.Rotated, time.GetUtcNow(), key, context) with { SuccessorId = successor.Record.KeyId });
        return (successor.Record.KeyId, successor.Key, previous.ExpiresAt ?? ends);
    }
}
