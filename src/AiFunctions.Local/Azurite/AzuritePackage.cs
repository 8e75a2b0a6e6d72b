using System.ComponentModel;
using System.Security.Cryptography;

namespace AiFunctions.Local.Azurite;

/// <summary>Azurite's npm package, installed once into the data directory with the versions that the shipped lock file pins.</summary>
internal sealed class AzuritePackage(string shippedDirectory, string npmDirectory, TimeProvider time)
{
    private const string NpmError = "npm error ";
    private const string MarkerName = ".installed";
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(200);

    /// <summary>Installs the package unless exactly these versions are there already.</summary>
    /// <exception cref="AzuriteException">npm is missing, or it failed.</exception>
    public async Task EnsureInstalledAsync(CancellationToken cancellationToken)
    {
        var version = Convert.ToHexStringLower(SHA256.HashData(
            await File.ReadAllBytesAsync(Path.Combine(shippedDirectory, "package-lock.json"), cancellationToken)));
        if (IsInstalled(version))
        {
            return;
        }

        Directory.CreateDirectory(npmDirectory);
        using var timeout = new CancellationTokenSource(InstallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await using var _ = await LockAsync(either.Token);
            if (!IsInstalled(version)) // Another process may have done it while we waited.
            {
                await InstallAsync(version, either.Token);
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new AzuriteException(
                $"Installing Azurite into {npmDirectory} has not ended within {InstallTimeout.TotalMinutes:0} minutes. "
                + NodeRuntime.Alternative);
        }
    }

    private bool IsInstalled(string version)
    {
        var marker = Path.Combine(npmDirectory, MarkerName);
        return File.Exists(marker) && File.ReadAllText(marker).Trim() == version;
    }

    private async Task InstallAsync(string version, CancellationToken cancellationToken)
    {
        var npm = NodeRuntime.FindNpm();
        Console.WriteLine(
            $"Installing Azurite, the local storage emulator, into {npmDirectory}. This happens once and takes about 20 seconds.");

        File.Delete(Path.Combine(npmDirectory, MarkerName));
        foreach (var name in new[] { "package.json", "package-lock.json" })
        {
            File.Copy(Path.Combine(shippedDirectory, name), Path.Combine(npmDirectory, name), overwrite: true);
        }

        int exitCode;
        IReadOnlyList<string> lines;
        try
        {
            (exitCode, lines) = await ChildCommand.RunAsync(
                npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], npmDirectory, cancellationToken);
        }
        catch (Win32Exception error)
        {
            throw new AzuriteException($"Azurite cannot be installed: {npm} cannot be run. {NodeRuntime.Alternative}", error);
        }

        if (exitCode != 0)
        {
            throw new AzuriteException(
                $"Azurite cannot be installed: {Reason(lines) ?? $"exit code {exitCode}"} (npm ci in {npmDirectory}). "
                + NodeRuntime.Alternative);
        }

        await File.WriteAllTextAsync(Path.Combine(npmDirectory, MarkerName), version, cancellationToken);
    }

    /// <summary>npm's errors begin with a few "code ECONNREFUSED" and end with advice; the first sentence says what happened.</summary>
    private static string? Reason(IEnumerable<string> lines) => lines
        .Where(line => line.StartsWith(NpmError, StringComparison.Ordinal))
        .Select(line => line[NpmError.Length..].Trim())
        .FirstOrDefault(line => line.Count(character => character == ' ') > 2);

    /// <summary>Held by one process at a time; the operating system lets go of it when its holder dies. The file itself stays.</summary>
    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var path = npmDirectory.TrimEnd(Path.DirectorySeparatorChar) + ".lock";
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(LockPoll, time, cancellationToken);
            }
        }
    }
}
