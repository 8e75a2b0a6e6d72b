using AiFunctions.Gateway.Clients;
using Azure;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.KeyRotation;

/// <summary>Puts successors into a key vault: one secret a client, <c>client-&lt;id&gt;</c>, one version a key.</summary>
/// <remarks>It lists and sets, and never reads a secret's value, so <c>secrets/list</c> and <c>secrets/set</c> are all that it needs.</remarks>
internal sealed partial class KeyVaultDelivery(SecretClient vault, ILogger<KeyVaultDelivery> logger)
{
    /// <summary>The tag that says which key a version holds.</summary>
    public const string KeyIdTag = "key_id";

    public static string SecretName(string clientId) => "client-" + clientId;

    /// <summary>Whether a version holds the key: a delivery whose end we have not seen is not done again.</summary>
    /// <returns>Null when the vault does not say.</returns>
    public async Task<bool?> HasAsync(ClientKey key, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var version in vault.GetPropertiesOfSecretVersionsAsync(SecretName(key.ClientId), cancellationToken))
            {
                if (version.Tags.TryGetValue(KeyIdTag, out var held) && held == key.KeyId)
                {
                    return true;
                }
            }

            return false;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return false; // no such secret yet
        }
        catch (Exception e) when (IsOutage(e, cancellationToken))
        {
            LogUnavailable(logger, e.GetType().FullName!, (e as RequestFailedException)?.Status);
            return null;
        }
    }

    /// <summary>Makes the key the secret's newest version.</summary>
    /// <returns>False when the vault did not take it, or did not say so.</returns>
    public async Task<bool> TryDeliverAsync(ClientKey key, string text, CancellationToken cancellationToken)
    {
        var secret = new KeyVaultSecret(SecretName(key.ClientId), text)
        {
            Properties = { ContentType = "AiFunctions API key", ExpiresOn = key.ExpiresAt, Tags = { [KeyIdTag] = key.KeyId } },
        };
        try
        {
            await vault.SetSecretAsync(secret, cancellationToken);
            return true;
        }
        catch (Exception e) when (IsOutage(e, cancellationToken))
        {
            LogUnavailable(logger, e.GetType().FullName!, (e as RequestFailedException)?.Status);
            return false;
        }
    }

    // Whatever the fault, the old key lives on and the next run tries again. The SDK's messages may quote what was sent.
    private static bool IsOutage(Exception exception, CancellationToken cancellationToken) =>
        exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested;

    [LoggerMessage(LogLevel.Error, "The key vault takes no keys ({ExceptionType}, status {Status}); rotation waits for it, and the old keys work on")]
    private static partial void LogUnavailable(ILogger logger, string exceptionType, int? status);
}
