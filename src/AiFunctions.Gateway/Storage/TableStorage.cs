using Azure.Core;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Storage;

/// <summary>The deployment's tables.</summary>
internal sealed class TableStorage
{
    private readonly Func<string, bool, TableClient> _open;

    public TableStorage(IOptions<StorageOptions> options, Lazy<TokenCredential> credential)
    {
        var storage = options.Value;
        var service = NewClient(storage, credential, retries: 2);
        var serviceWithoutRetries = NewClient(storage, credential, retries: 0);
        _open = (name, retries) => (retries ? service : serviceWithoutRetries).GetTableClient(storage.TablePrefix + name);
    }

    /// <summary>Tables of another kind, for tests.</summary>
    internal TableStorage(Func<string, TableClient> open) => _open = (name, _) => open(name);

    /// <summary>A table.</summary>
    /// <param name="name">Its name without the prefix.</param>
    /// <param name="retries">Whether a call that fails is tried again, so that a write may have been done although its answer says conflict.</param>
    public GatewayTable GetTable(string name, bool retries = true) => new(_open(name, retries));

    // A request waits for these calls, so they give up early: the caller gets a 503 to try again on.
    private static TableServiceClient NewClient(StorageOptions storage, Lazy<TokenCredential> credential, int retries)
    {
        var options = new TableClientOptions
        {
            Retry = { MaxRetries = retries, Delay = TimeSpan.FromMilliseconds(50), MaxDelay = TimeSpan.FromMilliseconds(400), NetworkTimeout = TimeSpan.FromSeconds(3) },
            Diagnostics = { IsLoggingEnabled = false, IsLoggingContentEnabled = false },
        };
        return storage.TableServiceUri is { } uri
            ? new TableServiceClient(uri, credential.Value, options)
            : new TableServiceClient(storage.ConnectionString, options);
    }
}
