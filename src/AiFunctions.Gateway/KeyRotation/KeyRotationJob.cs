using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Jobs;
using AiFunctions.Gateway.KeyRotation.Events;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.KeyRotation;

/// <summary>Gives every key that is old enough a successor, and sees to it that its client can get it before the old one ends.</summary>
/// <remarks>
/// One transaction makes the successor, seals it into the old key's row and, when it is to be picked up, lets the old key's grace begin: so
/// there is no half of it. With a key vault the grace begins only by a second write, after the vault has the successor; a run that finds a
/// successor undelivered delivers it. Every write is bound to the row as it was read, so of two runs at once one wins and the other moves on.
/// </remarks>
internal sealed class KeyRotationJob(
    ClientStore clients,
    ClientKeyStore keys,
    ClientDirectory directory,
    SuccessorSeal seal,
    KeyVaultDelivery? vault,
    KeyEventStore events,
    TimeProvider time,
    IOptions<KeyRotationOptions> options) : ITimedJob
{
    public const string JobName = "KeyRotation";

    private const int Page = 100;

    // For as long a run has a successor to itself: longer than the vault's SDK tries.
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(10);

    // After the old key's end nobody can be at picking up any more, whatever the clocks say.
    private static readonly TimeSpan DiscardAfter = TimeSpan.FromHours(1);

    public string Name => JobName;

    public string Schedule => options.Value.Schedule;

    public async Task<JobReport> RunAsync(CancellationToken cancellationToken)
    {
        var run = new KeyRotationReport();
        List<Client> page;
        string? after = null;
        var vaultAnswers = vault is not null;
        do
        {
            page = await clients.ListAsync(after, Page, cancellationToken);
            foreach (var client in page)
            {
                run.Clients++;
                vaultAnswers = await VisitAsync(client.Id, vaultAnswers, run, cancellationToken);
                await events.DeleteForgottenAsync(client.Id, cancellationToken);
                after = client.Id;
            }
        }
        while (page.Count == Page);

        return run;
    }

    private async Task<bool> VisitAsync(string clientId, bool vaultAnswers, KeyRotationReport run, CancellationToken cancellationToken)
    {
        var all = await keys.ListAllAsync(clientId, cancellationToken);

        // A successor that nobody has seen yet ages for nobody: were it to end, who picks it up at the last minute would hold an old key.
        var unseen = all.Where(key => key.SealedSuccessor is not null).Select(key => key.SuccessorId).ToHashSet();
        var live = all.Count(key => key.IsLive(time.GetUtcNow()));
        foreach (var key in all)
        {
            cancellationToken.ThrowIfCancellationRequested();
            run.Keys++;
            if (key.AwaitsDelivery)
            {
                vaultAnswers = await DeliverAsync(key, vaultAnswers, run, cancellationToken);
            }
            else if (key.SealedSuccessor is not null)
            {
                await DiscardIfForgottenAsync(key, run, cancellationToken);
            }
            else if (IsDue(key) && !unseen.Contains(key.KeyId))
            {
                if (live >= KeyRotator.MostLiveKeys)
                {
                    run.Postponed++;
                }
                else if (vault is not null && !vaultAnswers)
                {
                    run.Waiting++;
                }
                else
                {
                    live++;
                    vaultAnswers = await RotateAsync(key, vaultAnswers, run, cancellationToken);
                }
            }
        }

        return vaultAnswers;
    }

    private bool IsDue(ClientKey key)
    {
        var now = time.GetUtcNow();
        return options.Value.RotateAfterDays > 0
            && key is { RotatedAt: null, SuccessorId: null }
            && key.IsLive(now)
            && key.CreatedAt + TimeSpan.FromDays(options.Value.RotateAfterDays) <= now;
    }

    private async Task<bool> RotateAsync(ClientKey key, bool vaultAnswers, KeyRotationReport run, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (successor, sealedSuccessor) = MakeSuccessor(key);
        var changed = key with { SuccessorId = successor.KeyId, SealedSuccessor = sealedSuccessor };
        changed = vault is null ? Retired(changed, now) : changed with { AwaitsDelivery = true, ClaimedUntil = now + Claim };
        if (!await keys.TrySucceedAsync(changed, successor, discarded: null, cancellationToken))
        {
            return vaultAnswers; // Another run, a client or an operator was first; the next run looks again.
        }

        await events.AddAsync(KeyEvent.OfJob(KeyEventType.Issued, successor.CreatedAt, successor));
        if (vault is not null)
        {
            return await keys.FindAsync(key.ClientId, key.KeyId, cancellationToken) is not { } claimed
                || await DeliverClaimedAsync(claimed, vault, run, cancellationToken);
        }

        await NoteRotatedAsync(changed, run);
        return vaultAnswers;
    }

    // The plain text is on the stack only, and wiped.
    private (ClientKey Successor, byte[] Sealed) MakeSuccessor(ClientKey key)
    {
        var keyId = ApiKey.NewKeyId(key.ClientId);
        Span<char> text = stackalloc char[ApiKey.LengthOf(keyId)];
        try
        {
            ApiKey.Create(keyId, text);
            return (keys.New(key.ClientId, keyId, text, key.Lifetime) with { PredecessorId = key.KeyId }, seal.Close(key.KeyId, text));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(text));
        }
    }

    /// <summary>Delivers a successor that is sealed and waits for it, then lets the old key's grace begin.</summary>
    /// <returns>Whether the vault answers.</returns>
    private async Task<bool> DeliverAsync(ClientKey key, bool vaultAnswers, KeyRotationReport run, CancellationToken cancellationToken)
    {
        if (vault is null)
        {
            // The vault was taken out of the settings meanwhile: what was meant for it is picked up.
            if (await keys.TryReplaceAsync(Retired(key with { AwaitsDelivery = false, ClaimedUntil = null }, time.GetUtcNow()), cancellationToken) is { } changed)
            {
                await NoteRotatedAsync(changed, run);
            }

            return vaultAnswers;
        }

        var now = time.GetUtcNow();
        if (!vaultAnswers || key.ClaimedUntil > now
            || await keys.TryReplaceAsync(key with { ClaimedUntil = now + Claim }, cancellationToken) is not { } claimed)
        {
            run.Waiting++;
            return vaultAnswers;
        }

        return await DeliverClaimedAsync(claimed, vault, run, cancellationToken);
    }

    private async Task<bool> DeliverClaimedAsync(ClientKey key, KeyVaultDelivery to, KeyRotationReport run, CancellationToken cancellationToken)
    {
        var successor = await keys.FindAsync(key.ClientId, key.SuccessorId!, cancellationToken);
        if (successor is null || !successor.IsLive(time.GetUtcNow()))
        {
            await ForgetSuccessorAsync(key, successor, run, cancellationToken);
            return true;
        }

        var isThere = await to.HasAsync(successor, cancellationToken);
        if (isThere == false)
        {
            if (seal.TryOpen(key.KeyId, key.SealedSuccessor!) is not { } text)
            {
                await ForgetSuccessorAsync(key, successor, run, cancellationToken); // The next run makes one that can be opened.
                return true;
            }

            isThere = await to.TryDeliverAsync(successor, text, cancellationToken) ? true : null;
        }

        if (isThere is null)
        {
            run.Waiting++;
            await keys.TryReplaceAsync(key with { ClaimedUntil = null }, cancellationToken);
            return false;
        }

        run.Delivered++;
        var delivered = Retired(key with { SealedSuccessor = null, AwaitsDelivery = false, ClaimedUntil = null }, time.GetUtcNow());
        if (await keys.TryReplaceAsync(delivered, cancellationToken) is { } ended)
        {
            await events.AddAsync(KeyEvent.OfJob(KeyEventType.Delivered, ended.RotatedAt!.Value, successor));
            await NoteRotatedAsync(ended, run);
        }

        return true;
    }

    // Its key is gone and nobody has had it: it would work for no one but a thief of the key ring.
    private async Task DiscardIfForgottenAsync(ClientKey key, KeyRotationReport run, CancellationToken cancellationToken)
    {
        if ((key.RevokedAt ?? key.ExpiresAt) + DiscardAfter <= time.GetUtcNow())
        {
            await ForgetSuccessorAsync(key, await keys.FindAsync(key.ClientId, key.SuccessorId!, cancellationToken), run, cancellationToken);
        }
    }

    private async Task ForgetSuccessorAsync(ClientKey key, ClientKey? successor, KeyRotationReport run, CancellationToken cancellationToken)
    {
        var changed = key with { SuccessorId = null, SealedSuccessor = null, AwaitsDelivery = false, ClaimedUntil = null };
        if (successor is null)
        {
            await keys.TryReplaceAsync(changed, cancellationToken);
        }
        else if (await keys.TryRevokeSuccessorAsync(changed, successor, cancellationToken))
        {
            run.Discarded++;
            directory.Forget(key.ClientId);
            await events.AddAsync(KeyEvent.OfJob(KeyEventType.Discarded, time.GetUtcNow(), successor));
        }
    }

    private ClientKey Retired(ClientKey key, DateTimeOffset now)
    {
        var ends = now + options.Value.JobGrace;
        return key with { RotatedAt = key.RotatedAt ?? now, ExpiresAt = key.ExpiresAt < ends ? key.ExpiresAt : ends };
    }

    private async Task NoteRotatedAsync(ClientKey key, KeyRotationReport run)
    {
        directory.Forget(key.ClientId);
        run.Add(new RotatedKey(key.ClientId, key.KeyId, key.SuccessorId!, key.ExpiresAt!.Value));
        await events.AddAsync(KeyEvent.OfJob(KeyEventType.Rotated, key.RotatedAt!.Value, key) with { SuccessorId = key.SuccessorId });
    }
}
