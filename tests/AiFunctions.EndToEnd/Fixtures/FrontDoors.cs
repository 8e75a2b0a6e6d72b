using System.Collections;
using System.Security.Cryptography;

namespace AiFunctions.EndToEnd.Fixtures;

/// <summary>The front doors that tests start, of the kind that their project has chosen.</summary>
internal static class FrontDoors
{
    private static IFrontDoors? _kind;

    /// <summary>Chooses the kind, before any test runs.</summary>
    public static void Use(IFrontDoors kind) => _kind = kind;

    /// <summary>Takes the front door that was started elsewhere.</summary>
    public static async Task<FrontDoor> AttachAsync(Uri address)
    {
        var door = new AttachedFrontDoor(address);
        await door.WaitUntilReadyAsync();
        return door;
    }

    /// <summary>Starts one and waits until it serves.</summary>
    /// <param name="settings">Environment settings, on top of a random management key, a hash key and no blocks for violations.</param>
    public static async Task<FrontDoor> StartAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var door = Launch(settings);
        try
        {
            await door.WaitUntilReadyAsync();
            return door;
        }
        catch
        {
            await door.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one and waits for nothing: for starts that are to fail, or to take long.</summary>
    public static FrontDoor Launch(IReadOnlyDictionary<string, string?> settings)
    {
        RunningFrontDoor.SkipFor("a host of its own, with settings of its own");
        return (_kind ?? throw new InvalidOperationException("The test project chooses the kind of front door first.")).Launch(settings);
    }

    /// <summary>Settings for a front door, with everything of our own environment that its configuration would read removed.</summary>
    /// <param name="settings">Settings over the usual ones.</param>
    public static Dictionary<string, string?> Environment(IReadOnlyDictionary<string, string?> settings)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (name.Contains("__", StringComparison.Ordinal)
                || name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase)
                || name.Equals("DOTNET_ENVIRONMENT", StringComparison.OrdinalIgnoreCase)
                || name.Equals("APPLICATIONINSIGHTS_CONNECTION_STRING", StringComparison.OrdinalIgnoreCase))
            {
                environment[name] = null;
            }
        }

        environment["Management__Key"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        environment["Authentication__HashKey"] = "one for all that share the tests' storage"; // Local would make one of its own.
        environment["AbuseBlocking__Violations"] = "0"; // Many tests send bad keys from one address.
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        return environment;
    }
}
