using System.Runtime.CompilerServices;

namespace AiFunctions.Worker.Tests.Host;

/// <summary>Has the end-to-end tests run against the Functions app under a host.</summary>
internal sealed class WorkerFrontDoors : IFrontDoors
{
    private const string Upstreams = "Upstreams__";

    public FrontDoor Launch(IReadOnlyDictionary<string, string?> settings)
    {
        var all = FrontDoors.Environment(settings);
        foreach (var (name, value) in Usual(settings))
        {
            all.TryAdd(name, value);
        }

        return new WorkerFrontDoor(FunctionsHost.StartAsync(all), all["Management__Key"]);
    }

    [ModuleInitializer]
    internal static void Choose() => FrontDoors.Use(new WorkerFrontDoors());

    /// <summary>What Local has by itself, and what the host reads of the app settings.</summary>
    private static Dictionary<string, string?> Usual(IReadOnlyDictionary<string, string?> settings)
    {
        var usual = new Dictionary<string, string?>
        {
            ["AnomalyDetection__Source"] = "Table",
            ["AnomalyDetection__Schedule"] = "0 */5 * * * *",
            ["KeyRotation__Schedule"] = "0 0 3 * * *",
        };
        if (!settings.Keys.Any(name => name.StartsWith(Upstreams, StringComparison.Ordinal)))
        {
            usual[$"{Upstreams}0__Name"] = "simulator";
            usual[$"{Upstreams}0__Kind"] = "Simulator";
        }

        return usual;
    }
}
