using System.Net.Sockets;
using Azure;
using Azure.Data.Tables;

namespace AiFunctions.Local.Azurite;

/// <summary>Asks whether a table service answers real, signed requests.</summary>
internal sealed class TableProbe(string connectionString, Uri endpoint)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    private readonly TableServiceClient _client = new(connectionString, new TableClientOptions
    {
        Retry = { MaxRetries = 0, NetworkTimeout = TimeSpan.FromSeconds(2) },
        Diagnostics = { IsLoggingEnabled = false, IsDistributedTracingEnabled = false },
    });

    /// <summary>Connects, then lists at most one table.</summary>
    public async Task<TableProbeResult> AskAsync(CancellationToken cancellationToken)
    {
        if (!await IsListeningAsync(cancellationToken))
        {
            return TableProbeResult.NobodyListens;
        }

        try
        {
            await foreach (var _ in _client.QueryAsync(maxPerPage: 1, cancellationToken: cancellationToken))
            {
                break;
            }

            return TableProbeResult.Answers;
        }
        catch (RequestFailedException error) when (error.Status is >= 400 and < 500)
        {
            return TableProbeResult.Refuses;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return TableProbeResult.NoAnswerYet; // Starting, stopping, or not HTTP at all: the caller waits a while.
        }
    }

    private async Task<bool> IsListeningAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(ConnectTimeout);
        try
        {
            await client.ConnectAsync(endpoint.DnsSafeHost, endpoint.Port, timeout.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
