using Azure.Core;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Storage;

/// <summary>The deployment's tables.</summary>
internal sealed class TableStorage
{
    private readonly TableServiceClient _service;
    private readonly string _prefix;

    public TableStorage(IOptions<StorageOptions> options, Lazy<TokenCredential> credential)
    {
        var storage = options.Value;
        // A request waits for these calls, so they give up early: the caller gets a 503 to try again on.
        var clientOptions = new TableClientOptions
        {
            Retry = { MaxRetries = 2, Delay = TimeSpan.FromMilliseconds(50), MaxDelay = TimeSpan.FromMilliseconds(400), NetworkTimeout = TimeSpan.FromSeconds(3) },
            Diagnostics = { IsLoggingEnabled = false, IsLoggingContentEnabled = false },
        };
        _service = storage.TableServiceUri is { } uri
            ? new TableServiceClient(uri, credential.Value, clientOptions)
            : new TableServiceClient(storage.ConnectionString, clientOptions);
        _prefix = storage.TablePrefix;
    }

    /// <summary>A table by its name without the prefix.</summary>
    public GatewayTable GetTable(string name) => new(_service.GetTableClient(_prefix + name));
}
