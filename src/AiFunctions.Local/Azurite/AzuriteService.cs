using System.Globalization;
using Microsoft.Extensions.Options;

namespace AiFunctions.Local.Azurite;

/// <summary>
/// Starts Azurite before anything else of the host starts, when the settings mean development storage and nothing listens there, and
/// stops it after everything else has stopped.
/// </summary>
internal sealed class AzuriteService : IHostedLifecycleService, IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _time;
    private readonly ILogger<AzuriteService> _logger;
    private readonly AzuriteOptions _options;
    private readonly string _shippedDirectory = Path.Combine(AppContext.BaseDirectory, "Azurite");
    private AzuriteProcess? _process;
    private volatile bool _stopping;

    /// <summary>Creates the service.</summary>
    public AzuriteService(IOptions<AzuriteOptions> options, TimeProvider time, ILogger<AzuriteService> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value;
        _time = time;
        _logger = logger;
    }

    /// <summary>Where this host's storage comes from; known once the host has started.</summary>
    public AzuriteStatus Status { get; private set; }

    /// <summary>The emulator's table endpoint when the settings mean development storage, else <see langword="null"/>.</summary>
    public Uri? TableEndpoint { get; private set; }

    /// <summary>The directory that the package and the data are kept in: <c>.azurite</c> in the current directory.</summary>
    public string DataDirectory { get; } = Path.Combine(Environment.CurrentDirectory, ".azurite");

    /// <summary>Makes sure that storage answers.</summary>
    /// <exception cref="AzuriteException">It does not, and this machine cannot make it.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var connectionString = Present(_options.ConnectionString) ?? DevelopmentStorage.ConnectionString;
        TableEndpoint = Present(_options.TableServiceUri) is null ? DevelopmentStorage.TableEndpoint(connectionString) : null;
        if (Directory.Exists(DataDirectory))
        {
            PrivateDirectory.Ensure(DataDirectory);
        }

        Status = TableEndpoint is null ? AzuriteStatus.Remote
            : !_options.StartAzurite ? AzuriteStatus.Unmanaged
            : await FindOrStartAsync(new TableProbe(connectionString, TableEndpoint), TableEndpoint, cancellationToken);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Stops the Azurite that this host has started: it saves its data and ends, within 1.5 s.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken) => await DisposeAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        if (Interlocked.Exchange(ref _process, null) is { } process)
        {
            await process.StopAsync();
            process.Dispose();
        }
    }

    private static string? Present(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;

    private async Task<AzuriteStatus> FindOrStartAsync(TableProbe probe, Uri endpoint, CancellationToken cancellationToken)
    {
        // Installing comes on top of this, and is bounded by itself.
        var started = _time.GetTimestamp();
        while (true)
        {
            switch (await probe.AskAsync(cancellationToken))
            {
                case TableProbeResult.Answers:
                    return AzuriteStatus.AlreadyListening;
                case TableProbeResult.Refuses:
                    throw new AzuriteException(
                        $"Port {endpoint.Port} answers, but not as the table storage that Storage__ConnectionString means: "
                        + "end what listens there, or name another port.");
                case TableProbeResult.NobodyListens:
                    var runtime = await NodeRuntime.FindAsync(cancellationToken);
                    PrivateDirectory.Ensure(DataDirectory);
                    var npmDirectory = Path.Combine(DataDirectory, "npm");
                    await new AzuritePackage(_shippedDirectory, npmDirectory, _time).EnsureInstalledAsync(cancellationToken);
                    started = _time.GetTimestamp();
                    if (await TryStartAsync(runtime, npmDirectory, endpoint, cancellationToken))
                    {
                        return AzuriteStatus.Started;
                    }

                    break; // Another process took the port meanwhile: its storage is as good as ours.
            }

            if (_time.GetElapsedTime(started) > StartTimeout)
            {
                throw new AzuriteException(
                    $"Port {endpoint.Port} is taken by something that does not answer table requests: "
                    + "end it, or name another port in Storage__ConnectionString.");
            }

            await Task.Delay(Poll, _time, cancellationToken);
        }
    }

    private async Task<bool> TryStartAsync(NodeRuntime runtime, string npmDirectory, Uri endpoint, CancellationToken cancellationToken)
    {
        // A directory per port: whoever holds the port holds its data, so two instances never write the same file.
        var dataDirectory = Path.Combine(DataDirectory, "data", endpoint.Port.ToString(CultureInfo.InvariantCulture));
        var script = Path.Combine(_shippedDirectory, "start-azurite.mjs");
        var process = AzuriteProcess.Start(runtime, script, npmDirectory, endpoint, dataDirectory, _time);
        _process = process;
        try
        {
            await Task.WhenAny(process.Ready, process.Exited).WaitAsync(StartTimeout, _time, cancellationToken);
        }
        catch (TimeoutException error)
        {
            await DisposeAsync();
            throw new AzuriteException($"Azurite has not started within {StartTimeout.TotalSeconds:0} s. {NodeRuntime.Alternative}", error);
        }

        if (process.Ready.IsCompleted)
        {
            _ = WarnWhenItEndsAsync(process, endpoint.Port);
            return true;
        }

        var exitCode = await process.Exited;
        _process = null;
        process.Dispose();
        return exitCode == AzuriteProcess.PortTaken
            ? false
            : throw new AzuriteException(
                $"Azurite could not be started: {process.LastLine ?? $"exit code {exitCode}"} (its data is in {dataDirectory}). "
                + NodeRuntime.Alternative);
    }

    private async Task WarnWhenItEndsAsync(AzuriteProcess process, int port)
    {
        var exitCode = await process.Exited;
        if (!_stopping)
        {
            AzuriteLog.EndedByItself(_logger, exitCode, port);
        }
    }
}
