namespace AiFunctions.Worker.Tests;

/// <summary>App settings for workers that tests start.</summary>
internal static class WorkerSettings
{
    /// <summary>A management key that the workers accept.</summary>
    public const string ManagementKey = "management-key-of-the-worker-tests-0123456789";

    /// <summary>Settings that a worker starts with, and no storage to be reached unless these say so.</summary>
    /// <param name="more">Settings over the usual ones; null removes one.</param>
    public static Dictionary<string, string?> With(params IEnumerable<(string Name, string? Value)> more)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = AzuriteFixture.DevelopmentStorage(port: 1),
            ["Management__Key"] = ManagementKey,
            ["AnomalyDetection__Source"] = "Table",
            ["AnomalyDetection__Schedule"] = "0 */5 * * * *",
            ["KeyRotation__Schedule"] = "0 0 3 * * *",
            ["AbuseBlocking__Violations"] = "0", // Many tests send bad credentials from one address.
            ["Upstreams__0__Name"] = "simulator",
            ["Upstreams__0__Kind"] = "Simulator",
            ["Upstreams__0__Models__0"] = "*",
        };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return settings;
    }
}
