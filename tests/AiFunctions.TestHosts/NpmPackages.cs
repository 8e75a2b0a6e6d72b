using System.Security.Cryptography;

namespace AiFunctions.TestHosts;

/// <summary>npm packages, installed once for as long as their lock file stays the same, whoever asks first.</summary>
internal static class NpmPackages
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(200);
    private static readonly Lazy<Task<string>> AzuritePackage = new(
        () => InstallAsync("azurite", Path.Combine(Repository.HostDirectory, "Azurite")));
    private static readonly Lazy<Task<string>> SdkPackages = new(
        () => InstallAsync("sdk", Repository.Path("tests/AiFunctions.EndToEnd/Sdk")));
    private static readonly Lazy<Task<string>> KustoPackage = new(
        () => InstallAsync("kusto", Repository.Path("tests/AiFunctions.Gateway.Tests/AnomalyDetection/Kusto")));

    private static readonly Lazy<Task<string>> SamplePackages = new(
        () => InstallAsync("sample", Repository.Path("samples/typescript")));

    private static readonly Lazy<Task<string>> OidcPackages = new(
        () => InstallAsync("oidc", Repository.Path("tests/AiFunctions.EndToEnd/Oidc")));

    /// <summary>The OpenID Connect provider, with the script that runs it.</summary>
    public static Task<string> OidcAsync() => OidcPackages.Value;

    /// <summary>The Azurite that the product pins, in a directory that the product takes for one of its own installations.</summary>
    public static Task<string> AzuriteAsync() => AzuritePackage.Value;

    /// <summary>The SDKs under test, with the scripts that use them beside their <c>node_modules</c>.</summary>
    public static Task<string> SdkAsync() => SdkPackages.Value;

    /// <summary>The parser of the query language of Log Analytics, with the script that uses it.</summary>
    public static Task<string> KustoAsync() => KustoPackage.Value;

    /// <summary>The sample in TypeScript, with the packages that it names.</summary>
    public static Task<string> SampleAsync() => SamplePackages.Value;

    private static async Task<string> InstallAsync(string name, string source)
    {
        var version = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"))));
        var target = Repository.Path($"tests/AiFunctions.TestHosts/obj/npm/{name}-{version[..12]}");
        Directory.CreateDirectory(target);
        await using var exclusive = await LockAsync(target + ".lock");
        foreach (var file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }

        var marker = Path.Combine(target, ".installed");
        if (File.Exists(marker))
        {
            return target;
        }

        await using var npm = ChildProcess.Start("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], target);
        var exitCode = await npm.Exited;
        Assert.True(exitCode == 0, $"npm ci in {target} failed:\n{npm.Output}");
        await File.WriteAllTextAsync(marker, version);
        return target;
    }

    private static async Task<FileStream> LockAsync(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(LockPoll);
            }
        }
    }
}
