using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.KeyRotation.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.KeyRotation;

/// <summary>Gives keys their successors when somebody asks for them.</summary>
/// <remarks>
/// A key has one working successor at a time. What the timed job has made and sealed is handed out once; otherwise one is made at once. Either is a
/// transaction bound to the old key's row as it was read, so of any number that ask at once, on whatever instances, one gets a key and the others are told that there is
/// one. If the process ends before the transaction nothing has happened; if the answer gets lost after it, the old key works for its grace, and may have another
/// successor as soon as an operator has revoked the lost one.
/// </remarks>
internal sealed class KeyRotator(
    ClientKeyStore keys, ClientDirectory directory, SuccessorSeal seal, KeyEventStore events, TimeProvider time, IOptions<KeyRotationOptions> options)
{
    /// <summary>How many keys of a client may be live at once for one more to be made by rotation.</summary>
    public const int MostLiveKeys = 50;

    /// <summary>Hands the successor of a key to its holder: the one that waits for it, or a new one. Revoking the key will revoke it, too.</summary>
    /// <returns>The successor's id, the successor, and when the old key ends.</returns>
    /// <exception cref="GatewayException">The key is no longer live, has a successor that works, or the client has too many.</exception>
    public Task<(string KeyId, string Key, DateTimeOffset PreviousKeyExpiresAt)> PickUpAsync(ClientKey known, HttpContext context) =>
        SucceedAsync(known, grace: null, byItsHolder: true, context);

    /// <summary>Gives an operator a key's successor, the one that waits or a new one. It lives on when the key is revoked.</summary>
    /// <param name="key">The key. It goes on working until its grace has passed, or until it would have expired anyway.</param>
    /// <param name="grace">How long it still works; null for as long as the settings say.</param>
    /// <param name="context">The request that asks for it.</param>
    /// <returns>The successor's id, the successor, and when the old key ends.</returns>
    /// <exception cref="GatewayException">The key is no longer live, has a successor that works, or the client has too many.</exception>
    public Task<(string KeyId, string Key, DateTimeOffset PreviousKeyExpiresAt)> RotateAsync(ClientKey key, TimeSpan? grace, HttpContext context) =>
        SucceedAsync(key, grace, byItsHolder: false, context);

    private async Task<(string KeyId, string Key, DateTimeOffset PreviousKeyExpiresAt)> SucceedAsync(
        ClientKey known, TimeSpan? grace, bool byItsHolder, HttpContext context)
    {
        while (true)
        {
            // What the request came with may be known from some seconds ago, and whoever holds a revoked key must not make one that lasts out of it.
            var all = await keys.ListAllAsync(known.ClientId, context.RequestAborted);
            var now = time.GetUtcNow();
            if (all.Find(other => other.KeyId == known.KeyId) is not { } key || !key.IsLive(now))
            {
                throw new GatewayException(GatewayErrors.KeyNotLive);
            }

            var successor = KeyLineage.LiveSuccessor(key, all, now);
            var text = default(string);
            var waits = key is { SealedSuccessor: not null, AwaitsDelivery: false } && successor is not null && successor.KeyId == key.SuccessorId;
            if (waits)
            {
                text = seal.TryOpen(key.KeyId, key.SealedSuccessor!);
            }
            else if (successor is not null)
            {
                AnnounceEnd(key, byItsHolder, context);
                throw new GatewayException(GatewayErrors.AlreadyRotated);
            }

            var ends = now + (grace ?? (key.RotatedAt is null ? TimeSpan.FromDays(options.Value.GraceDays) : null));
            var changed = key with
            {
                RotatedAt = key.RotatedAt ?? now,
                ExpiresAt = ends is null || key.ExpiresAt < ends ? key.ExpiresAt : ends,
                SealedSuccessor = null,
                AwaitsDelivery = false,
                ClaimedUntil = null,
            };

            // From here on to the end, whoever hangs up: half a rotation would only be done again.
            if (text is not null
                ? await TryHandOutAsync(changed, successor!, byItsHolder, context)
                : (text = await TryMakeAsync(changed, all, waits ? successor : null, byItsHolder, context)) is not null)
            {
                AnnounceEnd(changed, byItsHolder, context);
                return (ApiKey.TryReadKeyId(text)!, text, changed.ExpiresAt!.Value);
            }
        }
    }

    // The record that the request was let in by knows nothing of a rotation just now.
    private static void AnnounceEnd(ClientKey key, bool byItsHolder, HttpContext context)
    {
        if (byItsHolder && key is { RotatedAt: not null, ExpiresAt: { } ends })
        {
            SunsetHeader.Announce(context, ends);
        }
    }

    private async Task<bool> TryHandOutAsync(ClientKey changed, ClientKey successor, bool byItsHolder, HttpContext context)
    {
        changed = changed with { HandOutId = Guid.NewGuid().ToString("N") };
        if (!await keys.TryReplaceBothAsync(successor with { FallsWithPredecessor = byItsHolder }, changed, CancellationToken.None)

            // A transaction whose answer got lost is tried again, and then finds its own work.
            && (await keys.FindAsync(changed.ClientId, changed.KeyId, CancellationToken.None))?.HandOutId != changed.HandOutId)
        {
            return false;
        }

        directory.Forget(changed.ClientId);
        await events.AddAsync(KeyEvent.OfRequest(KeyEventType.PickedUp, time.GetUtcNow(), successor, context));
        return true;
    }

    // A successor whose seal cannot be opened is nobody's any more; it goes as the new one comes.
    private async Task<string?> TryMakeAsync(ClientKey key, List<ClientKey> all, ClientKey? lost, bool byItsHolder, HttpContext context)
    {
        if (all.Count(other => other.IsLive(time.GetUtcNow()) && other.KeyId != lost?.KeyId) >= MostLiveKeys)
        {
            throw new GatewayException(GatewayErrors.TooManyKeys);
        }

        var keyId = ApiKey.NewKeyId(key.ClientId);
        var text = ApiKey.Create(keyId);
        var successor = keys.New(key.ClientId, keyId, text, key.Lifetime) with { PredecessorId = key.KeyId, FallsWithPredecessor = byItsHolder };
        if (!await keys.TrySucceedAsync(key with { SuccessorId = keyId }, successor, lost, CancellationToken.None))
        {
            return null;
        }

        directory.Forget(key.ClientId);
        if (lost is not null)
        {
            await events.AddAsync(KeyEvent.OfRequest(KeyEventType.Discarded, time.GetUtcNow(), lost, context));
        }

        await events.AddAsync(KeyEvent.OfRequest(KeyEventType.Issued, successor.CreatedAt, successor, context));
        await events.AddAsync(KeyEvent.OfRequest(KeyEventType.Rotated, time.GetUtcNow(), key, context) with { SuccessorId = keyId });
        return text;
    }
}
