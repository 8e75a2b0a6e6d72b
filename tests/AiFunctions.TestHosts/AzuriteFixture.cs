using System.Globalization;
using Azure.Data.Tables;

namespace AiFunctions.TestHosts;

/// <summary>A real table service with data of its own. As an assembly fixture it is shared; a test that kills one makes its own.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private const string Need = "a storage account of its own";
    private const int PortTaken = 98;
    private const int Attempts = 20;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly TemporaryDirectory _directory = new();
    private ChildProcess? _process;

    /// <summary>The port that it listens on, the same after a restart.</summary>
    public int Port
    {
        get
        {
            RunningFrontDoor.SkipFor(Need);
            return field;
        }
        private set;
    }

    /// <summary>Where it keeps its files.</summary>
    public string DataDirectory => _directory.Path;

    /// <summary>The connection string of the whole account.</summary>
    public string ConnectionString => DevelopmentStorage(Port);

    /// <summary>The well-known account of the storage emulator, on a port of one's choice.</summary>
    public static string DevelopmentStorage(int port) =>
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
        + "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
        + $"TableEndpoint=http://127.0.0.1:{port}/devstoreaccount1;";

    /// <summary>A prefix for table names that no other test has.</summary>
    public static string NewTablePrefix() => $"t{Guid.NewGuid():N}"[..13];

    /// <summary>A client of the account, to look at what was stored.</summary>
    public TableServiceClient Tables() => new(ConnectionString);

    /// <summary>Starts it on a free port, unless the front door was started elsewhere and has its own.</summary>
    public async ValueTask InitializeAsync()
    {
        if (RunningFrontDoor.Address is not null)
        {
            return;
        }

        for (var attempt = 0; _process is null && attempt < Attempts; attempt++)
        {
            Port = FreePort.Next();
            _process = await TryStartAsync();
        }

        Assert.NotNull(_process);
    }

    /// <summary>Kills it as a crash would. What it has acknowledged stays stored, as it does in Azure.</summary>
    public async Task KillAsync()
    {
        RunningFrontDoor.SkipFor(Need);
        await _process!.WriteLineAsync("save"); // By itself Azurite writes to disk every 5 s only.
        await _process.WaitForLineAsync(line => line == "saved", StopTimeout);
        await _process.KillAsync();
    }

    /// <summary>Starts it again on the same port with the same data.</summary>
    public async Task RestartAsync()
    {
        await _process!.DisposeAsync();
        _process = await TryStartAsync();
        Assert.True(_process is not null, $"Port {Port} was taken meanwhile.");
    }

    /// <summary>Ends it and deletes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _directory.Dispose();
    }

    private async Task<ChildProcess?> TryStartAsync()
    {
        var process = ChildProcess.Start(
            "node",
            [
                Path.Combine(Repository.HostDirectory, "Azurite", "start-azurite.mjs"),
                await NpmPackages.AzuriteAsync(),
                "127.0.0.1",
                Port.ToString(CultureInfo.InvariantCulture),
                _directory.Path,
            ],
            _directory.Path,
            [new("AZURITE_ACCOUNTS", null)]);
        try
        {
            await process.WaitForLineAsync(line => line == "ready", StartTimeout);
            return process;
        }
        catch (InvalidOperationException) when (process.Exited is { IsCompletedSuccessfully: true, Result: PortTaken })
        {
            await process.DisposeAsync();
            return null;
        }
    }
}
