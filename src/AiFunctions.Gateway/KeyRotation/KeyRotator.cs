using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.KeyRotation;

/// <summary>Gives keys their successors.</summary>
/// <remarks>
/// The successor is stored before the old key's end is: should we die in between, there is a key that nobody has seen, and the old one works
/// on. Who did not get the answer asks again with the old key, which works for all of its grace, and gets one more key; its end is
/// not put off by that.
/// </remarks>
internal sealed class KeyRotator(ClientKeyStore keys, ClientDirectory directory, TimeProvider time, IOptions<KeyRotationOptions> options)
{
    /// <summary>How many keys of a client may be live at once for one more to be made by rotation.</summary>
    public const int MostLiveKeys = 50;

    private const int Batch = 1000;

    /// <summary>Makes a successor for a key, which goes on working until its grace has passed, or until it would have expired anyway.</summary>
    /// <param name="key">The key.</param>
    /// <param name="grace">How long it still works; null for as long as the settings say.</param>
    /// <param name="cancellationToken">Cancelled when the caller is gone.</param>
    /// <returns>The successor, and when the old key ends.</returns>
    /// <exception cref="GatewayException">The key is no longer live, or the client has too many.</exception>
    public async Task<(IssuedKey Successor, DateTimeOffset PreviousKeyExpiresAt)> RotateAsync(ClientKey key, TimeSpan? grace, CancellationToken cancellationToken)
    {
        if (!key.IsLive(time.GetUtcNow()))
        {
            throw new GatewayException(GatewayErrors.KeyNotLive);
        }

        var all = await keys.ListAsync(key.ClientId, after: null, Batch, cancellationToken);
        if (all.Count(other => other.IsLive(time.GetUtcNow())) >= MostLiveKeys)
        {
            throw new GatewayException(GatewayErrors.TooManyKeys);
        }

        // From here on to the end, whoever hangs up: half a rotation would only be done again.
        var successor = await keys.IssueAsync(key.ClientId, key.Lifetime, CancellationToken.None);
        var ends = time.GetUtcNow() + (grace ?? TimeSpan.FromDays(options.Value.GraceDays));
        var previous = await keys.RetireAsync(key.ClientId, key.KeyId, ends, CancellationToken.None);
        directory.Forget(key.ClientId);
        return (successor, previous?.ExpiresAt ?? ends);
    }
}
